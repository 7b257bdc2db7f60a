package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.MigrationStep;
import io.virtualwire.client.WantedTopology;
import io.virtualwire.component.ComponentVerticle;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.rest.Call;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.RestRoutes;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.WireRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** The REST interface of a node, version 1: HTTPS with mutual TLS, for everybody of the node's own tenant. */
final class NodeApi {
    private static final int LONGEST_BODY = 4 << 20;
    private static final int IDLE_SECONDS = 120;
    private static final long COMPONENT_ANSWER_MILLIS = 2_000;

    private final Vertx vertx;
    private final String node;
    private final FabricLog<FabricCommand, FabricState> log;
    private final NodeEvents events;
    private final Supplier<Set<String>> present;
    private final ReloadSource reloading;
    private final RestRoutes routes;
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
        this.routes = new RestRoutes(vertx, "node", Contract.load(NodeApi.class, "node.yaml"), LONGEST_BODY);
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
        return routes.later(
                        "fabric",
                        call -> latest().map(applied -> ComponentViews.fabric(applied.state(), node, present.get())))
                .later(
                        "listComponents",
                        call -> latest().map(applied -> ComponentViews.fabric(applied.state(), node, present.get())
                                .components()))
                .later("showComponent", call -> component(call.path("name")))
                .later(
                        "wantedTopology",
                        call -> latest().map(applied -> new WantedTopology(
                                applied.state().version(),
                                json.valueToTree(applied.state().topology()))))
                .later("applyTopology", this::apply)
                .blocking("reload", call -> reloading.reload())
                .on("migrate", this::migrate)
                .router();
    }

    private Future<Object> component(String name) {
        return latest().compose(applied -> {
            FabricState state = applied.state();
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

    private Future<AppliedTopology> apply(Call call) {
        String body = new String(call.body(), StandardCharsets.UTF_8);
        Topology wanted = TopologyFile.parse(call.query("origin").orElse("that was sent"), body);
        long expected = call.query("expectedVersion").map(Long::parseLong).orElse(-1L);
        String nonce = UUID.randomUUID().toString();
        return latest().compose(before -> append(new FabricCommand.ApplyTopology(expected, wanted, nonce))
                .map(after -> difference(before.state(), after)));
    }

    private void migrate(RoutingContext context, Call call) {
        String component = call.path("name");
        String to = call.query("to").orElseThrow();
        MigrationWatch watch = new MigrationWatch(vertx, log, events, node, component, to);
        watch.begin()
                .onFailure(failure -> routes.answers().refuse(context, failure))
                .onSuccess(begun -> {
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
        context.response().write(routes.answers().line(step));
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
}
