package io.virtualwire.authority;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/**
 * How nodes, and hosts' hypervisors, are called as members of the tenant, which no host's connector may be: who is called so may ask to
 * take part in the fabric, and may do with other hosts' machines what he likes.
 */
public final class NodeNames {
    private static final String PREFIX = "node-";
    private static final String HYPERVISOR = "libvirt-";

    private NodeNames() {}

    /** What the node on that host is called. */
    public static String of(String host) {
        return PREFIX + host;
    }

    /** What that host's libvirt is called, and who asks another's from there. */
    public static String ofHypervisor(String host) {
        return HYPERVISOR + host;
    }

    /** Returns the name if a host may have it, and so its connector. */
    public static String requireHost(String name) {
        if (name.startsWith(PREFIX)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "a host cannot be called '" + name + "': its connector would have the credentials of a node",
                    "choose a name that does not begin with " + PREFIX);
        }
        if (name.startsWith(HYPERVISOR)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "a host cannot be called '" + name + "': its connector would have the credentials of a hypervisor",
                    "choose a name that does not begin with " + HYPERVISOR);
        }
        return name;
    }

    /** Refuses what would be a node on a host that cannot be. */
    static void require(String name) {
        if (name.startsWith(PREFIX)) {
            requireHost(name.substring(PREFIX.length()));
        }
    }
}
