package io.virtualwire.topology;

import java.util.Optional;

/**
 * A move of a virtual machine: the one under way, or the latest.
 *
 * @param generation of its sides at the target; no other move has it
 * @param way how the hypervisors are to do it
 * @param driver the node that drives it
 * @param instance that node's process; if it ends, another node claims the move
 * @param givenUp whether somebody asked to call it off
 * @param reason why it was rolled back; empty if it was not
 * @param measure what it took so far
 */
public record VmMove(
        String vm,
        long generation,
        String from,
        String to,
        VmMoveWay way,
        VmMovePhase phase,
        String driver,
        String instance,
        boolean givenUp,
        String reason,
        Optional<VmMoveMeasure> measure) {

    /** Whether it goes from one of these hosts to the other. */
    boolean isBetween(String one, String other) {
        return from.equals(one) && to.equals(other) || from.equals(other) && to.equals(one);
    }

    VmMove in(VmMovePhase next, String why) {
        return new VmMove(vm, generation, from, to, way, next, driver, instance, givenUp, why, measure);
    }

    VmMove by(String node, String process) {
        return new VmMove(vm, generation, from, to, way, phase, node, process, givenUp, reason, measure);
    }

    VmMove calledOff() {
        return new VmMove(vm, generation, from, to, way, phase, driver, instance, true, reason, measure);
    }

    VmMove measured(Optional<VmMoveMeasure> more) {
        return more.isEmpty()
                ? this
                : new VmMove(
                        vm,
                        generation,
                        from,
                        to,
                        way,
                        phase,
                        driver,
                        instance,
                        givenUp,
                        reason,
                        Optional.of(measure.map(known -> known.and(more.get())).orElse(more.get())));
    }
}
