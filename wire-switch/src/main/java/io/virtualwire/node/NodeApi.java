package io.virtualwire.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.ErrorBody;
import io.virtualwire.client.MigrationStep;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.WireRecord;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST interface of a node, version 1: HTTPS with mutual TLS, for everybody of the node's own tenant. */
final class NodeApi {
    private static final Logger LOG = LoggerFactory.getLogger(NodeApi.class);
    private static final int LONGEST_BODY = 4 << 20;
    private static final int IDLE_SECONDS = 120;
    private static final long COMPONENT_ANSWER_MILLIS = 2_000;

    private final Vertx vertx;
    private final String node;
    private final FabricLog<FabricCommand, FabricState> log;
    private final NodeEvents events;
    private final Supplier<Set<String>> present;
    private final ReloadSource reloading;
    private final JsonMapper json = ApiJson.lenient();

    NodeApi(
            Vertx vertx,
            String node,
            FabricLog<FabricCommand, FabricState> log,
            NodeEvents events,
            Supplier<Set<String>> present,
            ReloadSource reloading) {
        this.vertx = vertx;
        this.node = node;
        this.log = log;
        this.events = events;
        this.present = present;
        this.reloading = reloading;
    }

    Future<HttpServer> listen(TlsContexts tls, String address, int port) {
        String tenant = tls.identity().tenant();
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManager()))
                .setTrustOptions(TrustOptions.wrap(
                        tls.trustManager(caller -> caller.tenant().equals(tenant))))
                .setIdleTimeout(IDLE_SECONDS)
                .setHost(address)
                .setPort(port);
        return vertx.createHttpServer(options).requestHandler(router()).listen();
    }

    private Router router() {
        Router router = Router.router(vertx);
        router.route().handler(BodyHandler.create(false).setBodyLimit(LONGEST_BODY));
        router.get("/v1/fabric")
                .handler(context -> answer(
                        context, latest().map(applied -> ComponentViews.fabric(applied.state(), node, present.get()))));
        router.get("/v1/state").handler(context -> answer(context, latest()));
        router.get("/v1/components")
                .handler(context -> answer(
                        context,
                        latest().map(applied -> ComponentViews.fabric(applied.state(), node, present.get())
                                .components())));
        router.get("/v1/components/:name").handler(this::component);
        router.get("/v1/topology")
                .handler(context -> answer(
                        context,
                        latest().map(applied -> new WantedTopology(
                                applied.state().version(),
                                json.valueToTree(applied.state().topology())))));
        router.post("/v1/topology").handler(this::apply);
        router.post("/v1/reload").handler(context -> answer(context, vertx.executeBlocking(reloading::reload)));
        router.post("/v1/components/:name/migrate").handler(this::migrate);
        router.route()
                .failureHandler(context -> refuse(
                        context,
                        Objects.requireNonNullElseGet(
                                context.failure(),
                                () -> new WireException(
                                        ErrorCode.BAD_REQUEST,
                                        "the request was refused with status " + context.statusCode(),
                                        ""))));
        router.route()
                .last()
                .handler(context -> refuse(
                        context,
                        new WireException(
                                ErrorCode.NOT_FOUND,
                                "there is nothing at " + context.request().path(),
                                "")));
        return router;
    }

    private void component(RoutingContext context) {
        String name = path(context);
        answer(context, latest().compose(applied -> {
            FabricState state = applied.state();
            requireSwitch(state, name);
            return vertx.eventBus()
                    .<JsonObject>request(
                            ComponentVerticle.ADDRESS_PREFIX + name,
                            new JsonObject(),
                            new DeliveryOptions().setSendTimeout(COMPONENT_ANSWER_MILLIS))
                    .map(reply -> (Object) reply.body())
                    .otherwise(nobody -> ComponentViews.agreed(state, name, "its node does not answer"));
        }));
    }

    private void apply(RoutingContext context) {
        String origin = Objects.requireNonNullElse(context.request().getParam("origin"), "that was sent");
        String body = Objects.requireNonNullElse(context.body().asString(), "");
        Topology wanted = TopologyFile.parse(origin, body);
        long expected = number(context, "expectedVersion", -1);
        String nonce = UUID.randomUUID().toString();
        Future<Object> applied = latest().compose(
                        before -> append(new FabricCommand.ApplyTopology(expected, wanted, nonce))
                                .map(after -> difference(before.state(), after)));
        answer(context, applied);
    }

    private void migrate(RoutingContext context) {
        String component = path(context);
        String to = context.request().getParam("to");
        if (to == null) {
            throw new WireException(ErrorCode.BAD_REQUEST, "parameter 'to' is missing", "add ?to=NODE");
        }
        MigrationWatch watch = new MigrationWatch(vertx, log, events, node, component, to);
        watch.begin().onFailure(failure -> refuse(context, failure)).onSuccess(begun -> {
            context.response()
                    .setChunked(true)
                    .putHeader("content-type", "application/x-ndjson")
                    .closeHandler(gone -> watch.stop());
            watch.run(step -> write(context, step));
        });
    }

    private void write(RoutingContext context, MigrationStep step) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        try {
            context.response().write(Buffer.buffer(json.writeValueAsBytes(step)).appendString("\n"));
        } catch (JsonProcessingException e) {
            LOG.error("Cannot write {} as JSON", step, e);
        }
        if (step.result().isPresent() || step.error().isPresent()) {
            context.response().end();
        }
    }

    private static AppliedTopology difference(FabricState before, FabricState after) {
        List<String> added = after.wires().values().stream()
                .filter(wire -> !has(before, wire))
                .map(WireRecord::name)
                .toList();
        List<String> removed = before.wires().values().stream()
                .filter(wire -> !has(after, wire))
                .map(WireRecord::name)
                .toList();
        return new AppliedTopology(
                after.version(),
                List.copyOf(after.topology().switches().keySet()),
                added,
                removed,
                after.wires().size() - added.size());
    }

    private static boolean has(FabricState state, WireRecord wire) {
        WireRecord known = state.wires().get(wire.name());
        return known != null && known.id().equals(wire.id());
    }

    static void requireSwitch(FabricState state, String name) {
        if (!state.topology().switches().containsKey(name)) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "there is no switch " + name,
                    "switches are: "
                            + String.join(", ", state.topology().switches().keySet()));
        }
    }

    private Future<Applied<FabricState>> latest() {
        return Future.fromCompletionStage(log.latest(), vertx.getOrCreateContext());
    }

    private Future<FabricState> append(FabricCommand command) {
        return Future.fromCompletionStage(log.append(command), vertx.getOrCreateContext())
                .map(Applied::state);
    }

    private void answer(RoutingContext context, Future<?> result) {
        result.onFailure(failure -> refuse(context, failure)).onSuccess(body -> answer(context, 200, body));
    }

    private void answer(RoutingContext context, int status, Object body) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        try {
            context.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json")
                    .end(
                            body instanceof JsonObject encoded
                                    ? encoded.toBuffer()
                                    : Buffer.buffer(json.writeValueAsBytes(body)));
        } catch (JsonProcessingException e) {
            LOG.error("Cannot write {} as JSON", body, e);
            context.response().setStatusCode(500).end();
        }
    }

    private void refuse(RoutingContext context, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WireException refused) {
            answer(context, status(refused.code()), ErrorBody.of(refused));
            return;
        }
        LOG.error("{} {} failed", context.request().method(), context.request().path(), cause);
        answer(
                context,
                500,
                new ErrorBody(ErrorCode.INTERNAL.name(), "the node failed: " + cause, "see the node's log"));
    }

    private static String path(RoutingContext context) {
        return Objects.requireNonNullElse(context.pathParam("name"), "");
    }

    private static long number(RoutingContext context, String name, long otherwise) {
        String text = context.request().getParam(name);
        try {
            return text == null ? otherwise : Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "parameter '" + name + "' cannot be '" + text + "'", "write a number", e);
        }
    }

    private static int status(ErrorCode code) {
        return switch (code) {
            case BAD_REQUEST -> 400;
            case UNAUTHENTICATED -> 401;
            case FORBIDDEN -> 403;
            case NOT_FOUND -> 404;
            case ALREADY_EXISTS, IN_USE, STALE_GENERATION, GENERATION_CONFLICT, VERSION_CONFLICT, WRONG_STATE -> 409;
            case QUOTA_EXCEEDED -> 429;
            case UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case SYSTEM, CORRUPT, INTERNAL -> 500;
        };
    }
}
