package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.VmRecord;
import java.util.function.Supplier;

/**
 * Where a virtual machine is, read from both hypervisors: the only thing that decides how a move has ended.
 *
 * <pre>
 *   source        target             job  verdict
 *   any           runs               any  THERE      its guest has announced itself there; a copy at the source is a ghost
 *   gone          off                any  THERE      it arrived, and the guest itself has ended there
 *   runs          off, gone, paused  yes  UNDER_WAY
 *   runs          off, gone, paused  no   HERE       a paused copy at the target is a leftover
 *   paused        off, gone, paused  yes  UNDER_WAY
 *   paused        off, gone, paused  no   HALTED     the source is whole: it is resumed, and a copy at the target stopped
 *   off, gone     paused             any  ARRIVED    the source let go of it, and nobody told the target: it is resumed there
 *   off, gone     off, gone          any  ENDED      the guest itself has ended
 *   runs, paused  unknown            no   UNSURE     the target cannot be asked
 *   else          unknown            any  UNDER_WAY  wait until it can be
 *   unknown       off, gone, paused  any  UNDER_WAY
 * </pre>
 *
 * @param job whether the source's hypervisor moves it
 */
record Whereabouts(Sight source, Sight target, boolean job) {

    /** What a hypervisor says of the machine. */
    enum Sight {
        RUNS,
        PAUSED,
        /** It is known there, and does not run. */
        OFF,
        /** It is not there. */
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
        boolean job = (here == Sight.RUNS || here == Sight.PAUSED) && isMoving(vm, source);
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
                        case STOPPED, CRASHED -> Sight.OFF;
                    })
                    .orElse(Sight.GONE);
        } catch (WireException e) {
            return Sight.UNKNOWN;
        }
    }

    static boolean isMoving(VmRecord vm, Supplier<Hypervisor> source) {
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
            case PAUSED, OFF, GONE ->
                switch (source) {
                    case RUNS -> job ? Verdict.UNDER_WAY : Verdict.HERE;
                    case PAUSED -> job ? Verdict.UNDER_WAY : Verdict.HALTED;
                    case OFF, GONE -> left();
                    case UNKNOWN -> Verdict.UNDER_WAY;
                };
            case UNKNOWN ->
                (source == Sight.RUNS || source == Sight.PAUSED) && !job ? Verdict.UNSURE : Verdict.UNDER_WAY;
        };
    }

    /** The source has it no more, or it does not run there. */
    private Verdict left() {
        if (target == Sight.PAUSED) {
            return Verdict.ARRIVED;
        }
        return target == Sight.OFF && source == Sight.GONE ? Verdict.THERE : Verdict.ENDED;
    }
}
