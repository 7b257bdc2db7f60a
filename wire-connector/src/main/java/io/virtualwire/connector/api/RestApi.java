package io.virtualwire.connector.api;

import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.RevocationsTaken;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.metrics.Scrape;
import io.virtualwire.rest.Call;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.RequestDeadline;
import io.virtualwire.rest.RestRoutes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What each operation of the contract {@code connector.yaml} asks of the service. */
final class RestApi {
    private static final int LONGEST_BODY = 64 << 10;

    private final RestRoutes routes;
    private final ConnectorService service;
    private final OwnIdentity self;
    private final RequestBodies bodies = new RequestBodies();

    RestApi(
            Vertx vertx,
            Contract contract,
            ConnectorService service,
            AuditTrail trail,
            OwnIdentity self,
            RequestDeadline deadline) {
        this.routes = new RestRoutes(vertx, "connector", contract, LONGEST_BODY, deadline);
        this.service = service;
        routes.audited(trail);
        this.self = self;
    }

    Router router() {
        return routes.admitting(service::admit)
                .blocking("health", call -> service.health(call.caller()))
                .text("metrics", Scrape.LANGUAGE, call -> service.metrics(call.caller()))
                .blocking("version", call -> service.version())
                .blocking("listEndpoints", call -> service.endpoints(call.caller()))
                .blocking(
                        "putEndpoint",
                        call -> service.putEndpoint(call.caller(), bodies.endpoint(call.path("name"), call.body())))
                .blocking("removeEndpoint", call -> {
                    service.removeEndpoint(call.caller(), call.path("name"), call.flag("force"));
                    return Optional.empty();
                })
                .blocking("listWires", call -> service.wires(call.caller()))
                .blocking("showWire", call -> service.wire(call.caller(), wire(call)))
                .blocking("showFence", call -> service.fence(call.caller(), wire(call), side(call)))
                .blocking(
                        "connect",
                        call -> service.connect(call.caller(), bodies.connect(wire(call), side(call), call.body())))
                .blocking("disconnect", call -> {
                    service.disconnect(call.caller(), wire(call), side(call), generation(call));
                    return Optional.empty();
                })
                .blocking("activate", call -> service.activate(call.caller(), wire(call), side(call), generation(call)))
                .blocking("listAssociations", call -> service.associations(call.caller()))
                .blocking("drainStatus", call -> service.drainStatus(call.caller()))
                .blocking("drain", call -> service.drain(call.caller()))
                .blocking("cancelDrain", call -> service.cancelDrain(call.caller()))
                .blocking("reload", call -> service.reload(call.caller(), call.flag("enforce")))
                .blocking("bringRevocations", call -> taken(call.body()))
                .router();
    }

    /** Whoever brings a list: it is believed for its signature. */
    private RevocationsTaken taken(byte[] body) {
        RevocationList list = RevocationList.brought(new String(body, StandardCharsets.US_ASCII));
        return new RevocationsTaken(list.number(), self.offer(list));
    }

    private static WireId wire(Call call) {
        return WireId.parse(call.path("wire"));
    }

    private static Side side(Call call) {
        return Side.parse(call.path("side"));
    }

    private static Generation generation(Call call) {
        return Generation.parse(call.query("generation").orElseThrow());
    }
}
