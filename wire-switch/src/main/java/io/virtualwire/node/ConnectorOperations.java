package io.virtualwire.node;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.virtualwire.client.ApiJson;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.topology.HostSpec;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/** What a node asks of the connectors of its topology's hosts on behalf of those who are on the event bus. */
final class ConnectorOperations implements AutoCloseable {
    private final Vertx vertx;
    private final TlsContexts tls;
    private final OwnAddress self;
    private final StampedLog log;
    private final JsonMapper json = ApiJson.strict();
    private final Map<HostSpec, ConnectorClient> clients = new ConcurrentHashMap<>();
    private final Map<String, Operation> operations = new TreeMap<>();

    private record Operation(
            boolean changes, Set<String> fields, BiFunction<ConnectorClient, BusRequest, Object> work) {}

    ConnectorOperations(Vertx vertx, TlsContexts tls, OwnAddress self, StampedLog log) {
        this.vertx = vertx;
        this.tls = tls;
        this.self = self;
        this.log = log;
        read("health", Set.of(), (connector, asked) -> connector.health());
        read("version", Set.of(), (connector, asked) -> connector.version());
        read("drain.show", Set.of(), (connector, asked) -> connector.drainStatus());
        change(
                "drain",
                Set.of("undo"),
                (connector, asked) -> asked.flag("undo") ? connector.cancelDrain() : connector.drain());
        change("reload", Set.of("enforce"), (connector, asked) -> connector.reload(asked.flag("enforce")));
        read("endpoints.list", Set.of(), (connector, asked) -> connector.endpoints());
        change("endpoints.put", Set.of("endpoint"), (connector, asked) -> connector.putEndpoint(endpoint(asked)));
        change("endpoints.remove", Set.of("name", "force"), (connector, asked) -> {
            connector.removeEndpoint(asked.text("name"), asked.flag("force"));
            return Map.of();
        });
        read("wires.list", Set.of(), (connector, asked) -> connector.wires());
        read("wires.show", Set.of("wire"), (connector, asked) -> connector.wire(wire(asked)));
        read("wires.fence", Set.of("wire", "side"), (connector, asked) -> {
            Side side = Side.parse(asked.text("side"));
            return connector
                    .fence(wire(asked), side)
                    .orElseThrow(() -> new WireException(
                            ErrorCode.NOT_FOUND,
                            "nothing is remembered of side " + side + " of wire " + wire(asked),
                            "connect it at any generation you like"));
        });
        change("wires.connect", Set.of("side"), (connector, asked) -> connector.connect(side(asked)));
        change("wires.disconnect", Set.of("wire", "side", "generation"), (connector, asked) -> {
            connector.disconnect(wire(asked), Side.parse(asked.text("side")), generation(asked));
            return Map.of();
        });
        change(
                "wires.activate",
                Set.of("wire", "side", "generation"),
                (connector, asked) ->
                        connector.activate(wire(asked), Side.parse(asked.text("side")), generation(asked)));
        read("associations.list", Set.of(), (connector, asked) -> connector.associations());
    }

    /** The names of those operations that change nothing, with the fields that each takes. */
    Map<String, Set<String>> reads() {
        return fields(false);
    }

    /** The others. */
    Map<String, Set<String>> changes() {
        return fields(true);
    }

    private Map<String, Set<String>> fields(boolean changes) {
        Map<String, Set<String>> fields = new TreeMap<>();
        operations.forEach((name, operation) -> {
            if (operation.changes() == changes) {
                fields.put(name, operation.fields());
            }
        });
        return fields;
    }

    Future<?> run(String name, BusRequest asked) {
        Operation operation = Optional.ofNullable(operations.get(name)).orElseThrow();
        ConnectorClient connector = connector(asked.text("host"));
        return vertx.executeBlocking(() -> operation.work().apply(connector, asked), false);
    }

    @Override
    public void close() {
        clients.values().forEach(ConnectorClient::close);
    }

    private void read(String name, Set<String> fields, BiFunction<ConnectorClient, BusRequest, Object> work) {
        add(name, false, fields, work);
    }

    private void change(String name, Set<String> fields, BiFunction<ConnectorClient, BusRequest, Object> work) {
        add(name, true, fields, work);
    }

    private void add(
            String name, boolean changes, Set<String> fields, BiFunction<ConnectorClient, BusRequest, Object> work) {
        Set<String> all = new HashSet<>(fields);
        all.add("host");
        operations.put(name, new Operation(changes, Set.copyOf(all), work));
    }

    private ConnectorClient connector(String host) {
        Map<String, HostSpec> hosts = log.current().state().topology().hosts();
        HostSpec spec = hosts.get(host);
        if (spec == null) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "there is no host " + host, "hosts are: " + String.join(", ", hosts.keySet()));
        }
        return clients.computeIfAbsent(
                spec,
                made -> new ConnectorClient(
                        tls,
                        HostAddress.parse(self.near(made).api(), HostAddress.DEFAULT_API_PORT),
                        Optional.of(made.identityOf(tls.identity().tenant(), host))));
    }

    private static WireId wire(BusRequest asked) {
        return WireId.parse(asked.text("wire"));
    }

    private static Generation generation(BusRequest asked) {
        return Generation.parse(asked.text("generation"));
    }

    private EndpointDescription endpoint(BusRequest asked) {
        JsonObject wanted = asked.object("endpoint");
        EndpointDescription usual = EndpointDescription.named(wanted.getString("name", ""));
        return read(
                "endpoint",
                new JsonObject()
                        .put("device", usual.device())
                        .put("existing", usual.existing())
                        .put("mtu", usual.mtu())
                        .mergeIn(wanted),
                EndpointDescription.class);
    }

    private ConnectRequest side(BusRequest asked) {
        JsonObject usual = new JsonObject()
                .put("peer", new JsonObject().put("paths", new JsonArray()).put("fence", false))
                .put("options", new JsonObject().put("role", "active").put("plain", false));
        return read("side", usual.mergeIn(asked.object("side"), true), ConnectRequest.class);
    }

    private <T> T read(String field, JsonObject value, Class<T> type) {
        try {
            return json.readValue(value.encode(), type);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "field '" + field + "': " + e.getMessage(),
                    "its fields are those of the connector's contract",
                    e);
        }
    }
}
