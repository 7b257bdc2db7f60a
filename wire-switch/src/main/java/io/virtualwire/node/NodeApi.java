package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.AppliedTopology;
import io.virtualwire.client.MigrationStep;
import io.virtualwire.client.NodeView;
import io.virtualwire.client.RelocationView;
import io.virtualwire.client.RevocationsTaken;
import io.virtualwire.client.VmAttachment;
import io.virtualwire.client.VmPolicy;
import io.virtualwire.client.VmView;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.metrics.Scrape;
import io.virtualwire.rest.Call;
import io.virtualwire.rest.ConnectionCap;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.rest.RequestDeadline;
import io.virtualwire.rest.RestRoutes;
import io.virtualwire.topology.VmMoveWay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** The REST interface of a node, version 1: HTTPS with mutual TLS, for everybody of the node's own tenant. */
final class NodeApi {
    /** Who is put out gets no longer to say goodbye. */
    private static final int CLOSING_SECONDS = 1;

    private static final int LONGEST_BODY = 4 << 20;
    private static final int IDLE_SECONDS = 120;
    private static final int HANDSHAKE_SECONDS = 5;
    private static final int MOST_CONNECTIONS = 1024;
    private static final int LONGEST_HEADERS = 16 << 10;
    private static final String KEY = "Idempotency-Key";

    private final Vertx vertx;
    private final String node;
    private final StampedLog log;
    private final FabricOperations fabric;
    private final MachineOperations machines;
    private final RelocationOperations relocations;
    private final NodeEvents steps;
    private final EventFeed feed;
    private final BusApi bus;
    private final NodeStanding standing;
    private final ReloadSource reloading;
    private final RequestDeadline deadline;
    private final RestRoutes routes;
    private final JsonMapper json = ApiJson.strict();

    /** What the interface promises; takes a moment to read, so that it may be done aside. */
    static Contract contract() {
        return Contract.load(NodeApi.class, "node.yaml");
    }

    NodeApi(
            Vertx vertx,
            String node,
            StampedLog log,
            FabricOperations fabric,
            MachineOperations machines,
            RelocationOperations relocations,
            NodeEvents steps,
            EventFeed feed,
            BusApi bus,
            NodeStanding standing,
            ReloadSource reloading,
            AuditTrail trail,
            Contract contract) {
        this.vertx = vertx;
        this.node = node;
        this.log = log;
        this.fabric = fabric;
        this.machines = machines;
        this.relocations = relocations;
        this.steps = steps;
        this.feed = feed;
        this.bus = bus;
        this.standing = standing;
        this.reloading = reloading;
        this.deadline = new RequestDeadline(vertx, Duration.ofSeconds(IDLE_SECONDS));
        this.routes = new RestRoutes(vertx, "node", contract, LONGEST_BODY, deadline);
        routes.audited(trail);
    }

    /** @param doorkeeper the transport of this Vert.x, if it is one that tells who comes */
    Future<HttpServer> listen(TlsContexts tls, String address, int port, Doorkeeper doorkeeper) {
        String tenant = tls.identity().tenant();
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setClientAuth(ClientAuth.REQUIRED)
                .setKeyCertOptions(KeyCertOptions.wrap(tls.keyManager()))
                .setTrustOptions(TrustOptions.wrap(
                        tls.trustManager(caller -> caller.tenant().equals(tenant))))
                .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxHeaderSize(LONGEST_HEADERS)
                .setMaxWebSocketMessageSize(LONGEST_BODY)
                .setWebSocketClosingTimeout(CLOSING_SECONDS)
                .setHost(address)
                .setPort(port);
        ConnectionCap cap = new ConnectionCap(MOST_CONNECTIONS);
        return vertx.createHttpServer(options)
                .requestHandler(router(tls))
                .connectionHandler(connection -> {
                    // However long it would have stayed: it ends when its caller is believed no more.
                    Guard guard = tls.guard(connection.sslSession(), connection::close);
                    Runnable gone = cap.opened(connection);
                    doorkeeper.proved(connection);
                    deadline.opened(connection);
                    connection.closeHandler(closed -> {
                        guard.close();
                        gone.run();
                        deadline.closed(connection);
                    });
                })
                .listen()
                .onSuccess(server -> doorkeeper.watch(server.actualPort()));
    }

    private Router router(TlsContexts tls) {
        Router router = routes.later("fabric", call -> fabric.fabric())
                .blocking("health", call -> standing.health())
                .text("metrics", Scrape.LANGUAGE, call -> standing.metrics())
                .later("listComponents", call -> fabric.fabric().map(NodeView::components))
                .later("listWires", call -> fabric.wires())
                .later("showComponent", call -> fabric.component(call.path("name")))
                .later("wantedTopology", call -> fabric.topology())
                .later("applyTopology", this::apply)
                .blocking("reload", call -> reloading.reload())
                .blocking("bringRevocations", call -> {
                    // Whoever brings a list: it is believed for its signature.
                    String pem = new String(call.body(), StandardCharsets.US_ASCII);
                    RevocationList list = RevocationList.brought(pem);
                    return new RevocationsTaken(list.number(), tls.self().offer(list));
                })
                .on("migrate", this::migrate)
                .later("listVms", call -> machines.list())
                .later("showVm", call -> machines.show(call.path("name")))
                .later("attachVm", this::attachVm)
                .later("detachVm", this::detachVm)
                .later("followVm", this::followVm)
                .later(
                        "dismissNode",
                        call -> fabric.dismiss(
                                call.path("name"), call.header(KEY).orElse("")))
                .later("nodeDrain", call -> fabric.drain(call.path("name")))
                .later(
                        "drainNode",
                        call -> fabric.drain(
                                call.path("name"), true, call.header(KEY).orElse("")))
                .later(
                        "undoDrainNode",
                        call -> fabric.drain(
                                call.path("name"), false, call.header(KEY).orElse("")))
                .on("migrateVm", this::migrateVm)
                .later("giveUpVmMigration", call -> machines.giveUp(call.path("name")))
                .later("planRelocation", this::planRelocation)
                .later("showRelocation", call -> relocations.show())
                .on("beginRelocation", this::relocate)
                .later("stopRelocation", call -> relocations.stop())
                .on("events", this::events)
                .router();
        router.route("/v1/bus/*")
                .handler(deadline.begun())
                .handler(deadline::read)
                .handler(BusGuard::note)
                .subRouter(bus.bridge(new BusGuard(tls)));
        return router;
    }

    private Future<AppliedTopology> apply(Call call) {
        return fabric.apply(
                call.query("origin").orElse("that was sent"),
                new String(call.body(), StandardCharsets.UTF_8),
                call.number("expectedVersion", Long.MAX_VALUE).orElse(-1),
                call.header(KEY).orElse(""));
    }

    private void migrate(RoutingContext context, Call call) {
        String component = call.path("name");
        String to = call.query("to").orElseThrow();
        OptionalLong expected = call.number("expectedGeneration", Long.MAX_VALUE);
        fabric.beginMove(component, to, expected, call.header(KEY).orElse(""))
                .onFailure(failure -> routes.note("migrate", call, failure)
                        .onComplete(noted -> routes.answers().refuse(context, failure)))
                .onSuccess(begun -> {
                    routes.note("migrate", call, null);
                    MigrationWatch watch = new MigrationWatch(vertx, log, steps, node, component, begun);
                    context.response()
                            .setChunked(true)
                            .putHeader("content-type", "application/x-ndjson")
                            .closeHandler(gone -> watch.stop());
                    watch.run(step -> write(context, step));
                });
    }

    private Future<VmView> attachVm(Call call) {
        try {
            VmAttachment wanted = json.readValue(call.body(), VmAttachment.class);
            return machines.attach(call.path("name"), wanted, call.header(KEY).orElse(""));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "the body: " + e.getMessage(), "its fields are those of the contract", e);
        }
    }

    private Future<AppliedTopology> followVm(Call call) {
        try {
            return fabric.follow(
                    call.path("name"),
                    json.readValue(call.body(), VmPolicy.class),
                    call.header(KEY).orElse(""));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "the body: " + e.getMessage(), "its fields are those of the contract", e);
        }
    }

    private Future<?> detachVm(Call call) {
        return machines.detach(
                call.path("name"),
                call.query("endpoint").orElse(""),
                call.header(KEY).orElse(""));
    }

    private void migrateVm(RoutingContext context, Call call) {
        String vm = call.path("name");
        machines.beginMove(
                        vm,
                        call.query("to").orElseThrow(),
                        way(call),
                        call.header(KEY).orElse(""))
                .onFailure(failure -> routes.note("migrateVm", call, failure)
                        .onComplete(noted -> routes.answers().refuse(context, failure)))
                .onSuccess(begun -> {
                    routes.note("migrateVm", call, null);
                    VmMigrationWatch watch = new VmMigrationWatch(vertx, log, steps, vm, begun);
                    context.response()
                            .setChunked(true)
                            .putHeader("content-type", "application/x-ndjson")
                            .closeHandler(gone -> watch.stop());
                    watch.run(step -> write(
                            context,
                            step,
                            step.result().isPresent() || step.error().isPresent()));
                });
    }

    private static VmMoveWay way(Call call) {
        return new VmMoveWay(
                call.query("mode").orElse(VmMoveWay.PEER_TO_PEER),
                call.query("postCopy").filter("true"::equals).isPresent(),
                call.query("copyStorage").filter("true"::equals).isPresent(),
                (int) call.number("bandwidth", Integer.MAX_VALUE).orElse(0),
                (int) call.number("parallel", Integer.MAX_VALUE).orElse(0));
    }

    private Future<RelocationView> planRelocation(Call call) {
        return relocations.plan(
                call.query("from").orElseThrow(), call.query("to").orElseThrow());
    }

    private void relocate(RoutingContext context, Call call) {
        relocations
                .begin(
                        call.query("from").orElseThrow(),
                        call.query("to").orElseThrow(),
                        way(call),
                        call.header(KEY).orElse(""))
                .onFailure(failure -> routes.note("beginRelocation", call, failure)
                        .onComplete(noted -> routes.answers().refuse(context, failure)))
                .onSuccess(id -> {
                    routes.note("beginRelocation", call, null);
                    RelocationWatch watch = new RelocationWatch(vertx, log, steps, id);
                    context.response()
                            .setChunked(true)
                            .putHeader("content-type", "application/x-ndjson")
                            .closeHandler(gone -> watch.stop());
                    watch.run(line -> write(context, line, line.step().equals("ended")));
                });
    }

    private void write(RoutingContext context, MigrationStep step) {
        write(context, step, step.result().isPresent() || step.error().isPresent());
    }

    private void write(RoutingContext context, Object step, boolean last) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        context.response().write(routes.answers().line(step));
        if (last) {
            context.response().end();
        }
    }

    private void events(RoutingContext context, Call call) {
        boolean follow = call.query("follow").filter("false"::equals).isEmpty();
        OptionalLong since = call.number("since", Long.MAX_VALUE);
        // Another node may have told more than this one has heard; without a majority this one tells what it knows.
        fabric.heard(feed).onComplete(heard -> {
            long told = since.orElse(feed.last());
            try {
                feed.after(told, 0);
            } catch (WireException ahead) {
                routes.answers().refuse(context, ahead);
                return;
            }
            new EventStream(vertx, feed, context.response(), routes.answers(), told, follow).begin();
        });
    }
}
