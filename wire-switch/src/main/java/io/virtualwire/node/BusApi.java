package io.virtualwire.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.bridge.PermittedOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSBridgeOptions;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.impl.EventBusBridgeImpl;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.NodeView;
import io.virtualwire.client.VmAttachment;
import io.virtualwire.client.VmPolicy;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.VmMoveWay;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fabric on the Vert.x event bus: an address for each operation, one at which every event is published, and a bridge for
 * those who are not of the cluster.
 *
 * <pre>
 *   a verticle on this node ───────────────┐
 *                                          ├─▶ virtualwire.v1.… ─▶ FabricOperations, ConnectorOperations
 *   another JVM ══ WebSocket, mutual TLS ──┘        ▲
 *                                                   └── EventFeed publishes at virtualwire.v1.events
 * </pre>
 *
 * <p>All of it is local to the node: each node answers those who are at it, and tells them all events itself, since it knows
 * all of them.
 */
final class BusApi {
    static final String PREFIX = "virtualwire.v1.";
    static final String EVENTS = PREFIX + "events";
    private static final Logger LOG = LoggerFactory.getLogger(BusApi.class);
    private static final int PAGE = 256;
    private static final int MANY = 1 << 10;
    private static final long SILENCE_MILLIS = 30_000;

    private final Vertx vertx;
    private final FabricOperations fabric;
    private final MachineOperations machines;
    private final RelocationOperations relocations;
    private final ConnectorOperations connectors;
    private final EventFeed feed;
    private final NodeStanding standing;
    private final ReloadSource reloading;
    private final AuditTrail trail;
    private final Set<String> addresses = new TreeSet<>();
    private final JsonMapper json = ApiJson.lenient();
    private long published;

    /** @param trail where changes are noted that were asked for, before they are answered */
    BusApi(
            Vertx vertx,
            FabricOperations fabric,
            MachineOperations machines,
            RelocationOperations relocations,
            ConnectorOperations connectors,
            EventFeed feed,
            NodeStanding standing,
            ReloadSource reloading,
            AuditTrail trail) {
        this.vertx = vertx;
        this.fabric = fabric;
        this.machines = machines;
        this.relocations = relocations;
        this.connectors = connectors;
        this.feed = feed;
        this.standing = standing;
        this.reloading = reloading;
        this.trail = trail;
    }

    /** Answers and publishes from now on. */
    void open() {
        operation("fabric.show", Set.of(), asked -> fabric.fabric());
        operation("topology.show", Set.of(), asked -> fabric.topology());
        change(
                "topology.apply",
                Set.of("topology", "origin", "expectedVersion", "key"),
                asked -> fabric.apply(
                        asked.text("origin", "that was sent"),
                        asked.topology(),
                        asked.number("expectedVersion").orElse(-1L),
                        asked.key()));
        operation("components.list", Set.of(), asked -> fabric.fabric().map(NodeView::components));
        operation("components.show", Set.of("name"), asked -> fabric.component(asked.text("name")));
        change(
                "components.migrate",
                Set.of("name", "to", "expectedGeneration", "key"),
                asked -> fabric.beginMove(
                        asked.text("name"), asked.text("to"), asked.number("expectedGeneration"), asked.key()));
        change(
                "switches.create",
                Set.of("name", "node", "key"),
                asked -> fabric.createSwitch(asked.text("name"), asked.text("node"), asked.key()));
        change("switches.remove", Set.of("name", "key"), asked -> fabric.removeSwitch(asked.text("name"), asked.key()));
        operation("nodes.show", Set.of("name"), asked -> fabric.drain(asked.text("name")));
        change(
                "nodes.drain",
                Set.of("name", "undo", "key"),
                asked -> fabric.drain(asked.text("name"), !asked.flag("undo"), asked.key()));
        change("nodes.dismiss", Set.of("name", "key"), asked -> fabric.dismiss(asked.text("name"), asked.key()));
        operation("node.health", Set.of(), asked -> vertx.executeBlocking(standing::health, false));
        change("node.reload", Set.of(), asked -> vertx.executeBlocking(reloading::reload, false));
        operation("vms.list", Set.of(), asked -> machines.list());
        operation("vms.show", Set.of("name"), asked -> machines.show(asked.text("name")));
        change(
                "vms.attach",
                Set.of("name", "domain", "host", "nic", "endpoint", "mtu", "device", "mac", "key"),
                asked -> machines.attach(
                        asked.text("name"),
                        new VmAttachment(
                                asked.text("domain", asked.text("name")),
                                asked.text("host"),
                                (int) asked.number("nic").orElse(0),
                                asked.text("endpoint", ""),
                                (int) asked.number("mtu").orElse(0),
                                asked.text("device", ""),
                                asked.text("mac", "")),
                        asked.key()));
        change(
                "vms.follow",
                Set.of("name", "follow", "places", "key"),
                asked -> fabric.follow(
                        asked.text("name"), new VmPolicy(asked.text("follow"), asked.texts("places")), asked.key()));
        change(
                "vms.detach",
                Set.of("name", "endpoint", "key"),
                asked -> machines.detach(asked.text("name"), asked.text("endpoint", ""), asked.key())
                        .map(Map.of()));
        change(
                "vms.migrate",
                Set.of("name", "to", "mode", "postCopy", "copyStorage", "bandwidth", "parallel", "key"),
                asked -> machines.beginMove(asked.text("name"), asked.text("to"), way(asked), asked.key()));
        change("vms.abort", Set.of("name"), asked -> machines.giveUp(asked.text("name")));
        operation(
                "relocation.plan",
                Set.of("from", "to"),
                asked -> relocations.plan(asked.text("from"), asked.text("to")));
        operation("relocation.show", Set.of(), asked -> relocations.show());
        change(
                "relocation.begin",
                Set.of("from", "to", "mode", "postCopy", "copyStorage", "bandwidth", "parallel", "key"),
                asked -> relocations
                        .begin(asked.text("from"), asked.text("to"), way(asked), asked.key())
                        .map(id -> Map.of("id", id)));
        change("relocation.stop", Set.of(), asked -> relocations.stop());
        operation("wires.list", Set.of(), asked -> fabric.wires());
        operation("events.read", Set.of("since", "limit"), this::read);
        connectors
                .reads()
                .forEach((name, fields) ->
                        operation("connectors." + name, fields, asked -> connectors.run(name, asked)));
        connectors
                .changes()
                .forEach((name, fields) -> change("connectors." + name, fields, asked -> connectors.run(name, asked)));
        published = feed.last();
        feed.follow(this::publish);
        publish();
    }

    /** What can be asked for, without {@link #PREFIX}. */
    Set<String> addresses() {
        return Collections.unmodifiableSet(addresses);
    }

    /** Where others than verticles reach all of this: the Vert.x SockJS bridge, its plain WebSocket at {@code /websocket}. */
    Router bridge(BusGuard guard) {
        SockJSBridgeOptions permitted = new SockJSBridgeOptions()
                .setPingTimeout(SILENCE_MILLIS)
                .addInboundPermitted(new PermittedOptions().setAddressRegex("virtualwire\\.v1\\..+"))
                .addOutboundPermitted(new PermittedOptions().setAddressRegex("virtualwire\\.v1\\.(events|steps)"));
        // What SockJSHandler.bridge() makes of these options; but that one reads every message before anybody can look
        // at it.
        Handler<SockJSSocket> bridge = new EventBusBridgeImpl(vertx, null, permitted, event -> {
            guard.heard(event);
            guard.sign(event);
            // Published from outside, it would look like news of the fabric.
            boolean forged = switch (event.type()) {
                case PUBLISH -> true;
                case SEND -> event.getRawMessage().getString("address", "").matches(".*\\.(events|steps)");
                default -> false;
            };
            event.complete(!forged);
        });
        return SockJSHandler.create(vertx, new SockJSHandlerOptions().setRegisterWriteHandler(false))
                .socketHandler(socket -> bridge.handle(new StrictSocket(socket)));
    }

    private static VmMoveWay way(BusRequest asked) {
        return new VmMoveWay(
                asked.text("mode", VmMoveWay.PEER_TO_PEER),
                asked.flag("postCopy"),
                asked.flag("copyStorage"),
                (int) asked.number("bandwidth").orElse(0),
                (int) asked.number("parallel").orElse(0));
    }

    private void operation(String name, Set<String> fields, Function<BusRequest, Future<?>> work) {
        answer(name, message -> attempt(() -> work.apply(BusRequest.of(message.body(), fields))));
    }

    private void change(String name, Set<String> fields, Function<BusRequest, Future<?>> work) {
        answer(name, message -> {
            BusCaller caller = BusCaller.of(message.headers());
            Future<?> done = attempt(() -> work.apply(BusRequest.of(message.body(), fields)));
            return done.eventually(() -> note(caller, name, message.body(), done));
        });
    }

    /** It writes to a disk, so the answer waits for what comes back. */
    private Future<?> note(BusCaller caller, String name, @Nullable Object body, Future<?> done) {
        Throwable failure = done.failed() ? cause(done.cause()) : null;
        return vertx.executeBlocking(
                () -> {
                    caller.note(trail, PREFIX + name, BusRequest.target(body), BusRequest.key(body), failure);
                    return name;
                },
                false);
    }

    private void answer(String name, Function<Message<Object>, Future<?>> work) {
        addresses.add(name);
        vertx.eventBus()
                .<Object>localConsumer(
                        PREFIX + name,
                        message -> work.apply(message)
                                .onSuccess(result -> message.reply(encode(result)))
                                .onFailure(failure -> refuse(name, message, failure)));
    }

    private static Future<?> attempt(Supplier<Future<?>> work) {
        try {
            return work.get();
        } catch (RuntimeException refused) {
            return Future.failedFuture(refused);
        }
    }

    private Future<?> read(BusRequest asked) {
        long since = asked.number("since").orElse(0L);
        return fabric.heard(feed).map(heard -> {
            List<FabricEvent> events =
                    feed.after(since, Math.clamp(asked.number("limit").orElse(PAGE), 1, MANY));
            return Map.of("events", events, "last", feed.last());
        });
    }

    private synchronized void publish() {
        List<FabricEvent> next = feed.after(published, MANY);
        while (!next.isEmpty()) {
            for (FabricEvent event : next) {
                vertx.eventBus().publish(EVENTS, encode(event), new DeliveryOptions().setLocalOnly(true));
            }
            published = next.getLast().sequence();
            next = feed.after(published, MANY);
        }
    }

    private void refuse(String name, Message<Object> message, Throwable failure) {
        Throwable cause = cause(failure);
        ErrorBody body;
        if (cause instanceof WireException refused) {
            body = ErrorBody.of(refused);
        } else {
            LOG.error("{}{} failed", PREFIX, name, cause);
            body = new ErrorBody(ErrorCode.INTERNAL.name(), "the node failed: " + cause, "see the node's log");
        }
        message.fail(1, ((JsonObject) encode(body)).encode());
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private Object encode(Object value) {
        try {
            return value instanceof JsonObject done ? done : Json.decodeValue(json.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write " + value + " as JSON", "", e);
        }
    }
}
