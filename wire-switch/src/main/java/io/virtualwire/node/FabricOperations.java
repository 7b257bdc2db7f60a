package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.NodeView;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** What can be asked of a fabric at any of its nodes, whichever way it is asked. */
final class FabricOperations {
    private static final long COMPONENT_ANSWER_MILLIS = 2_000;

    private final Vertx vertx;
    private final String node;
    private final StampedLog log;
    private final Supplier<Set<String>> present;
    private final JsonMapper json = ApiJson.lenient();

    FabricOperations(Vertx vertx, String node, StampedLog log, Supplier<Set<String>> present) {
        this.vertx = vertx;
        this.node = node;
        this.log = log;
        this.present = present;
    }

    Future<NodeView> fabric() {
        return latest().map(state -> ComponentViews.fabric(state, node, present.get()));
    }

    /** A component, as the node that holds it sees it; as the log has it if that node does not answer. */
    Future<Object> component(String name) {
        return latest().compose(state -> {
            requireSwitch(state, name);
            return vertx.eventBus()
                    .<JsonObject>request(
                            ComponentVerticle.ADDRESS_PREFIX + name,
                            new JsonObject(),
                            new DeliveryOptions().setSendTimeout(COMPONENT_ANSWER_MILLIS))
                    .map(reply -> (Object) reply.body())
                    .otherwise(nobody -> ComponentViews.agreed(state, name, "its node does not answer"));
        });
    }

    Future<WantedTopology> topology() {
        return latest().map(state -> new WantedTopology(state.version(), json.valueToTree(state.topology())));
    }

    /**
     * Makes the network of a topology file the one that is wanted.
     *
     * @param origin how messages call the text
     * @param expected the version that it replaces; -1 for any
     * @param key the request's idempotency key; empty if it has none
     */
    Future<AppliedTopology> apply(String origin, String text, long expected, String key) {
        Topology wanted = TopologyFile.parse(origin, text);
        String nonce = UUID.randomUUID().toString();
        RequestKey request =
                RequestKey.of(key.isEmpty() ? nonce : key, List.of("apply", Long.toString(expected), text));
        return append(new FabricCommand.ApplyTopology(expected, wanted, nonce), request)
                .map(state -> {
                    FabricEvent event = effect(state, request, "topology.applied");
                    return new AppliedTopology(
                            event.version(),
                            List.copyOf(state.topology().switches().keySet()),
                            event.added(),
                            event.removed(),
                            Math.max(0, state.wires().size() - event.added().size()));
                });
    }

    /**
     * Has a move agreed on.
     *
     * @param expected the generation at which the component is to be; empty for any
     * @return the generation that the component has when it has moved
     */
    Future<Long> beginMove(String component, String to, OptionalLong expected, String key) {
        RequestKey request = RequestKey.of(
                key.isEmpty() ? UUID.randomUUID().toString() : key,
                List.of("migrate", component, to, expected.toString()));
        return latest().compose(state -> {
            requireSwitch(state, component);
            long highest = state.claim(component).map(Claim::highest).orElse(0L);
            return append(new FabricCommand.BeginMove(component, expected.orElse(highest), to), request)
                    .map(after -> effect(after, request, "component.moving").generation());
        });
    }

    private static FabricEvent effect(FabricState state, RequestKey request, String type) {
        return state.events()
                .of(request.key(), type)
                .orElseThrow(() -> new WireException(
                        ErrorCode.INTERNAL,
                        "Nothing came of what was agreed on as " + request.key(),
                        "Look at the fabric as it is now"));
    }

    private static void requireSwitch(FabricState state, String name) {
        if (!state.topology().switches().containsKey(name)) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "there is no switch " + name,
                    "switches are: "
                            + String.join(", ", state.topology().switches().keySet()));
        }
    }

    private Future<FabricState> latest() {
        return Future.fromCompletionStage(log.latest(), vertx.getOrCreateContext())
                .map(Applied::state);
    }

    private Future<FabricState> append(FabricCommand command, RequestKey request) {
        return Future.fromCompletionStage(log.append(command, request), vertx.getOrCreateContext())
                .map(Applied::state);
    }
}
