package io.virtualwire.node;

import io.virtualwire.component.Component;
import io.virtualwire.control.Side;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.migration.KeeperContext;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.PortReport;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.SideState;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Proposes to agree on what this node sees where that differs from what was last agreed on: wires that come up and go down,
 * ports that are blocked, nodes that leave and return. Owner thread.
 *
 * <p>Called in each of the reconciler's rounds and by level, not by event: what changes back in between is nobody's news, and
 * what could not be agreed on is proposed again.
 */
final class Reporter {
    private final KeeperContext context;
    private final Function<String, Optional<ComponentKeeper>> keepers;
    private Set<String> changedLastRound = Set.of();

    Reporter(KeeperContext context, Function<String, Optional<ComponentKeeper>> keepers) {
        this.context = context;
        this.keepers = keepers;
    }

    void round(FabricState state, Set<String> present) {
        for (String component : state.topology().switches().keySet()) {
            state.claim(component).filter(this::isOwn).ifPresent(claim -> ports(state, claim));
        }
        machines(state);
        nodes(state, present);
    }

    /** A far end of this node listens to a virtual machine where it was awaited. */
    void machines(FabricState state) {
        for (String component : state.topology().switches().keySet()) {
            state.claim(component)
                    .filter(this::isOwn)
                    .ifPresent(claim -> state.wiresOf(component).forEach(wire -> machine(state, wire)));
        }
    }

    private void machine(FabricState state, WireRecord wire) {
        if (wire.ahead().isEmpty() || wire.next().isPresent()) {
            return;
        }
        Set<Long> awaited = wire.ahead().stream().map(WirePlace::generation).collect(Collectors.toSet());
        context.wires().status(new ComponentPort(wire.id(), Side.A)).stream()
                .flatMap(side -> side.peers().stream())
                .filter(peer -> peer.state() == PeerState.ACTIVE
                        && awaited.contains(peer.generation().number()))
                .findFirst()
                .flatMap(peer -> state.machines()
                        .having(wire.endpoint())
                        .filter(vm -> state.machines().moving(vm.name()).isEmpty())
                        .map(vm -> new FabricCommand.FollowVm(
                                vm.name(),
                                peer.generation().number(),
                                context.self().name(),
                                context.self().instance())))
                .ifPresent(context.proposals());
    }

    private boolean isOwn(Claim claim) {
        return claim.owner().equals(context.self().name())
                && claim.instance().equals(context.self().instance())
                && claim.move().isEmpty();
    }

    private void ports(FabricState state, Claim claim) {
        Optional<Component> component = keepers.apply(claim.component())
                .flatMap(ComponentKeeper::component)
                .filter(Component::isDeciding);
        if (component.isEmpty()) {
            return;
        }
        Map<String, PortReport> news = new TreeMap<>();
        for (WireRecord wire : state.wiresOf(claim.component())) {
            PortReport seen = port(wire, component.get());
            PortReport known = state.observations().port(wire.name());
            // Why a wire is down may be said in other words each time; that is no news.
            if (seen.up() != known.up() || !seen.blockedFor().equals(known.blockedFor())) {
                news.put(wire.name(), seen);
            }
        }
        if (!news.isEmpty()) {
            context.proposals().accept(new FabricCommand.ReportPorts(claim.component(), claim.generation(), news));
        }
    }

    private PortReport port(WireRecord wire, Component component) {
        boolean up = context.wires()
                .status(new ComponentPort(wire.id(), Side.A))
                .filter(side -> side.agreed() && side.state() == SideState.ACTIVE)
                .isPresent();
        String detail = up ? "" : context.farEnds().status(wire.id()).detail();
        return new PortReport(up, detail, component.blockedFor(wire.port()));
    }

    /** The first of those present by name tells of the others, when it has seen the same twice. */
    private void nodes(FabricState state, Set<String> present) {
        boolean mine = present.stream()
                .sorted()
                .findFirst()
                .filter(context.self().name()::equals)
                .isPresent();
        Set<String> changed = new HashSet<>();
        for (NodeRecord node : state.nodes().values()) {
            boolean here = present.contains(node.name());
            if (mine && here == state.observations().absent().contains(node.name())) {
                changed.add(node.name());
                if (changedLastRound.contains(node.name())) {
                    context.proposals().accept(new FabricCommand.ReportNode(node.name(), node.instance(), here));
                }
            }
        }
        changedLastRound = changed;
    }
}
