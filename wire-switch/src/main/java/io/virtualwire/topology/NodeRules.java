package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What holds for nodes: which there are, and which of them take nothing because they are to be emptied. */
final class NodeRules {
    private final FabricState state;

    NodeRules(FabricState state) {
        this.state = state;
    }

    /** A process that starts does not end what somebody wants of its node. */
    FabricState register(FabricCommand.RegisterNode register) {
        NodeRecord node = register.node();
        if (node.level() < state.level()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot take node " + node.name() + " in: its release understands level " + node.level()
                            + " of the log, and what was agreed on is of level " + state.level(),
                    "start the release on it that the others run");
        }
        new MemberRules(state).requireMember(node.name());
        return state.withNode(node.draining(state.isDraining(node.name())));
    }

    FabricState drain(FabricCommand.DrainNode drain) {
        NodeRecord node = state.node(drain.node())
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "there is no node " + drain.node(),
                        "nodes are: " + String.join(", ", state.nodes().keySet())));
        Map<String, NodeRecord> nodes = new TreeMap<>(state.nodes());
        nodes.put(node.name(), node.draining(drain.draining()));
        return state.withNodes(nodes);
    }

    /** Refuses, on every node alike, what some node would not understand, whether or not this one would. */
    void requireUnderstood(int level) {
        if (level > state.understood()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot do this yet: the releases of " + below(level) + " do not understand it",
                    "upgrade all nodes first (docs/operations.md, 'Upgrade nodes')");
        }
    }

    private String below(int level) {
        return state.nodes().values().stream()
                .filter(node -> node.level() < level)
                .map(node -> "node " + node.name())
                .collect(Collectors.joining(", "));
    }

    /** Refuses what would come to a node that is to be emptied. */
    void requireTaking(String attempted, String node) {
        if (state.isDraining(node)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot " + attempted + ": node " + node + " drains and takes nothing new",
                    "choose another node, or let it take things again: wire node drain " + node + " --undo");
        }
    }

    /** Of the switches that are new none is for such a node; those that there are may be placed there, and will not go. */
    void requireTaking(Topology wanted) {
        wanted.switches().forEach((name, spec) -> {
            if (!state.topology().switches().containsKey(name)) {
                requireTaking("place switch " + name + " on " + spec.node(), spec.node());
            }
        });
    }
}
