package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.control.Generation;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.topology.VmMove;
import java.util.function.Consumer;

/**
 * The steps of moves while they happen, told to all nodes on the event bus: at {@value #ADDRESS}, as
 * {@code {"node", "component", "generation", "step", "detail"}}, or with {@code "vm"} and how far its memory is copied.
 */
final class NodeEvents {
    static final String ADDRESS = "virtualwire.v1.steps";
    /** The new node has agreed on nothing with the hosts in the detail; if it is empty, with all of them. */
    static final String WAITS = "waits";

    private final Vertx vertx;
    private final String node;

    NodeEvents(Vertx vertx, String node) {
        this.vertx = vertx;
        this.node = node;
    }

    void publish(HandoffEvent event) {
        publish(event.component(), event.generation(), step(event), "");
    }

    void publish(String component, Generation generation, String step, String detail) {
        vertx.eventBus()
                .publish(
                        ADDRESS,
                        new JsonObject()
                                .put("node", node)
                                .put("component", component)
                                .put("generation", generation.number())
                                .put("step", step)
                                .put("detail", detail));
    }

    /** How far the memory of a virtual machine that moves has been copied. */
    void copying(VmMove move, MachineMigration.Progress progress, long bytesPerSecond, long dirtyBytesPerSecond) {
        vertx.eventBus()
                .publish(
                        ADDRESS,
                        new JsonObject()
                                .put("node", node)
                                .put("vm", move.vm())
                                .put("generation", move.generation())
                                .put("step", "copying")
                                .put("totalBytes", progress.totalBytes())
                                .put("remainingBytes", progress.remainingBytes())
                                .put("copiedBytes", progress.copiedBytes())
                                .put("bytesPerSecond", bytesPerSecond)
                                .put("dirtyBytesPerSecond", dirtyBytesPerSecond));
    }

    MessageConsumer<JsonObject> listen(Consumer<JsonObject> listener) {
        return vertx.eventBus().consumer(ADDRESS, message -> listener.accept(message.body()));
    }

    /** The name of a step. */
    static String step(HandoffEvent event) {
        return switch (event) {
            case HandoffEvent.Prepared _ -> "prepared";
            case HandoffEvent.HandedOver _ -> "handed-over";
            case HandoffEvent.Superseded _ -> "superseded";
            case HandoffEvent.Decided decided -> decided.takeover() ? "taken-over" : "decided";
            case HandoffEvent.CallOffAnswered answered -> answered.promised() ? "called-off" : "too-late-to-call-off";
            case HandoffEvent.CalledOff off -> off.promised() ? "called-off" : "too-late-to-call-off";
            case HandoffEvent.Retired _ -> "retired";
        };
    }
}
