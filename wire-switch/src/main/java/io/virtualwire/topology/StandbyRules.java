package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Where virtual machines are awaited that somebody else may move, and what is agreed on when one appears there. */
final class StandbyRules {
    private final FabricState state;
    private final Machines machines;

    StandbyRules(FabricState state) {
        this.state = state;
        this.machines = state.machines();
    }

    /** The machines that are not awaited where, and only where, they may appear. */
    List<String> due() {
        return machines.vms().values().stream()
                .filter(vm -> machines.moving(vm.name()).isEmpty())
                .filter(vm -> awaited(vm).isPresent())
                .map(VmRecord::name)
                .toList();
    }

    FabricState standBy(FabricCommand.StandByVm stand) {
        return machines.vm(stand.vm())
                .filter(vm -> machines.moving(vm.name()).isEmpty())
                .flatMap(this::awaited)
                .orElse(state);
    }

    /** The state in which this machine is awaited as it should be; empty if it is. */
    private Optional<FabricState> awaited(VmRecord vm) {
        if (vm.prepared().isEmpty() && !state.topology().vms().containsKey(vm.name())) {
            return Optional.empty();
        }
        List<WireRecord> own = state.wires().values().stream()
                .filter(wire -> vm.has(wire.endpoint()))
                .toList();
        List<WirePlace> places = new ArrayList<>();
        long generation = state.lastGeneration();
        for (String host : hosts(vm, own)) {
            HostSpec spec = Objects.requireNonNull(state.topology().hosts().get(host));
            Optional<WirePlace> known =
                    common(own, host).filter(place -> place.hostSpec().equals(spec));
            if (known.isEmpty()) {
                generation++;
            }
            places.add(known.orElse(new WirePlace(host, spec, generation)));
        }
        List<String> awaiting = places.stream().map(WirePlace::host).toList();
        Map<String, WireRecord> wires = new TreeMap<>(state.wires());
        List<WireRecord> unwanted = new ArrayList<>(state.removed());
        for (WireRecord wire : own) {
            wires.put(wire.name(), wire.standingBy(places));
            wire.standbys().stream()
                    .filter(place ->
                            !awaiting.contains(place.host()) && !place.host().equals(vm.host()))
                    .forEach(place -> unwanted.add(wire.left(place)));
        }
        List<VmDebt> owed = new ArrayList<>();
        for (String host : vm.prepared()) {
            if (!awaiting.contains(host) && !host.equals(vm.host())) {
                owed.addAll(debts(vm, host));
            }
        }
        VmRecord prepared = vm.preparedAt(awaiting);
        if (wires.equals(state.wires()) && prepared.equals(vm)) {
            return Optional.empty();
        }
        return Optional.of(state.withWires(wires, unwanted, generation)
                .withMachines(machines.with(prepared).owing(owed)));
    }

    /** Where it may appear, and nothing is left of an earlier stay. */
    private List<String> hosts(VmRecord vm, List<WireRecord> own) {
        VmSpec wanted = state.topology().vms().get(vm.name());
        HostSpec at = state.topology().hosts().get(vm.host());
        if (wanted == null || at == null || own.isEmpty()) {
            return List.of();
        }
        return state.topology().hosts().entrySet().stream()
                .filter(host -> wanted.mayAppearAt(host.getKey())
                        && !host.getKey().equals(vm.host())
                        && !host.getValue().api().equals(at.api())
                        && !isLeaving(vm, host.getKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private boolean isLeaving(VmRecord vm, String host) {
        return machines.debts().stream()
                        .anyMatch(debt -> debt.host().equals(host) && debt.vm().equals(vm.name()))
                || state.removed().stream().anyMatch(wire -> wire.host().equals(host) && vm.has(wire.endpoint()));
    }

    /** The standby there that all its wires have, at a generation that is worth something to all of them. */
    private static Optional<WirePlace> common(List<WireRecord> own, String host) {
        Optional<WirePlace> first = own.getFirst().standbyAt(host);
        return first.filter(place -> own.stream()
                .allMatch(wire -> wire.standbyAt(host).equals(first) && place.generation() > wire.farGeneration()));
    }

    private List<VmDebt> debts(VmRecord vm, String host) {
        HostSpec spec = state.topology().hosts().get(host);
        return spec == null
                ? List.of()
                : vm.nics().stream()
                        .map(nic -> new VmDebt(vm.name(), vm.domain(), vm.id(), host, spec, nic.endpoint(), false))
                        .toList();
    }

    FabricState follow(FabricCommand.FollowVm follow) {
        VmRecord vm = machines.vm(follow.vm())
                .filter(it -> machines.moving(it.name()).isEmpty())
                .orElseThrow(() -> stale(follow));
        FabricStateMachine.requireInstance(state, follow.node(), follow.instance());
        WirePlace place = state.wires().values().stream()
                .filter(wire -> vm.has(wire.endpoint()))
                .flatMap(wire -> wire.ahead().stream())
                .filter(it -> it.generation() == follow.generation())
                .findFirst()
                .orElseThrow(() -> stale(follow));
        long generation = state.lastGeneration();
        Map<String, WireRecord> wires = new TreeMap<>(state.wires());
        for (WireRecord wire : state.wires().values()) {
            if (vm.has(wire.endpoint())) {
                Optional<WirePlace> own =
                        wire.ahead().stream().filter(place::equals).findFirst();
                if (own.isEmpty()) {
                    generation++;
                }
                wires.put(
                        wire.name(),
                        wire.movingTo(own.orElse(new WirePlace(place.host(), place.hostSpec(), generation))));
            }
        }
        VmMove move = new VmMove(
                vm.name(),
                follow.generation(),
                vm.host(),
                place.host(),
                VmMoveWay.FOLLOWED,
                VmMovePhase.ACTIVATE,
                follow.node(),
                follow.instance(),
                false,
                "",
                Optional.empty());
        return state.withWires(wires, state.removed(), generation)
                .withMachines(machines.with(move).wanting(vm, place.host()));
    }

    private static WireException stale(FabricCommand.FollowVm follow) {
        return new WireException(
                ErrorCode.VERSION_CONFLICT,
                "Virtual machine " + follow.vm() + " is not awaited at generation " + follow.generation(),
                "Look again");
    }
}
