package io.virtualwire.node;

import io.virtualwire.client.ComponentView;
import io.virtualwire.client.NodeView;
import io.virtualwire.component.Component;
import io.virtualwire.component.ComponentStatus;
import io.virtualwire.control.Side;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.migration.FarEndStatus;
import io.virtualwire.migration.FarEnds;
import io.virtualwire.migration.NodeWires;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Move;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts together what people see of components: from the log, from the component, from its wires. Owner thread. */
final class ComponentViews {
    private final Reconciler reconciler;
    private final NodeWires wires;
    private final FarEnds farEnds;

    ComponentViews(Reconciler reconciler, NodeWires wires, FarEnds farEnds) {
        this.reconciler = reconciler;
        this.wires = wires;
        this.farEnds = farEnds;
    }

    /** What this node, which holds the component, knows of it. */
    ComponentView held(String name) {
        FabricState state = reconciler.state();
        Optional<ComponentKeeper> keeper = reconciler.keeper(name);
        Optional<ComponentStatus> status =
                keeper.flatMap(ComponentKeeper::component).map(Component::status);
        List<ComponentView.Port> ports =
                state.wiresOf(name).stream().map(wire -> port(wire, status)).toList();
        List<ComponentView.Address> addresses = status.stream()
                .flatMap(seen -> seen.addresses().stream())
                .map(seen -> new ComponentView.Address(
                        seen.mac(), seen.vlan(), seen.port(), seen.ageMillis(), seen.moves(), seen.fixed()))
                .toList();
        return view(
                state,
                name,
                keeper.flatMap(ComponentKeeper::instance)
                        .map(instance -> instance.name().toLowerCase(Locale.ROOT))
                        .orElse(""),
                ports,
                addresses,
                status.map(ComponentStatus::counters).orElse(Map.of()));
    }

    /** What the log alone says of a component. */
    static ComponentView agreed(FabricState state, String name, String detail) {
        List<ComponentView.Port> ports = state.wiresOf(name).stream()
                .map(wire -> new ComponentView.Port(
                        wire.port(),
                        endpoint(wire),
                        wire.id().toString(),
                        false,
                        detail,
                        "",
                        "",
                        0,
                        0,
                        0,
                        0,
                        0,
                        Map.of(),
                        Map.of()))
                .toList();
        return view(state, name, "", ports, List.of(), Map.of());
    }

    static NodeView fabric(FabricState state, String self, Set<String> present, Set<String> voters) {
        List<NodeView.ComponentSummary> components = state.topology().switches().keySet().stream()
                .map(name -> {
                    ComponentView view = agreed(state, name, "");
                    return new NodeView.ComponentSummary(
                            name,
                            view.kind(),
                            view.node(),
                            view.generation(),
                            view.movingTo(),
                            view.ports().size());
                })
                .toList();
        return new NodeView(
                self,
                state.version(),
                present.stream().sorted().toList(),
                List.copyOf(state.nodes().keySet()),
                components,
                clouds(new Clouds(state)),
                state.nodes().keySet().stream().filter(state::isDraining).toList(),
                members(state, voters));
    }

    /** @param voters by the names of their identities, as this node knows them */
    private static List<NodeView.Member> members(FabricState state, Set<String> voters) {
        List<NodeView.Member> all = new ArrayList<>();
        Set<String> others = new TreeSet<>(voters);
        state.members()
                .present()
                .values()
                .forEach(member -> all.add(new NodeView.Member(
                        member.name(),
                        member.identity().toString(),
                        member.number(),
                        member.addresses(),
                        state.node(member.name()).map(NodeRecord::api).orElse(""),
                        others.remove(member.identity().name()) ? NodeView.Member.VOTES : NodeView.Member.JOINING)));
        state.members().departed().forEach((name, number) -> {
            if (others.contains(MemberDesk.ROLE + name)) {
                all.add(new NodeView.Member(name, "", number, List.of(), "", NodeView.Member.LEAVING));
            }
        });
        return all;
    }

    private static List<NodeView.Cloud> clouds(Clouds clouds) {
        return clouds.names().stream()
                .map(name -> new NodeView.Cloud(name, clouds.nodes(name), clouds.hosts(name)))
                .toList();
    }

    private static ComponentView view(
            FabricState state,
            String name,
            String instance,
            List<ComponentView.Port> ports,
            List<ComponentView.Address> addresses,
            Map<String, Long> counters) {
        Optional<Claim> claim = state.claim(name);
        return new ComponentView(
                name,
                "switch",
                claim.map(Claim::owner).orElse(""),
                claim.map(Claim::generation).orElse(0L),
                claim.flatMap(Claim::move).map(Move::to).orElse(""),
                instance,
                ports,
                addresses,
                counters);
    }

    private ComponentView.Port port(WireRecord wire, Optional<ComponentStatus> component) {
        Optional<SideStatus> side = wires.status(new ComponentPort(wire.id(), Side.A));
        Optional<ComponentStatus.PortStatus> seen = component.stream()
                .flatMap(status -> status.ports().stream())
                .filter(port -> port.name().equals(wire.port()))
                .findFirst();
        Map<String, Long> drops = new TreeMap<>();
        seen.ifPresent(port -> drops.putAll(port.drops()));
        side.ifPresent(status ->
                status.drops().forEach((reason, count) -> drops.merge(reason.metricName(), count, Long::sum)));
        boolean connected = side.filter(status -> status.agreed() && status.state() == SideState.ACTIVE)
                .isPresent();
        FarEndStatus far = farEnds.status(wire.id());
        String detail = connected ? "" : far.detail().isEmpty() ? "not agreed yet" : far.detail();
        return new ComponentView.Port(
                wire.port(),
                endpoint(wire),
                wire.id().toString(),
                connected,
                detail,
                seen.map(ComponentStatus.PortStatus::vlans).orElse(""),
                seen.map(ComponentStatus.PortStatus::blockedFor).orElse(""),
                seen.map(ComponentStatus.PortStatus::toComponent).orElse(0L),
                seen.map(ComponentStatus.PortStatus::bytesToComponent).orElse(0L),
                seen.map(ComponentStatus.PortStatus::fromComponent).orElse(0L),
                seen.map(ComponentStatus.PortStatus::bytesFromComponent).orElse(0L),
                seen.map(ComponentStatus.PortStatus::misplacedSources).orElse(0L),
                seen.map(ComponentStatus.PortStatus::filtered).orElse(Map.of()),
                drops);
    }

    private static String endpoint(WireRecord wire) {
        return wire.endpoint() + "@" + wire.host();
    }
}
