package io.virtualwire.topology;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which hosts and nodes are in which cloud: what each was labelled with, by whoever told the fabric of it. */
public final class Clouds {
    private final FabricState state;

    public Clouds(FabricState state) {
        this.state = state;
    }

    /** Those of which some host or node is said to be. */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        state.topology().hosts().keySet().forEach(host -> names.add(ofHost(host)));
        state.nodes().keySet().forEach(node -> names.add(ofNode(node)));
        names.remove("");
        return names;
    }

    /** The cloud of a host; empty if nobody says. */
    public String ofHost(String host) {
        return Optional.ofNullable(state.topology().hosts().get(host))
                .map(spec -> Objects.requireNonNullElse(spec.cloud(), ""))
                .orElse("");
    }

    /** The cloud of a node; empty if nobody says. */
    public String ofNode(String node) {
        return state.node(node).map(NodeRecord::cloud).orElse("");
    }

    /** The cloud in which the node that holds a component is. */
    public String ofComponent(String component) {
        return state.claim(component).map(claim -> ofNode(claim.owner())).orElse("");
    }

    public List<String> hosts(String cloud) {
        return state.topology().hosts().keySet().stream()
                .filter(host -> ofHost(host).equals(cloud))
                .toList();
    }

    public List<String> nodes(String cloud) {
        return state.nodes().keySet().stream()
                .filter(node -> ofNode(node).equals(cloud))
                .toList();
    }
}
