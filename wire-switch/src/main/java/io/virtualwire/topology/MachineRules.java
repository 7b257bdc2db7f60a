package io.virtualwire.topology;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What may become of virtual machines, and of the wires at their endpoints. */
final class MachineRules {
    private final FabricState state;
    private final Machines machines;

    MachineRules(FabricState state) {
        this.state = state;
        this.machines = state.machines();
    }

    /** Where the far side of a wire is: with its virtual machine, or where the topology says. */
    String placeOf(WireSpec spec, Topology wanted) {
        String endpoint = spec.endpoint().name();
        Optional<VmRecord> vm = machines.having(endpoint);
        if (vm.isEmpty() && spec.endpoint().host().isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot apply the topology: wire " + spec.name() + " goes to endpoint " + endpoint
                            + ", which is no virtual machine's",
                    "Write its host, " + endpoint + "@HOST, or attach the virtual machine: wire vm attach");
        }
        vm.ifPresent(it -> requireHost(it, wanted));
        return vm.map(VmRecord::host).orElse(spec.endpoint().host());
    }

    private static void requireHost(VmRecord vm, Topology wanted) {
        if (!wanted.hosts().containsKey(vm.host())) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot apply the topology: virtual machine " + vm.name() + " is on host " + vm.host()
                            + ", which is not among the hosts",
                    "Add the host, move the machine, or detach it: wire vm detach " + vm.name());
        }
    }

    /** Virtual machines stay where they are, whatever topology is applied. */
    void requireFits(Topology wanted, Map<String, WireRecord> wires) {
        for (VmRecord vm : machines.vms().values()) {
            requireHost(vm, wanted);
            if (machines.moving(vm.name()).isPresent() && !wiresOf(vm, wires).equals(wiresOf(vm, state.wires()))) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "Cannot change the wires of " + vm.name() + ": it moves now",
                        "Repeat it when that move has ended");
            }
        }
    }

    FabricState attach(FabricCommand.AttachVm attach) {
        VmRecord asked = attach.vm();
        Optional<VmRecord> known = machines.vm(asked.name());
        String attempt = "Cannot attach " + asked.name() + " on " + asked.host() + ": ";
        if (!state.topology().hosts().containsKey(asked.host())) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    attempt + "there is no such host",
                    "Hosts are: " + String.join(", ", state.topology().hosts().keySet()));
        }
        if (known.isPresent()
                && (!known.get().id().equals(asked.id()) || !known.get().host().equals(asked.host()))) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    attempt + "that name stands for " + known.get().domain() + " on "
                            + known.get().host(),
                    "Choose another name, or detach that one");
        }
        requireStill(asked.name(), attempt);
        for (VmNic nic : asked.nics()) {
            Optional<VmRecord> user = machines.having(nic.endpoint());
            boolean anothers = user.filter(vm -> !vm.name().equals(asked.name())
                            || vm.nics().stream()
                                    .anyMatch(other ->
                                            other.endpoint().equals(nic.endpoint()) && other.number() != nic.number()))
                    .isPresent();
            boolean elsewhere = user.isEmpty()
                    && state.wires().values().stream()
                            .anyMatch(wire -> wire.endpoint().equals(nic.endpoint())
                                    && !wire.host().equals(asked.host()));
            if (anothers || elsewhere) {
                throw new WireException(
                        ErrorCode.ALREADY_EXISTS,
                        attempt + "endpoint " + nic.endpoint() + " is "
                                + (anothers ? "another interface's" : "wired on another host"),
                        "Choose another name for it with --as");
            }
        }
        VmRecord merged = known.map(vm -> vm.with(asked.nics())).orElse(asked);
        return state.withMachines(machines.with(merged).wanting(merged, merged.host()));
    }

    FabricState detach(FabricCommand.DetachVm detach) {
        VmRecord vm = machines.vm(detach.vm()).orElse(null);
        if (vm == null) {
            return state;
        }
        String attempt = "Cannot detach " + vm.name() + ": ";
        requireStill(vm.name(), attempt);
        VmRecord left = detach.endpoint().isEmpty() ? null : vm.without(detach.endpoint());
        List<String> used = wiresOf(vm, state.wires()).values().stream()
                .filter(wire -> left == null || !left.has(wire.endpoint()))
                .map(WireRecord::name)
                .toList();
        if (!used.isEmpty()) {
            throw new WireException(
                    ErrorCode.IN_USE,
                    attempt + "wires go there: " + String.join(", ", used),
                    "Unplug them first: wire switch unplug " + used.getFirst());
        }
        List<VmDebt> owed = new ArrayList<>();
        Stream.concat(Stream.of(vm.host()), vm.prepared().stream())
                .flatMap(host -> debts(vm, host, false).stream())
                .filter(debt -> left == null || !left.has(debt.endpoint()))
                .forEach(owed::add);
        Machines without = left == null || left.nics().isEmpty() ? machines.without(vm.name()) : machines.with(left);
        return state.withMachines(without.owing(owed));
    }

    FabricState begin(FabricCommand.BeginVmMove begin) {
        VmRecord vm = requireVm(begin.vm());
        String attempt = "Cannot move " + vm.name() + " to " + begin.to() + ": ";
        requireStill(vm.name(), attempt);
        FabricStateMachine.requireInstance(state, begin.node(), begin.instance());
        if (vm.host().equals(begin.to())) {
            throw new WireException(ErrorCode.WRONG_STATE, attempt + "it is there already", "");
        }
        if (begin.way().isFollowed()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    attempt + "'" + begin.way().mode() + "' is not how a hypervisor moves it",
                    "Use peer-to-peer, managed or tunnelled");
        }
        HostSpec to = requireHypervisor(begin.to(), attempt);
        requireHypervisor(vm.host(), attempt);
        long generation = state.lastGeneration() + 1;
        VmMove move = new VmMove(
                vm.name(),
                generation,
                vm.host(),
                begin.to(),
                begin.way(),
                VmMovePhase.PREPARE,
                begin.node(),
                begin.instance(),
                false,
                "",
                Optional.empty());
        WirePlace place = new WirePlace(begin.to(), to, generation);
        return state.withWires(changed(vm, wire -> wire.movingTo(place)), state.removed(), generation)
                .withMachines(machines.with(move).wanting(vm, begin.to()));
    }

    FabricState claim(FabricCommand.ClaimVmMove claim) {
        VmMove move = requireMove(claim.vm(), claim.generation());
        requireDriver(move, claim.expectedInstance());
        FabricStateMachine.requireInstance(state, claim.node(), claim.instance());
        return state.withMachines(machines.with(move.by(claim.node(), claim.instance())));
    }

    FabricState giveUp(FabricCommand.GiveUpVmMove give) {
        VmMove move = requireMove(give.vm(), give.generation());
        if (!move.phase().mayRollBack()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot call the move of " + give.vm() + " off: it runs on " + move.to() + " already",
                    "Move it back, if that is what you want");
        }
        return state.withMachines(machines.with(move.calledOff()));
    }

    FabricState advance(FabricCommand.AdvanceVmMove advance) {
        VmMove move = requireMove(advance.vm(), advance.generation()).measured(advance.measure());
        requireDriver(move, advance.instance());
        if (move.phase() != advance.from()) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT,
                    "The move of " + move.vm() + " is at " + move.phase() + ", not at " + advance.from(),
                    "Look again");
        }
        VmRecord vm = requireVm(advance.vm());
        return switch (move.phase()) {
            case PREPARE -> {
                requireTurn(move);
                yield in(move, VmMovePhase.MOVE);
            }
            case MOVE -> in(move, VmMovePhase.ACTIVATE);
            case ACTIVATE ->
                in(move, VmMovePhase.DRAIN)
                        .withWires(changed(vm, WireRecord::moved), state.removed(), state.lastGeneration())
                        .withMachines(machines.with(vm.at(move.to())).with(move.in(VmMovePhase.DRAIN, "")));
            case DRAIN -> cleanUp(vm, move);
            case CLEAN_UP, DONE, ROLLED_BACK -> in(move, VmMovePhase.DONE);
        };
    }

    /** Others that began earlier between the same hosts go first; so many at once as this one's way allows. */
    private void requireTurn(VmMove move) {
        if (machines.ahead(move) >= move.way().most()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    move.vm() + " waits: " + machines.ahead(move) + " machines are on their way between " + move.from()
                            + " and " + move.to(),
                    "Wait, or allow more with --parallel");
        }
    }

    private FabricState cleanUp(VmRecord vm, VmMove move) {
        List<WireRecord> unwanted = new ArrayList<>(state.removed());
        wiresOf(vm, state.wires())
                .values()
                .forEach(wire -> wire.last().ifPresent(place -> unwanted.add(wire.left(place))));
        List<VmDebt> owed = debts(vm, move.from(), !move.way().isFollowed());
        return state.withWires(changed(vm, WireRecord::drained), unwanted, state.lastGeneration())
                .withMachines(machines.with(move.in(VmMovePhase.CLEAN_UP, "")).owing(owed));
    }

    FabricState rollBack(FabricCommand.RollBackVmMove back) {
        VmMove move = requireMove(back.vm(), back.generation());
        requireDriver(move, back.instance());
        if (!move.phase().mayRollBack()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE, "The move of " + move.vm() + " is at " + move.phase(), "Look again");
        }
        VmRecord vm = requireVm(back.vm());
        List<WireRecord> unwanted = new ArrayList<>(state.removed());
        wiresOf(vm, state.wires())
                .values()
                .forEach(wire -> wire.next().ifPresent(place -> unwanted.add(wire.left(place))));
        long generation = state.lastGeneration() + (back.anew() ? 1 : 0);
        UnaryOperator<WireRecord> stay =
                wire -> (back.anew() ? wire.stayedAnew(generation) : wire.stayed()).notStandingByAt(move.to());
        return state.withWires(changed(vm, stay), unwanted, generation)
                .withMachines(machines.with(vm.preparedAt(vm.prepared().stream()
                                .filter(host -> !host.equals(move.to()))
                                .toList()))
                        .with(move.in(VmMovePhase.ROLLED_BACK, back.reason()))
                        .owing(debts(vm, move.to(), back.stop() && !move.way().isFollowed())));
    }

    private List<VmDebt> debts(VmRecord vm, String host, boolean stop) {
        HostSpec spec = state.topology().hosts().get(host);
        // A host that is no longer wanted at all is not known by its address any more.
        return spec == null
                ? List.of()
                : vm.nics().stream()
                        .map(nic -> new VmDebt(vm.name(), vm.domain(), vm.id(), host, spec, nic.endpoint(), stop))
                        .toList();
    }

    private FabricState in(VmMove move, VmMovePhase next) {
        return state.withMachines(machines.with(move.in(next, "")));
    }

    private Map<String, WireRecord> changed(VmRecord vm, UnaryOperator<WireRecord> change) {
        Map<String, WireRecord> all = new TreeMap<>(state.wires());
        wiresOf(vm, state.wires()).forEach((name, wire) -> all.put(name, change.apply(wire)));
        return all;
    }

    private static Map<String, WireRecord> wiresOf(VmRecord vm, Map<String, WireRecord> wires) {
        Map<String, WireRecord> own = new TreeMap<>();
        wires.forEach((name, wire) -> {
            if (vm.has(wire.endpoint())) {
                own.put(name, wire);
            }
        });
        return own;
    }

    private VmRecord requireVm(String name) {
        return machines.vm(name)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "There is no virtual machine " + name,
                        "Attach it first: wire vm attach " + name + " --host HOST"));
    }

    private HostSpec requireHypervisor(String host, String attempt) {
        HostSpec spec = state.topology().hosts().get(host);
        if (spec == null) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    attempt + "there is no host " + host,
                    "Hosts are: " + String.join(", ", state.topology().hosts().keySet()));
        }
        if (spec.libvirt() == null) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    attempt + "nobody said how the hypervisor of host " + host + " is reached",
                    "Say it: wire host add " + host + " ADDRESS --libvirt URI");
        }
        return spec;
    }

    private void requireStill(String vm, String attempt) {
        machines.moving(vm).ifPresent(move -> {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    attempt + "it moves to " + move.to() + " now",
                    "Repeat it when that move has ended");
        });
    }

    private VmMove requireMove(String vm, long generation) {
        return machines.moving(vm)
                .filter(move -> move.generation() == generation)
                .orElseThrow(() -> new WireException(
                        ErrorCode.VERSION_CONFLICT,
                        "No move of " + vm + " with generation " + generation + " is under way",
                        "Look again"));
    }

    private static void requireDriver(VmMove move, String instance) {
        if (!move.instance().equals(instance)) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT,
                    "The move of " + move.vm() + " is driven by process " + move.instance() + " of " + move.driver()
                            + ", not by " + instance,
                    "Look again");
        }
    }
}
