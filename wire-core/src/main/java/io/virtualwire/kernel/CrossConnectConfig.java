package io.virtualwire.kernel;

import io.virtualwire.linux.NetworkNamespace;
import java.nio.file.Path;

/**
 * What a {@link CrossConnect} is made of.
 *
 * @param namespace where the endpoints' devices and the underlay are
 * @param device the name of the VXLAN device, at most 15 characters
 * @param port its UDP port, which no other VXLAN device of the namespace has
 * @param folder where a bpf file system keeps the maps and programs; mounted there if it is not
 */
public record CrossConnectConfig(NetworkNamespace namespace, String device, int port, Path folder) {
    public static final String DEFAULT_DEVICE = "vwire";
    public static final int DEFAULT_PORT = 7473;
}
