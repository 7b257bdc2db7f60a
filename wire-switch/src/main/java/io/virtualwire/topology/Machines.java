package io.virtualwire.topology;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The virtual machines of a fabric.
 *
 * @param vms by name
 * @param moves the latest move of each
 * @param debts what is owed to hosts that they have left
 */
public record Machines(Map<String, VmRecord> vms, Map<String, VmMove> moves, List<VmDebt> debts) {
    static final Machines NONE = new Machines(Map.of(), Map.of(), List.of());

    public Machines {
        vms = Collections.unmodifiableMap(new TreeMap<>(vms));
        moves = Collections.unmodifiableMap(new TreeMap<>(moves));
        debts = List.copyOf(debts);
    }

    public Optional<VmRecord> vm(String name) {
        return Optional.ofNullable(vms.get(name));
    }

    /** The machine one of whose interfaces is the endpoint of this name. */
    public Optional<VmRecord> having(String endpoint) {
        return vms.values().stream().filter(vm -> vm.has(endpoint)).findFirst();
    }

    /** The move that is under way. */
    public Optional<VmMove> moving(String vm) {
        return lastMove(vm).filter(move -> !move.phase().isOver());
    }

    public Optional<VmMove> lastMove(String vm) {
        return Optional.ofNullable(moves.get(vm));
    }

    /** How many machines are on their way between the two hosts of this move, or are to go before it. */
    public int ahead(VmMove move) {
        return (int) moves.values().stream()
                .filter(other -> !other.vm().equals(move.vm()) && other.isBetween(move.from(), move.to()))
                .filter(other -> other.phase() == VmMovePhase.MOVE
                        || other.phase() == VmMovePhase.ACTIVATE
                        || other.phase() == VmMovePhase.PREPARE && other.generation() < move.generation())
                .count();
    }

    Machines with(VmRecord vm) {
        Map<String, VmRecord> more = new TreeMap<>(vms);
        more.put(vm.name(), vm);
        return new Machines(more, moves, debts);
    }

    Machines without(String vm) {
        Map<String, VmRecord> fewer = new TreeMap<>(vms);
        fewer.remove(vm);
        Map<String, VmMove> others = new TreeMap<>(moves);
        others.remove(vm);
        return new Machines(fewer, others, debts);
    }

    Machines with(VmMove move) {
        Map<String, VmMove> more = new TreeMap<>(moves);
        more.put(move.vm(), move);
        return new Machines(vms, more, debts);
    }

    Machines owing(List<VmDebt> more) {
        List<VmDebt> all = new ArrayList<>(debts);
        for (VmDebt debt : more) {
            all.removeIf(known -> known.is(debt.vm(), debt.host(), debt.endpoint()));
            all.add(debt);
        }
        return new Machines(vms, moves, all);
    }

    Machines paid(String vm, String host, String endpoint) {
        return new Machines(
                vms,
                moves,
                debts.stream().filter(debt -> !debt.is(vm, host, endpoint)).toList());
    }

    /** The machine's interfaces are wanted there again. */
    Machines wanting(VmRecord vm, String host) {
        return new Machines(
                vms,
                moves,
                debts.stream()
                        .filter(debt -> !(debt.host().equals(host) && vm.has(debt.endpoint())))
                        .toList());
    }
}
