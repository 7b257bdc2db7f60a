package io.virtualwire.node;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.handoff.HandoffEvent;
import java.util.function.Consumer;

/**
 * The steps of moves while they happen, told to all nodes on the event bus: at {@value #ADDRESS}, as
 * {@code {"node", "component", "generation", "step"}}.
 */
final class NodeEvents {
    static final String ADDRESS = "virtualwire.v1.steps";

    private final Vertx vertx;
    private final String node;

    NodeEvents(Vertx vertx, String node) {
        this.vertx = vertx;
        this.node = node;
    }

    void publish(HandoffEvent event) {
        vertx.eventBus()
                .publish(
                        ADDRESS,
                        new JsonObject()
                                .put("node", node)
                                .put("component", event.component())
                                .put("generation", event.generation().number())
                                .put("step", step(event)));
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
