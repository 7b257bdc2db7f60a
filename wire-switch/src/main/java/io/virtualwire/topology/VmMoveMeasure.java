package io.virtualwire.topology;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a virtual machine's move took, as its driver, the hypervisors and the target's connector measured it, each by its own
 * monotonic clock.
 *
 * @param begun milliseconds from the driver's first step until it took up each phase; those of a driver that was lost are kept
 * @param pauseMillis how long the guest did not run, as the hypervisors say
 * @param activatedBy what made the sides at the target active: {@code rarp}, the guest's announcement; {@code resume}, the
 *     hypervisor's word that it runs there; {@code command}, the driver's next look; {@code peer_frame}; empty if unknown
 * @param heardMillis from then until the far end had confirmed that it sends there; of several wires the longest
 * @param firstFrameMillis from then until the guest was given the first frame there; of several wires the longest
 */
public record VmMoveMeasure(
        Map<VmMovePhase, Double> begun,
        OptionalLong pauseMillis,
        String activatedBy,
        OptionalDouble heardMillis,
        OptionalDouble firstFrameMillis) {
    public static final VmMoveMeasure NONE =
            new VmMoveMeasure(Map.of(), OptionalLong.empty(), "", OptionalDouble.empty(), OptionalDouble.empty());
    public static final String RARP = "rarp";
    public static final String RESUME = "resume";
    public static final String COMMAND = "command";

    public VmMoveMeasure {
        EnumMap<VmMovePhase, Double> ordered = new EnumMap<>(VmMovePhase.class);
        ordered.putAll(begun);
        begun = Collections.unmodifiableMap(ordered);
    }

    /** When the driver took up a phase. */
    public static VmMoveMeasure of(VmMovePhase phase, double millis) {
        return new VmMoveMeasure(
                Map.of(phase, millis), OptionalLong.empty(), "", OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** Both; where both know something, the first that was agreed on. */
    VmMoveMeasure and(VmMoveMeasure more) {
        EnumMap<VmMovePhase, Double> all = new EnumMap<>(VmMovePhase.class);
        all.putAll(more.begun);
        all.putAll(begun);
        return new VmMoveMeasure(
                all,
                pauseMillis.isPresent() ? pauseMillis : more.pauseMillis,
                activatedBy.isEmpty() ? more.activatedBy : activatedBy,
                heardMillis.isPresent() ? heardMillis : more.heardMillis,
                firstFrameMillis.isPresent() ? firstFrameMillis : more.firstFrameMillis);
    }
}
