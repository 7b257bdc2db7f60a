package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.MigrationResult;
import io.virtualwire.client.MigrationStep;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.MoveRecord;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One migration that somebody asked this node for: tells how it goes until it has ended.
 *
 * <p>Only watches: the move goes on, or is called off, by itself if this node is lost. Runs on one Vert.x context.
 */
final class MigrationWatch {
    private static final long POLL_MILLIS = 10;
    /* Figures come a moment after the end; a move is not worse without them. */
    private static final long FIGURES_MILLIS = 3_000;
    private static final long LONGEST_MILLIS = 60_000;

    private final Vertx vertx;
    private final FabricLog<FabricCommand, FabricState> log;
    private final NodeEvents events;
    private final String node;
    private final String component;
    private final String to;
    private final long began = System.nanoTime();
    private final BegunMove begun;
    private final long generation;
    private double completedMillis = -1;
    /** The hosts with which the new node has agreed on nothing. */
    private String silent = "";

    private long poll = -1;
    private @Nullable MessageConsumer<JsonObject> listening;

    MigrationWatch(
            Vertx vertx,
            FabricLog<FabricCommand, FabricState> log,
            NodeEvents events,
            String node,
            String component,
            BegunMove begun) {
        this.vertx = vertx;
        this.log = log;
        this.events = events;
        this.node = node;
        this.component = component;
        this.to = begun.to();
        this.begun = begun;
        this.generation = begun.generation();
    }

    /** Tells of each step of the move; the last one has a result or an error. */
    void run(Consumer<MigrationStep> steps) {
        if (!begun.why().isEmpty()) {
            steps.accept(new MigrationStep("chosen", to, begun.why(), millis(), Optional.empty(), Optional.empty()));
        }
        steps.accept(step("agreed", node, ""));
        listening = events.listen(event -> {
            if (component.equals(event.getString("component")) && event.getLong("generation", 0L) == generation) {
                heard(event.getString("step"), event.getString("detail", ""))
                        .ifPresent(
                                detail -> steps.accept(step(event.getString("step"), event.getString("node"), detail)));
            }
        });
        poll = vertx.setPeriodic(POLL_MILLIS, tick -> look(steps));
    }

    /** What is told of a step; nothing of one that is none. */
    private Optional<String> heard(String step, String detail) {
        if (!step.equals(NodeEvents.WAITS)) {
            return Optional.of("");
        }
        silent = detail;
        return silent.isEmpty()
                ? Optional.empty()
                : Optional.of("nothing is agreed with " + silent + " yet; " + component
                        + " goes without, unless the node that it leaves hears it");
    }

    void stop() {
        vertx.cancelTimer(poll);
        if (listening != null) {
            listening.unregister();
            listening = null;
        }
    }

    private void look(Consumer<MigrationStep> steps) {
        Applied<FabricState> applied = log.current();
        Optional<MoveRecord> record =
                applied.state().lastMove(component).filter(move -> move.generation() == generation);
        MoveRecord.Outcome outcome = record.map(MoveRecord::outcome).orElseGet(() -> earlier(applied.state()));
        switch (outcome) {
            case UNDER_WAY -> {
                if (millis() > LONGEST_MILLIS) {
                    end(steps, failed("it has not ended after " + LONGEST_MILLIS / 1000 + " s", ErrorCode.TIMEOUT));
                }
            }
            case COMPLETED -> completed(record.orElseGet(() -> ended(applied.state())), steps);
            case CALLED_OFF, TAKEN_OVER ->
                end(steps, failed(record.map(MoveRecord::reason).orElse("another claim holds"), ErrorCode.WRONG_STATE));
        }
    }

    /** How a move ended after which there was another one. */
    private MoveRecord.Outcome earlier(FabricState state) {
        return event(state, "component.moved").isPresent()
                ? MoveRecord.Outcome.COMPLETED
                : MoveRecord.Outcome.TAKEN_OVER;
    }

    private MoveRecord ended(FabricState state) {
        FabricEvent figures = event(state, "component.measured")
                .or(() -> event(state, "component.moved"))
                .orElseThrow();
        return new MoveRecord(
                component,
                generation,
                figures.from(),
                figures.node(),
                MoveRecord.Outcome.COMPLETED,
                figures.handoffMicros(),
                figures.flipMicros(),
                "");
    }

    private Optional<FabricEvent> event(FabricState state, String type) {
        return state.events().recent().stream()
                .filter(it ->
                        it.type().equals(type) && it.component().equals(component) && it.generation() == generation)
                .findFirst();
    }

    private void completed(MoveRecord move, Consumer<MigrationStep> steps) {
        if (completedMillis < 0) {
            completedMillis = millis();
        }
        boolean measured = move.handoffMicros() >= 0 && move.flipMicros() >= 0;
        if (measured || millis() - completedMillis > FIGURES_MILLIS) {
            double handoff = Math.max(move.handoffMicros(), 0) / 1000.0;
            double flip = Math.max(move.flipMicros(), 0) / 1000.0;
            MigrationResult result = new MigrationResult(
                    component,
                    move.from(),
                    move.to(),
                    generation,
                    rounded(handoff + flip),
                    rounded(handoff),
                    rounded(flip),
                    completedMillis);
            String detail = silent.isEmpty() ? "" : "without " + silent + ", whose wires follow when it answers";
            end(steps, new MigrationStep("completed", node, detail, millis(), Optional.of(result), Optional.empty()));
        }
    }

    private void end(Consumer<MigrationStep> steps, MigrationStep last) {
        stop();
        steps.accept(last);
    }

    private MigrationStep failed(String why, ErrorCode code) {
        WireException failure = new WireException(
                code,
                "Cannot move " + component + " to " + to + ": " + why,
                "See where it is with 'wire switch show " + component + "'");
        return new MigrationStep("failed", node, "", millis(), Optional.empty(), Optional.of(ErrorBody.of(failure)));
    }

    private MigrationStep step(String what, String where, String detail) {
        return new MigrationStep(what, where, detail, millis(), Optional.empty(), Optional.empty());
    }

    private double millis() {
        return rounded((System.nanoTime() - began) / 1e6);
    }

    private static double rounded(double millis) {
        return Math.round(millis * 10) / 10.0;
    }
}
