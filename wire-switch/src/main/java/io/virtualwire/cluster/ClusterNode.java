package io.virtualwire.cluster;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * One node of a fabric as every other node knows it.
 *
 * @param number 1 to 254, unique within the fabric and never given to another node
 * @param identity what the node proves over TLS
 * @param tunnels where its cluster tunnel listens on the underlay, in the order in which they are tried
 */
public record ClusterNode(int number, Identity identity, List<InetSocketAddress> tunnels) {
    private static final int HIGHEST = 254;

    /** Refuses numbers that would not fit the last byte of a loopback address. */
    public ClusterNode {
        tunnels = List.copyOf(tunnels);
        if (tunnels.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot call node " + identity + ": nobody said where it is",
                    "give it an address");
        }
        if (number < 1 || number > HIGHEST) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot give node " + identity + " the number " + number,
                    "use a number from 1 to " + HIGHEST);
        }
    }

    /** A node with one address. */
    public ClusterNode(int number, Identity identity, InetSocketAddress tunnel) {
        this(number, identity, List.of(tunnel));
    }

    /** Where it listens itself. */
    public InetSocketAddress tunnel() {
        return tunnels.getFirst();
    }

    /** The node's name within its tenant. */
    public String name() {
        return identity.name();
    }
}
