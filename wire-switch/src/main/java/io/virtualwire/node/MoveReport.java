package io.virtualwire.node;

import io.virtualwire.client.VmMigrationStep;
import io.virtualwire.client.VmView;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMoveMeasure;
import io.virtualwire.topology.VmMovePhase;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The log's record of a virtual machine's move, as the interface shows it. */
final class MoveReport {
    private MoveReport() {}

    /** How people call a phase. */
    static String name(VmMovePhase phase) {
        return phase.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static VmView.Move view(VmMove move) {
        VmMoveMeasure measure = move.measure().orElse(VmMoveMeasure.NONE);
        return new VmView.Move(
                move.from(),
                move.to(),
                move.generation(),
                move.way().mode(),
                name(move.phase()),
                move.reason(),
                phases(measure),
                measure.pauseMillis(),
                measure.activatedBy(),
                measure.heardMillis(),
                measure.firstFrameMillis());
    }

    /**
     * @param movedMillis as the node that was asked saw it
     * @param totalMillis likewise
     */
    static VmMigrationStep.Result result(VmMove move, double movedMillis, double totalMillis) {
        VmMoveMeasure measure = move.measure().orElse(VmMoveMeasure.NONE);
        return new VmMigrationStep.Result(
                move.vm(),
                move.from(),
                move.to(),
                move.generation(),
                move.way().mode(),
                movedMillis,
                totalMillis,
                phases(measure),
                measure.pauseMillis(),
                measure.activatedBy(),
                measure.heardMillis(),
                measure.firstFrameMillis());
    }

    private static Map<String, Double> phases(VmMoveMeasure measure) {
        Map<String, Double> phases = new LinkedHashMap<>();
        measure.begun().forEach((phase, millis) -> phases.put(name(phase), millis));
        return phases;
    }
}
