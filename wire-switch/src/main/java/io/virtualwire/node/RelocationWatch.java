package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.RelocationProgress;
import io.virtualwire.client.RelocationView;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.Relocation;
import io.virtualwire.topology.RelocationStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A relocation that somebody asked this node for: tells how it goes until it has ended.
 *
 * <p>Only watches: it goes on by itself if this node is lost. Runs on one Vert.x context.
 */
final class RelocationWatch {
    private static final long POLL_MILLIS = 20;
    private static final double MEBIBYTE = 1 << 20;

    private final Vertx vertx;
    private final StampedLog log;
    private final NodeEvents events;
    private final long id;
    private final long began = System.nanoTime();
    private final List<RelocationStep.Status> told = new ArrayList<>();
    private @Nullable Relocation seen;
    private long poll = -1;
    private @Nullable MessageConsumer<JsonObject> listening;

    RelocationWatch(Vertx vertx, StampedLog log, NodeEvents events, long id) {
        this.vertx = vertx;
        this.log = log;
        this.events = events;
        this.id = id;
    }

    /** Tells of each step; the last line has a result. */
    void run(Consumer<RelocationProgress> lines) {
        listening = events.listen(event -> copying(event, lines));
        poll = vertx.setPeriodic(POLL_MILLIS, tick -> look(lines));
    }

    void stop() {
        vertx.cancelTimer(poll);
        if (listening != null) {
            listening.unregister();
            listening = null;
        }
    }

    private void look(Consumer<RelocationProgress> lines) {
        Relocation known = log.current().state().relocation().orElse(null);
        if (known == null || known.id() < id) {
            // This node has not heard of it yet.
            return;
        }
        if (known.id() > id) {
            WireException failure =
                    new WireException(ErrorCode.WRONG_STATE, "another relocation has followed", "look at that one");
            end(lines, Optional.ofNullable(seen).map(RelocationOperations::view), Optional.of(failure));
            return;
        }
        if (seen == null) {
            lines.accept(line("agreed", "", 0, "", Optional.of(RelocationOperations.view(known)), Optional.empty()));
        }
        seen = known;
        for (int i = 0; i < known.steps().size(); i++) {
            RelocationStep step = known.steps().get(i);
            if (told.size() == i) {
                told.add(RelocationStep.Status.WAITING);
            }
            if (told.set(i, step.status()) != step.status()) {
                lines.accept(line(
                        RelocationOperations.name(step.status()),
                        step.name(),
                        i + 1,
                        detail(step),
                        Optional.empty(),
                        Optional.empty()));
            }
        }
        if (known.state().isOver()) {
            end(lines, Optional.of(RelocationOperations.view(known)), failure(known));
        }
    }

    private static String detail(RelocationStep step) {
        return switch (step.status()) {
            case WAITING, MOVING -> step.from() + " to " + step.to();
            case DONE -> step.crossingWires() + " wires cross" + (step.reason().isEmpty() ? "" : "; " + step.reason());
            case FAILED -> step.reason();
        };
    }

    private static Optional<WireException> failure(Relocation ended) {
        String attempt = "Cannot move everything from " + ended.from() + " to " + ended.to() + ": ";
        return switch (ended.state()) {
            case UNDER_WAY, DONE -> Optional.empty();
            case STOPPED ->
                Optional.of(new WireException(
                        ErrorCode.WRONG_STATE,
                        attempt + "it was stopped",
                        "The same command goes on with what is left"));
            case FAILED ->
                Optional.of(new WireException(
                        ErrorCode.WRONG_STATE,
                        attempt
                                + ended.steps().stream()
                                        .filter(step -> step.status() == RelocationStep.Status.FAILED)
                                        .map(step -> step.name() + " stays, because " + step.reason())
                                        .findFirst()
                                        .orElse(""),
                        "Mend that; the same command goes on with what is left"));
        };
    }

    private void copying(JsonObject event, Consumer<RelocationProgress> lines) {
        Relocation known = seen;
        if (known == null || !event.getString("step", "").equals("copying")) {
            return;
        }
        for (int i = 0; i < known.steps().size(); i++) {
            RelocationStep step = known.steps().get(i);
            if (step.generation() == event.getLong("generation", -1L)) {
                String detail = String.format(
                        Locale.ROOT,
                        "%.1f of %.1f MiB left, %.1f MiB/s copied",
                        event.getLong("remainingBytes", 0L) / MEBIBYTE,
                        event.getLong("totalBytes", 0L) / MEBIBYTE,
                        event.getLong("bytesPerSecond", 0L) / MEBIBYTE);
                lines.accept(line("copying", step.name(), i + 1, detail, Optional.empty(), Optional.empty()));
            }
        }
    }

    private void end(
            Consumer<RelocationProgress> lines, Optional<RelocationView> result, Optional<WireException> failure) {
        stop();
        lines.accept(line("ended", "", 0, "", result, failure));
    }

    private RelocationProgress line(
            String step,
            String name,
            int number,
            String detail,
            Optional<RelocationView> result,
            Optional<WireException> failure) {
        double millis = Math.round((System.nanoTime() - began) / 1e5) / 10.0;
        return new RelocationProgress(step, name, number, detail, millis, result, failure.map(ErrorBody::of));
    }
}
