package io.virtualwire.cloud.spi;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A machine in a cloud that can run daemons.
 *
 * @param name unique within its cloud
 * @param state whether it runs
 * @param address where those outside of its network reach it; of one that does not run, where it was reached last
 * @param inside where those in the same network reach it, null if there is no such address
 * @param network the network that {@code inside} is of, null if there is none
 * @param mtu the largest packet of the underlay within its network, bytes
 * @param type the cloud's word for its size, null if it has none
 * @param id the cloud's own name for it
 */
public record CloudHost(
        String name,
        HostState state,
        InetAddress address,
        @Nullable InetAddress inside,
        @Nullable String network,
        int mtu,
        @Nullable String type,
        String id) {

    /** Where {@code peer} reaches this host: inside if both are in one network. */
    public InetAddress addressFor(CloudHost peer) {
        return inside != null && network != null && network.equals(peer.network) ? inside : address;
    }
}
