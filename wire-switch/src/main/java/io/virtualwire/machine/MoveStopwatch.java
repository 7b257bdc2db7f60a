package io.virtualwire.machine;

import io.virtualwire.client.WireStatus;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.VmMoveMeasure;
import io.virtualwire.topology.VmMovePhase;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes down what a move takes, for {@link VmMoveMeasure}. Steps use it one after the other; {@link #activates} any thread. */
final class MoveStopwatch {
    private final Ticker ticker;
    private final long start;
    private final Map<VmMovePhase, Double> begun = new EnumMap<>(VmMovePhase.class);
    private final AtomicReference<@Nullable String> activator = new AtomicReference<>();

    MoveStopwatch(Ticker ticker) {
        this.ticker = ticker;
        this.start = ticker.nanoTime();
    }

    void begun(VmMovePhase phase) {
        begun.putIfAbsent(phase, Math.round((ticker.nanoTime() - start) / 1e4) / 100.0);
    }

    /** The driver is about to activate the sides because of that; only the first time counts. */
    void activates(String reason) {
        activator.compareAndSet(null, reason);
    }

    /** When each phase was taken up so far. */
    VmMoveMeasure phases() {
        return new VmMoveMeasure(begun, OptionalLong.empty(), "", OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** The same, and what the target says now that it is over. */
    VmMoveMeasure all(OptionalLong pauseMillis, List<WireStatus> sides) {
        List<WireStatus.Activation> activations =
                sides.stream().flatMap(side -> side.activation().stream()).toList();
        return new VmMoveMeasure(
                begun,
                pauseMillis,
                activations.stream().map(this::reason).findFirst().orElse(""),
                longest(activations, WireStatus.Activation::heardMillis),
                longest(activations, WireStatus.Activation::firstFrameMillis));
    }

    private String reason(WireStatus.Activation activation) {
        return switch (activation.by()) {
            case "announcement" -> VmMoveMeasure.RARP;
            case "command" -> Objects.requireNonNullElse(activator.get(), VmMoveMeasure.COMMAND);
            default -> activation.by();
        };
    }

    private static OptionalDouble longest(
            List<WireStatus.Activation> activations, Function<WireStatus.Activation, Optional<Double>> what) {
        return activations.stream()
                .map(what)
                .flatMap(Optional::stream)
                .mapToDouble(Double::doubleValue)
                .max();
    }
}
