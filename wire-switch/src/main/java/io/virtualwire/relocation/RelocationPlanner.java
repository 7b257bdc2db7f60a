package io.virtualwire.relocation;

import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.machine.Choice;
import io.virtualwire.machine.HostChoice;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.machine.NodeChoice;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.Clouds;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.topology.RelocationStep.Kind;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.topology.WireRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Plans how everything that is in one cloud moves to another: the virtual machines that run there, and the components.
 *
 * <p>A wire weighs what it carries, in bytes a second, where that is known, and one more, so that of wires that are idle or not
 * known the fewest cross. Asks hypervisors and connectors; for one thread.
 */
public final class RelocationPlanner {
    private final FabricState state;
    private final Clouds clouds;
    private final MachineHosts hosts;
    private final Set<String> present;
    private final Map<String, Long> traffic;

    private record Member(Kind kind, String name, String from, Choice to) {}

    /**
     * @param present the nodes that can be reached
     * @param traffic bytes a second by the name of the wire, where that is known
     */
    public RelocationPlanner(FabricState state, MachineHosts hosts, Set<String> present, Map<String, Long> traffic) {
        this.state = state;
        this.clouds = new Clouds(state);
        this.hosts = hosts;
        this.present = Set.copyOf(present);
        this.traffic = Map.copyOf(traffic);
    }

    public RelocationPlan plan(String from, String to) {
        for (String cloud : List.of(from, to)) {
            if (!clouds.names().contains(cloud)) {
                throw new WireException(
                        ErrorCode.NOT_FOUND,
                        "cannot move everything from " + from + " to " + to + ": there is no cloud " + cloud,
                        "clouds are: " + String.join(", ", clouds.names())
                                + "; hosts and nodes are put in one with --cloud"
                                + " of 'wire host add' and 'wire node run'");
            }
        }
        if (from.equals(to)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot move everything from " + from + " to " + to + ": that is one cloud",
                    "");
        }
        Map<String, String> stays = new TreeMap<>();
        List<Member> members = members(from, to, stays);
        List<Integer> order = new MoveOrder(ties(members, from, to))
                .best(List.of(first(members, Kind.MACHINE), first(members, Kind.COMPONENT)));
        Map<String, String> places = new HashMap<>();
        List<RelocationStep> steps = new ArrayList<>();
        for (int index : order) {
            Member member = members.get(index);
            places.put(member.kind() + member.name(), to);
            List<WireRecord> crossing = crossing(places);
            steps.add(RelocationStep.planned(
                    member.kind(),
                    member.name(),
                    member.from(),
                    member.to().place(),
                    crossing.size(),
                    bytes(crossing)));
        }
        List<WireRecord> before = crossing(Map.of());
        Map<String, String> why = new TreeMap<>();
        members.forEach(member -> why.put(member.name(), member.to().why()));
        return new RelocationPlan(from, to, before.size(), bytes(before), steps, why, stays);
    }

    private List<Member> members(String from, String to, Map<String, String> stays) {
        List<Member> members = new ArrayList<>();
        NodeChoice nodes = new NodeChoice(state, present);
        for (Claim claim : state.claims().values()) {
            if (clouds.ofNode(claim.owner()).equals(from)) {
                if (claim.move().isPresent()) {
                    stays.put(
                            claim.component(),
                            "it moves to " + claim.move().get().to() + " now");
                } else {
                    members.add(new Member(
                            Kind.COMPONENT, claim.component(), claim.owner(), nodes.of(claim.component(), to)));
                }
            }
        }
        HostChoice places = new HostChoice(state, hosts, nodes);
        for (VmRecord vm : state.machines().vms().values()) {
            if (clouds.ofHost(vm.host()).equals(from)) {
                String reason = reasonToStay(vm);
                if (reason.isEmpty()) {
                    members.add(new Member(Kind.MACHINE, vm.name(), vm.host(), places.of(vm, to)));
                } else {
                    stays.put(vm.name(), reason);
                }
            }
        }
        return members;
    }

    /** Empty if there is none. */
    private String reasonToStay(VmRecord vm) {
        if (state.machines().moving(vm.name()).isPresent()) {
            return "it moves now";
        }
        HostSpec spec = state.topology().hosts().get(vm.host());
        if (spec == null || spec.libvirt() == null) {
            return "nobody said how the hypervisor of " + vm.host() + " is reached";
        }
        return hosts.hypervisor(vm.host(), spec)
                .state(vm.id())
                .filter(is -> is == Machine.State.RUNNING)
                .map(runs -> "")
                .orElse("it does not run");
    }

    private static List<Integer> first(List<Member> members, Kind kind) {
        List<Integer> order = new ArrayList<>();
        IntStream.range(0, members.size())
                .filter(member -> members.get(member).kind() == kind)
                .forEach(order::add);
        IntStream.range(0, members.size())
                .filter(member -> members.get(member).kind() != kind)
                .forEach(order::add);
        return order;
    }

    private Ties ties(List<Member> members, String from, String to) {
        int count = members.size();
        Ties ties = new Ties(new long[count][count], new long[count], new long[count]);
        Map<String, Integer> numbers = new HashMap<>();
        for (int number = 0; number < count; number++) {
            numbers.put(members.get(number).kind() + members.get(number).name(), number);
        }
        for (WireRecord wire : state.wires().values()) {
            Integer near = numbers.get(Kind.COMPONENT + wire.component());
            Integer far = numbers.get(Kind.MACHINE + machineOf(wire));
            long weight = traffic.getOrDefault(wire.name(), 0L) + 1;
            if (near != null && far != null) {
                ties.between()[near][far] += weight;
                ties.between()[far][near] += weight;
            } else if (near != null) {
                tie(ties, near, farCloud(wire, Map.of()), weight, from, to);
            } else if (far != null) {
                tie(ties, far, nearCloud(wire, Map.of()), weight, from, to);
            }
        }
        return ties;
    }

    private static void tie(Ties ties, int member, String cloud, long weight, String from, String to) {
        if (cloud.equals(from)) {
            ties.left()[member] += weight;
        } else if (cloud.equals(to)) {
            ties.ahead()[member] += weight;
        }
        // What is in a third cloud crosses all the time.
    }

    private String machineOf(WireRecord wire) {
        return state.machines().having(wire.endpoint()).map(VmRecord::name).orElse("");
    }

    /** @param places the clouds of what has moved, by its kind and name */
    private List<WireRecord> crossing(Map<String, String> places) {
        return state.wires().values().stream()
                .filter(wire -> !nearCloud(wire, places).equals(farCloud(wire, places)))
                .toList();
    }

    private String nearCloud(WireRecord wire, Map<String, String> places) {
        @Nullable String moved = places.get(Kind.COMPONENT + wire.component());
        return moved != null ? moved : clouds.ofComponent(wire.component());
    }

    private String farCloud(WireRecord wire, Map<String, String> places) {
        @Nullable String moved = places.get(Kind.MACHINE + machineOf(wire));
        return moved != null ? moved : clouds.ofHost(wire.host());
    }

    private long bytes(List<WireRecord> wires) {
        return traffic.isEmpty()
                ? -1
                : wires.stream()
                        .mapToLong(wire -> traffic.getOrDefault(wire.name(), 0L))
                        .sum();
    }
}
