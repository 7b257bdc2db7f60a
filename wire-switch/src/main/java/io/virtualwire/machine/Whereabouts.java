package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.VmRecord;
import java.util.function.Supplier;

/**
 * Where a virtual machine is, read from both hypervisors: the only thing that decides how a move has ended.
 *
 * <pre>
 *   source        target        job     verdict
 *   any           runs          any     THERE      its guest has announced itself there; a copy at the source is a ghost
 *   runs          not, paused   yes     UNDER_WAY
 *   runs          not, paused   no      HERE       a paused copy at the target is a leftover
 *   paused        not, paused   yes     UNDER_WAY
 *   paused        not, paused   no      HALTED     the source is whole: it is resumed, and the copy at the target stopped
 *   gone          paused        any     ARRIVED    the source let go of it, and nobody told the target: it is resumed there
 *   gone          not           any     ENDED      the guest itself has ended
 *   runs, paused  unknown       no      UNSURE     the target cannot be asked
 *   else          unknown       any     UNDER_WAY  wait until it can be
 *   unknown       not, paused   any     UNDER_WAY
 * </pre>
 *
 * @param job whether the source's hypervisor moves it
 */
record Whereabouts(Sight source, Sight target, boolean job) {

    /** What a hypervisor says of the machine. */
    enum Sight {
        RUNS,
        PAUSED,
        /** It is not there, or does not run. */
        GONE,
        UNKNOWN
    }

    /** What follows. */
    enum Verdict {
        UNDER_WAY,
        HERE,
        HALTED,
        THERE,
        ARRIVED,
        ENDED,
        UNSURE
    }

    static Whereabouts of(VmRecord vm, Supplier<Hypervisor> source, Supplier<Hypervisor> target) {
        Sight here = sight(vm, source);
        Sight there = sight(vm, target);
        boolean job = here != Sight.GONE && here != Sight.UNKNOWN && isMoving(vm, source);
        return new Whereabouts(here, there, job);
    }

    static Sight sight(VmRecord vm, Supplier<Hypervisor> hypervisor) {
        try {
            return hypervisor
                    .get()
                    .state(vm.id())
                    .map(state -> switch (state) {
                        case RUNNING -> Sight.RUNS;
                        case PAUSED -> Sight.PAUSED;
                        case STOPPED, CRASHED -> Sight.GONE;
                    })
                    .orElse(Sight.GONE);
        } catch (WireException e) {
            return Sight.UNKNOWN;
        }
    }

    private static boolean isMoving(VmRecord vm, Supplier<Hypervisor> source) {
        try {
            return source.get().isMoving(vm.domain());
        } catch (WireException e) {
            // It went away between the two questions, or its hypervisor did: look again.
            return true;
        }
    }

    Verdict verdict() {
        return switch (target) {
            case RUNS -> Verdict.THERE;
            case PAUSED, GONE ->
                switch (source) {
                    case RUNS -> job ? Verdict.UNDER_WAY : Verdict.HERE;
                    case PAUSED -> job ? Verdict.UNDER_WAY : Verdict.HALTED;
                    case GONE -> target == Sight.PAUSED ? Verdict.ARRIVED : Verdict.ENDED;
                    case UNKNOWN -> Verdict.UNDER_WAY;
                };
            case UNKNOWN ->
                (source == Sight.RUNS || source == Sight.PAUSED) && !job ? Verdict.UNSURE : Verdict.UNDER_WAY;
        };
    }
}
