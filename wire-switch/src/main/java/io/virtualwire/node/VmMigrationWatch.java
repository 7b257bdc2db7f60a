package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.VmMigrationStep;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMovePhase;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One migration of a virtual machine that somebody asked this node for: tells how it goes until it has ended.
 *
 * <p>Only watches: the move goes on, or is rolled back, by itself if this node is lost. Runs on one Vert.x context.
 */
final class VmMigrationWatch {
    private static final long POLL_MILLIS = 20;

    private final Vertx vertx;
    private final StampedLog log;
    private final NodeEvents events;
    private final String vm;
    private final BegunMove begun;
    private final long generation;
    private final long began = System.nanoTime();
    private @Nullable VmMovePhase told;
    private double movedMillis;
    private long poll = -1;
    private @Nullable MessageConsumer<JsonObject> listening;

    VmMigrationWatch(Vertx vertx, StampedLog log, NodeEvents events, String vm, BegunMove begun) {
        this.begun = begun;
        this.generation = begun.generation();
        this.vertx = vertx;
        this.log = log;
        this.events = events;
        this.vm = vm;
    }

    /** Tells of each step of the move; the last one has a result or an error. */
    void run(Consumer<VmMigrationStep> steps) {
        if (!begun.why().isEmpty()) {
            steps.accept(new VmMigrationStep(
                    "chosen", begun.to(), begun.why(), millis(), Optional.empty(), Optional.empty(), Optional.empty()));
        }
        listening = events.listen(event -> {
            if (vm.equals(event.getString("vm")) && Long.valueOf(generation).equals(event.getLong("generation"))) {
                steps.accept(copying(event));
            }
        });
        poll = vertx.setPeriodic(POLL_MILLIS, tick -> look(steps));
    }

    void stop() {
        vertx.cancelTimer(poll);
        if (listening != null) {
            listening.unregister();
            listening = null;
        }
    }

    private void look(Consumer<VmMigrationStep> steps) {
        FabricState state = log.current().state();
        Optional<VmMove> seen = state.machines().lastMove(vm).filter(move -> move.generation() >= generation);
        if (seen.isEmpty() || seen.get().generation() > generation) {
            if (told != null) {
                end(steps, failed("another move has followed", ErrorCode.WRONG_STATE));
            }
            return;
        }
        VmMove move = seen.get();
        if (move.phase() == told) {
            return;
        }
        told = move.phase();
        switch (move.phase()) {
            case DRAIN -> {
                movedMillis = millis();
                steps.accept(step(move));
            }
            case PREPARE, MOVE, ACTIVATE, CLEAN_UP -> steps.accept(step(move));
            case DONE ->
                end(
                        steps,
                        new VmMigrationStep(
                                "done",
                                move.driver(),
                                "",
                                millis(),
                                Optional.empty(),
                                Optional.of(
                                        MoveReport.result(move, movedMillis > 0 ? movedMillis : millis(), millis())),
                                Optional.empty()));
            case ROLLED_BACK ->
                end(steps, failed("it stays on " + move.from() + ", because " + move.reason(), ErrorCode.WRONG_STATE));
        }
    }

    private void end(Consumer<VmMigrationStep> steps, VmMigrationStep last) {
        stop();
        steps.accept(last);
    }

    private VmMigrationStep step(VmMove move) {
        return new VmMigrationStep(
                MoveReport.name(move.phase()),
                move.driver(),
                "",
                millis(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private VmMigrationStep copying(JsonObject event) {
        return new VmMigrationStep(
                "copying",
                event.getString("node", ""),
                "",
                millis(),
                Optional.of(new VmMigrationStep.Progress(
                        event.getLong("totalBytes", 0L),
                        event.getLong("remainingBytes", 0L),
                        event.getLong("copiedBytes", 0L),
                        event.getLong("bytesPerSecond", 0L),
                        event.getLong("dirtyBytesPerSecond", 0L))),
                Optional.empty(),
                Optional.empty());
    }

    private VmMigrationStep failed(String why, ErrorCode code) {
        WireException failure = new WireException(
                code, "Cannot move " + vm + ": " + why, "See where it is with 'wire vm show " + vm + "'");
        return new VmMigrationStep(
                "failed", "", "", millis(), Optional.empty(), Optional.empty(), Optional.of(ErrorBody.of(failure)));
    }

    private double millis() {
        return Math.round((System.nanoTime() - began) / 1e5) / 10.0;
    }
}
