package io.virtualwire.cluster;

import java.util.Arrays;
import java.util.Optional;

/** What nodes say to one another through the tunnel; each has its own port on a node's loopback address. */
public enum ClusterService {
    /** Hazelcast: membership and replicated tables. */
    MEMBERS("members", 5701),
    /** The Vert.x event bus. */
    EVENT_BUS("event-bus", 5702),
    /** Raft: the replicated log. */
    LOG("log", 5703),
    /** Which disks the voters of the log have. */
    VOTERS("voters", 5704);

    private final String label;
    private final int port;

    ClusterService(String label, int port) {
        this.label = label;
        this.port = port;
    }

    /** The port on the loopback address of each node. */
    public int port() {
        return port;
    }

    /** How the tunnel names it. */
    String label() {
        return label;
    }

    static Optional<ClusterService> labelled(String label) {
        return Arrays.stream(values())
                .filter(service -> service.label.equals(label))
                .findFirst();
    }
}
