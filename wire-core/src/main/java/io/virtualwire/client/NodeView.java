package io.virtualwire.client;

import java.util.List;

/**
 * A node's view of its fabric.
 *
 * @param name the node that answered
 * @param version of the topology that is agreed on
 * @param present the nodes that it can reach, itself included
 * @param nodes all nodes that ever announced themselves
 * @param components in order of their names
 * @param clouds those of which some host or node is said to be
 * @param draining those of the nodes that are to be emptied, and take nothing
 * @param members who takes part, witnesses too; none while that was not agreed on
 */
public record NodeView(
        String name,
        long version,
        List<String> present,
        List<String> nodes,
        List<ComponentSummary> components,
        List<Cloud> clouds,
        List<String> draining,
        List<Member> members) {
    /** A node of an earlier release leaves out what it does not have. */
    public NodeView {
        clouds = clouds == null ? List.of() : List.copyOf(clouds);
        draining = draining == null ? List.of() : List.copyOf(draining);
        members = members == null ? List.of() : List.copyOf(members);
        present = List.copyOf(present);
        nodes = List.copyOf(nodes);
        components = List.copyOf(components);
    }

    /** A cloud, and what is in it. */
    public record Cloud(String name, List<String> nodes, List<String> hosts) {
        public Cloud {
            nodes = List.copyOf(nodes);
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Who takes part.
     *
     * @param name the node's
     * @param identity who it proves to be, {@code tenant/name}
     * @param number by which the others call it on their loopback addresses
     * @param addresses where its tunnel listens, each {@code host:port}
     * @param api where its interface answers, {@code host:port}; empty if it has none, or has not said so yet
     * @param state {@link #VOTES}, {@link #JOINING} or {@link #LEAVING}
     */
    public record Member(String name, String identity, int number, List<String> addresses, String api, String state) {
        /** It has a vote on what is agreed. */
        public static final String VOTES = "votes";
        /** It has none yet. */
        public static final String JOINING = "joining";
        /** It was taken out, and its vote still counts for a moment. */
        public static final String LEAVING = "leaving";

        public Member {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A component in a list.
     *
     * @param node the node that holds it; empty while none does
     * @param movingTo where it moves to now; empty if it does not
     * @param wires how many wires are plugged into it
     */
    public record ComponentSummary(
            String name, String kind, String node, long generation, String movingTo, int wires) {}
}
