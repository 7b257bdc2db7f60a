package io.virtualwire.node;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.topology.FabricState;
import java.util.HashMap;
import java.util.Map;

/** What wires carry, as the holders of their components count it, looked at twice. */
final class WireTraffic {
    private static final long BETWEEN_MILLIS = 500;
    private static final long ANSWER_MILLIS = 1_000;

    private final Vertx vertx;

    WireTraffic(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Bytes a second, both ways, by the name of the wire; without those whose holder did not answer. */
    Future<Map<String, Long>> measure(FabricState state) {
        long began = System.nanoTime();
        return count(state)
                .compose(first -> vertx.timer(BETWEEN_MILLIS)
                        .compose(later -> count(state))
                        .map(second -> {
                            double seconds = (System.nanoTime() - began) / 1e9;
                            Map<String, Long> rates = new HashMap<>();
                            second.forEach((wire, bytes) -> {
                                long before = first.getOrDefault(wire, -1L);
                                if (before >= 0 && bytes >= before) {
                                    rates.put(wire, Math.round((bytes - before) / seconds));
                                }
                            });
                            return rates;
                        }));
    }

    private Future<Map<String, Long>> count(FabricState state) {
        Future<Map<String, Long>> all = Future.succeededFuture(new HashMap<>());
        for (String component : state.topology().switches().keySet()) {
            Future<Map<String, Long>> one = ask(component);
            all = all.compose(known -> one.map(more -> {
                known.putAll(more);
                return known;
            }));
        }
        return all;
    }

    private Future<Map<String, Long>> ask(String component) {
        return vertx.eventBus()
                .<JsonObject>request(
                        ComponentVerticle.ADDRESS_PREFIX + component,
                        new JsonObject(),
                        new DeliveryOptions().setSendTimeout(ANSWER_MILLIS))
                .map(reply -> bytes(component, reply.body().getJsonArray("ports", new JsonArray())))
                .otherwise(nobody -> new HashMap<>());
    }

    private static Map<String, Long> bytes(String component, JsonArray ports) {
        Map<String, Long> bytes = new HashMap<>();
        for (int i = 0; i < ports.size(); i++) {
            JsonObject port = ports.getJsonObject(i);
            bytes.put(
                    component + "/" + port.getString("name"),
                    port.getLong("bytesToComponent", 0L) + port.getLong("bytesFromComponent", 0L));
        }
        return bytes;
    }
}
