package io.virtualwire.cluster;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetSocketAddress;

/**
 * One node of a fabric as every other node knows it.
 *
 * @param number 1 to 254, unique within the fabric and never given to another node
 * @param identity what the node proves over TLS
 * @param tunnel where its cluster tunnel listens on the underlay
 */
public record ClusterNode(int number, Identity identity, InetSocketAddress tunnel) {
    private static final int HIGHEST = 254;

    /** Refuses numbers that would not fit the last byte of a loopback address. */
    public ClusterNode {
        if (number < 1 || number > HIGHEST) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot give node " + identity + " the number " + number,
                    "use a number from 1 to " + HIGHEST);
        }
    }

    /** Where to call now: a name is looked up each time, because its address may have changed. */
    InetSocketAddress tunnelNow() {
        return tunnel.isUnresolved() ? new InetSocketAddress(tunnel.getHostString(), tunnel.getPort()) : tunnel;
    }

    /** The node's name within its tenant. */
    public String name() {
        return identity.name();
    }
}
