package io.virtualwire.migration;

import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Move;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.SwitchSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Who takes a component that nobody holds: the same answer on every node that sees the same, so that only one proposes it.
 *
 * <p>The first of these that is present: the node to which it is moving, which has its sides ready; the node that held it, in
 * a new process; the node where the topology places it; the first by name. One that drains only if there is no other: better there than
 * nowhere.
 */
public final class TakeoverRule {

    /** Whether the process that the log names as the holder is gone. */
    public boolean isUnheld(FabricState state, String component, Set<String> present) {
        return state.claim(component)
                .map(claim -> !present.contains(claim.owner()) || !isProcess(state, claim.owner(), claim.instance()))
                .orElse(true);
    }

    /** The node that is to take the component; empty if none can. */
    public Optional<String> candidate(FabricState state, String component, Set<String> present) {
        Optional<Claim> claim = state.claim(component);
        Stream<String> moving = claim
                .flatMap(Claim::move)
                .filter(move -> isProcess(state, move.to(), move.instance()))
                .map(Move::to)
                .stream();
        Stream<String> holder = claim.map(Claim::owner).stream();
        Stream<String> placed =
                Optional.ofNullable(state.topology().switches().get(component)).map(SwitchSpec::node).stream();
        Stream<String> all = state.nodes().keySet().stream();
        List<String> able = Stream.of(moving, holder, placed, all)
                .flatMap(names -> names)
                .filter(present::contains)
                .filter(state.nodes()::containsKey)
                .toList();
        return able.stream()
                .filter(node -> !state.isDraining(node))
                .findFirst()
                .or(() -> able.stream().findFirst());
    }

    private static boolean isProcess(FabricState state, String node, String instance) {
        return state.node(node)
                .map(NodeRecord::instance)
                .filter(instance::equals)
                .isPresent();
    }
}
