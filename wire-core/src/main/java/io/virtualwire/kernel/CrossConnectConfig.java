package io.virtualwire.kernel;

import io.virtualwire.linux.NetworkNamespace;
import java.net.Inet4Address;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a {@link CrossConnect} is made of.
 *
 * @param namespace where the endpoints' devices and the underlay are
 * @param device the name of the VXLAN device, at most 15 characters
 * @param port its UDP port, which no other VXLAN device of the namespace has
 * @param source from which address frames leave, in place of the one that the underlay's routes would choose: peers drop what comes
 *     from another than they know
 * @param folder where a bpf file system keeps the maps and programs; mounted there if it is not
 */
public record CrossConnectConfig(
        NetworkNamespace namespace, String device, int port, Optional<Inet4Address> source, Path folder) {
    public static final String DEFAULT_DEVICE = "vwire";
    public static final int DEFAULT_PORT = 7473;

    /** With the address that the routes choose. */
    public CrossConnectConfig(NetworkNamespace namespace, String device, int port, Path folder) {
        this(namespace, device, port, Optional.empty(), folder);
    }

    /** 0 if the routes choose. */
    int sourceBits() {
        return source.map(it -> ByteBuffer.wrap(it.getAddress()).getInt()).orElse(0);
    }
}
