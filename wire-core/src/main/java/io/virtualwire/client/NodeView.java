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
 */
public record NodeView(
        String name,
        long version,
        List<String> present,
        List<String> nodes,
        List<ComponentSummary> components,
        List<Cloud> clouds,
        List<String> draining) {
    /** A node of an earlier release leaves out what it does not have. */
    public NodeView {
        clouds = clouds == null ? List.of() : List.copyOf(clouds);
        draining = draining == null ? List.of() : List.copyOf(draining);
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
     * A component in a list.
     *
     * @param node the node that holds it; empty while none does
     * @param movingTo where it moves to now; empty if it does not
     * @param wires how many wires are plugged into it
     */
    public record ComponentSummary(
            String name, String kind, String node, long generation, String movingTo, int wires) {}
}
