package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.FabricBus;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.WireView;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.testkit.RawWebSocket;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.PortReport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bus of three nodes over one log in memory, reached through the bridge of any of them by the client of another JVM. */
final class BusApiTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TenantAuthority RIVAL = TenantAuthority.create("rival", InstantSource.system());
    private static final Contract CONTRACT = NodeApi.contract();
    private static final Credentials NODE = ACME.issue("node-east").trusting(RIVAL.certificate());
    private static final String TOPOLOGY = """
            version: 1
            hosts: { h1: { api: "127.0.0.1:1" } }
            switches: { lan: { node: east } }
            wires:
              - { switch: lan, port: web, endpoint: web@h1 }
            """;

    @TempDir
    private Path folder;

    private final InMemoryFabric<FabricCommand, FabricState> fabric = new InMemoryFabric<>(new FabricStateMachine(), 3);
    private final List<Vertx> machines = new ArrayList<>();
    private final List<HostAddress> addresses = new ArrayList<>();
    private final ProcessMetrics process = new ProcessMetrics();
    private Set<String> answered = Set.of();
    private FabricBus bus;

    @BeforeEach
    void start() throws Exception {
        for (int number = 0; number < 3; number++) {
            String name = List.of("east", "north", "west").get(number);
            fabric.log(number)
                    .append(new FabricCommand.RegisterNode(new NodeRecord(
                            name, new Identity("acme", "node-" + name), name + "1", List.of(), name + ":7482")))
                    .join();
        }
        for (int number = 0; number < 3; number++) {
            serve(number);
        }
        bus = new FabricBus(new TlsContexts(ACME.issue("me")), addresses);
    }

    private void serve(int number) throws Exception {
        Vertx vertx = Vertx.vertx();
        machines.add(vertx);
        StampedLog log = new StampedLog(fabric.log(number), InstantSource.system());
        EventFeed feed = new EventFeed();
        log.onChange(feed::agreed);
        FabricOperations operations = new FabricOperations(vertx, "east", log, () -> Set.of("east", "north", "west"));
        NodeMachineHosts hosts = new NodeMachineHosts(
                new TlsContexts(NODE),
                OwnAddress.untranslated("127.0.0.1"),
                new HypervisorPool(
                        uri -> {
                            throw new WireException(ErrorCode.UNAVAILABLE, "no " + uri, "");
                        },
                        (uri, told) -> {}));
        RelocationOperations relocations =
                new RelocationOperations(vertx, log, hosts, () -> Set.of("east", "north", "west"));
        MachineOperations vms = new MachineOperations(
                vertx,
                new NodeRecord("east", new Identity("acme", "node-east"), "1", List.of(), "east:7482"),
                log,
                hosts,
                () -> Set.of("east", "north", "west"));
        AuditTrail trail = new AuditTrail(new AuditFile(audit(number)), InstantSource.system());
        NodeStanding standing = new NodeStanding(
                "east",
                OwnIdentity.of(NODE),
                log,
                () -> Set.of("east"),
                new QuietDataPath(true, ""),
                new EventTally(feed),
                process);
        ReloadSource reloading = new ReloadSource("node");
        reloading.use(() -> new ReloadReport("node.yaml", List.of("log-level"), List.of(), List.of(), List.of()));
        BusApi api = new BusApi(
                vertx,
                operations,
                vms,
                relocations,
                new ConnectorOperations(vertx, new TlsContexts(NODE), OwnAddress.untranslated("127.0.0.1"), log),
                feed,
                standing,
                reloading,
                trail);
        api.open();
        answered = api.addresses();
        HttpServer server = new NodeApi(
                        vertx,
                        "east",
                        log,
                        operations,
                        vms,
                        relocations,
                        new NodeEvents(vertx, "east"),
                        feed,
                        api,
                        standing,
                        reloading,
                        trail,
                        CONTRACT)
                .listen(new TlsContexts(NODE), "127.0.0.1", 0, new Doorkeeper())
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        addresses.add(new HostAddress("127.0.0.1", server.actualPort()));
    }

    private Path audit(int number) {
        return folder.resolve("audit-" + number);
    }

    @AfterEach
    void stop() {
        bus.close();
        process.close();
        machines.forEach(
                vertx -> vertx.close().toCompletionStage().toCompletableFuture().join());
    }

    @Test
    void everyOperationHasAnAddress() {
        assertThat(bus.apply("net.yaml", TOPOLOGY, OptionalLong.empty()).added())
                .containsExactly("lan/web");
        assertThat(bus.wires()).extracting(WireView::endpoint).containsExactly("web@h1");
        assertThat(bus.component("lan").ports()).hasSize(1);
        assertThat(bus.request("topology.show", Map.of())
                        .at("/topology/switches/lan/node")
                        .asText())
                .isEqualTo("east");
        assertThat(bus.createSwitch("dmz", "west").switches()).containsExactly("dmz", "lan");
        assertThat(bus.createSwitch("dmz", "west").switches()).containsExactly("dmz", "lan");
        refused(ErrorCode.ALREADY_EXISTS, () -> bus.createSwitch("dmz", "east"));
        assertThat(bus.removeSwitch("lan").removed()).containsExactly("lan/web");
        assertThat(bus.removeSwitch("lan").removed()).isEmpty();
        assertThat(bus.fabric().components()).hasSize(1);
        refused(ErrorCode.NOT_FOUND, () -> bus.component("lan"));
        refused(ErrorCode.NOT_FOUND, () -> bus.request("connectors.health", Map.of("host", "nowhere")));
        refused(ErrorCode.BAD_REQUEST, () -> bus.request("topology.apply", Map.of("topology", "nonsense")));
        refused(ErrorCode.BAD_REQUEST, () -> bus.request("topology.apply", Map.of("topology", 7)));
        refused(ErrorCode.BAD_REQUEST, () -> bus.request("components.show", Map.of("nmae", "lan")));
        refused(ErrorCode.BAD_REQUEST, () -> bus.request("events.read", Map.of("since", -5)));
        refused(ErrorCode.WRONG_STATE, () -> bus.request("events.read", Map.of("since", 1_000)));
    }

    /** Addresses are promised by docs/event-bus.md, each in the first column of the table. */
    @Test
    void whatIsDocumentedIsAnsweredAndNothingElse() throws IOException {
        String page = Files.readString(Path.of("../docs/event-bus.md"));
        String table = page.substring(page.indexOf("| address "), page.indexOf("Who asked for what changes something"));
        Set<String> documented = new TreeSet<>();
        table.lines()
                .skip(2)
                .filter(line -> line.startsWith("|"))
                .flatMap(line -> Pattern.compile("`([a-z.]+)`")
                        .matcher(line.split("\\|")[1])
                        .results()
                        .map(address -> address.group(1)))
                .forEach(documented::add);
        assertThat(answered).isEqualTo(documented);
    }

    @Test
    void theNodeItselfIsAskedAsOverRest() {
        assertThat(bus.request("node.health", Map.of()).path("parts")).isNotEmpty();
        assertThat(bus.request("node.reload", Map.of()).path("changed"))
                .extracting(JsonNode::asText)
                .containsExactly("log-level");
    }

    @Test
    void aNodeThatDrainsIsAskedForNothing() {
        bus.createSwitch("lan", "east");
        assertThat(bus.request("nodes.drain", Map.of("name", "west", "key", "once"))
                        .path("draining")
                        .asBoolean())
                .isTrue();
        assertThat(bus.fabric().draining()).containsExactly("west");
        refused(ErrorCode.WRONG_STATE, () -> bus.createSwitch("dmz", "west"));
        refused(ErrorCode.NOT_FOUND, () -> bus.request("nodes.show", Map.of("name", "south")));
        refused(ErrorCode.NOT_FOUND, () -> bus.request("nodes.drain", Map.of("name", "south")));
        try (NodeClient client =
                new NodeClient(new TlsContexts(ACME.issue("me")), addresses.getFirst(), Optional.empty())) {
            assertThat(client.drainStatus("west").isEmpty()).isTrue();
            assertThat(client.undoDrain("west").draining()).isFalse();
            assertThat(client.drain("north").draining()).isTrue();
        }
        assertThat(bus.fabric().draining()).containsExactly("north");
        assertThat(bus.createSwitch("dmz", "west").switches()).contains("dmz");
        JsonNode told = bus.request("events.read", Map.of("since", 0)).path("events");
        assertThat(told).extracting(it -> it.path("type").asText()).contains("node.draining", "node.taking");
    }

    @Test
    void aTopologyMayBeJsonAndConditional() {
        Map<String, Object> wanted = Map.of(
                "topology",
                Map.of("version", 1, "switches", Map.of("lan", Map.of("node", "east"))),
                "expectedVersion",
                0);
        assertThat(bus.request("topology.apply", wanted).path("version").asLong())
                .isEqualTo(1);
        refused(ErrorCode.VERSION_CONFLICT, () -> bus.request("topology.apply", wanted));
    }

    @Test
    void aRequestIsRepeatedUnderItsKeyAtAnotherNode() {
        Map<String, Object> wanted = Map.of("name", "lan", "node", "east", "key", "once");
        bus.request("switches.create", wanted);
        long version = bus.fabric().version();
        machines.getFirst().close().toCompletionStage().toCompletableFuture().join();
        assertThat(bus.request("switches.create", wanted).path("version").asLong())
                .isEqualTo(version);
        assertThat(bus.fabric().version()).isEqualTo(version);
        refused(
                ErrorCode.ALREADY_EXISTS,
                () -> bus.request("switches.create", Map.of("name", "dmz", "node", "east", "key", "once")));
    }

    @Test
    void noEventIsMissedWhenTheNodeIsLost() throws Exception {
        List<FabricEvent> told = new CopyOnWriteArrayList<>();
        Thread follower = Thread.ofVirtual().start(() -> bus.follow(0, told::add));
        bus.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        fabric.log(0)
                .append(new FabricCommand.TakeOver("lan", 0, "east", "east1"))
                .join();
        await().until(() -> !told.isEmpty() && told.getLast().type().equals("component.placed"));
        for (int lost = 0; lost < 2; lost++) {
            machines.get(lost).close().toCompletionStage().toCompletableFuture().join();
            for (int change = 0; change < 20; change++) {
                report(change % 2 == lost);
            }
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> told.size() == 6 + 40 - 1);
        assertThat(told.stream().mapToLong(FabricEvent::sequence).toArray())
                .isEqualTo(LongStream.rangeClosed(1, told.size()).toArray());
        bus.close();
        follower.join(Duration.ofSeconds(10));
        assertThat(follower.isAlive()).isFalse();
    }

    /** Who, what, on what, and what came of it: in the log before the answer is here, and nothing of it can be forged. */
    @Test
    void everyChangeIsNotedWithWhoAskedForIt() throws Exception {
        bus.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        bus.wires();
        bus.request("switches.create", Map.of("name", "dmz", "node", "west", "key", "once"));
        refused(ErrorCode.ALREADY_EXISTS, () -> bus.createSwitch("dmz", "east"));
        refused(ErrorCode.NOT_FOUND, () -> bus.request("components.migrate", Map.of("name", "x", "to", "west")));
        refused(ErrorCode.BAD_REQUEST, () -> bus.request("switches.remove", Map.of("name", 7, "nmae", "lan")));
        Map<String, Object> endpoint = Map.of("name", "web", "mac", "02:00:00:00:00:05");
        refused(
                ErrorCode.NOT_FOUND,
                () -> bus.request("connectors.endpoints.put", Map.of("host", "h9", "endpoint", endpoint)));
        refused(ErrorCode.NOT_FOUND, () -> bus.request("connectors.wires.list", Map.of("host", "h9")));
        machines.getFirst()
                .eventBus()
                .request(BusApi.PREFIX + "switches.remove", new JsonObject().put("name", "dmz"))
                .toCompletionStage()
                .toCompletableFuture()
                .get();
        List<JsonObject> notes =
                Files.readAllLines(audit(0)).stream().map(JsonObject::new).toList();
        assertThat(notes)
                .extracting(it -> it.getString("operation").replace(BusApi.PREFIX, "") + " | " + it.getString("target")
                        + " | " + it.getString("outcome") + " | " + it.getString("code") + " | "
                        + it.getString("caller"))
                .containsExactly(
                        "topology.apply | null | done | null | acme/me",
                        "switches.create | name=dmz node=west | done | null | acme/me",
                        "switches.create | name=dmz node=east | refused | ALREADY_EXISTS | acme/me",
                        "components.migrate | name=x to=west | refused | NOT_FOUND | acme/me",
                        "switches.remove | name=7 | refused | BAD_REQUEST | acme/me",
                        "connectors.endpoints.put | host=h9 endpoint{name=web} | refused | NOT_FOUND | acme/me",
                        "switches.remove | name=dmz | done | null | local");
        assertThat(notes.get(1).getString("key")).isEqualTo("once");
        assertThat(notes.getFirst().getString("from")).startsWith("127.0.0.1:");
        assertThat(Files.readString(audit(0))).doesNotContain("02:00:00", "version: 1");
    }

    @Test
    void nobodySpeaksForAnother() throws Exception {
        HostAddress east = addresses.getFirst();
        try (RawWebSocket socket = new RawWebSocket(
                new TlsContexts(ACME.issue("too")), NODE.identity(), east.host(), east.port(), "/v1/bus/websocket")) {
            socket.send("""
                    {"type":"send","address":"virtualwire.v1.switches.create","replyAddress":"r",
                     "headers":{"virtualwire-caller":"acme/boss","virtualwire-from":"nowhere"},
                     "body":{"name":"dmz","node":"east"}}""".getBytes(StandardCharsets.UTF_8));
            assertThat(socket.receive()).contains("\"version\":");
        }
        assertThat(Files.readString(audit(0)))
                .contains("\"caller\":\"acme/too\"", "\"from\":\"127.0.0.1:")
                .doesNotContain("boss", "nowhere");
    }

    /** What REST refuses of a body, the bus refuses of a message: with the same code, and nothing has been done. */
    @Test
    void whatIsAmbiguousOrAbsurdIsRefusedAsOverRest() throws Exception {
        HostAddress east = addresses.getFirst();
        try (RawWebSocket socket = new RawWebSocket(
                new TlsContexts(ACME.issue("me")), NODE.identity(), east.host(), east.port(), "/v1/bus/websocket")) {
            String create =
                    "{\"type\":\"send\",\"address\":\"virtualwire.v1.switches.create\",\"replyAddress\":\"r%d\",\"body\":%s}";
            List<String> bodies = List.of(
                    "{\"name\":\"dmz\",\"node\":\"east\",\"node\":\"west\"}",
                    "{\"name\":\"dmz\",\"node\":\"east\",\"n\\u006fde\":\"west\"}",
                    "{\"name\":\"dmz\",\"node\":\"east\",\"colour\":\"red\"}",
                    "{\"name\":\"dmz\",\"node\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}",
                    "{\"name\":\"dmz\",\"node\":{\"a\":1,\"a\":2}}",
                    "{\"name\":\"dmz\",\"node\":" + "9".repeat(5_000) + "}",
                    "[]",
                    "{\"name\":\"dmz\",\"node\":\"east\"");
            for (int number = 0; number < bodies.size(); number++) {
                socket.send(create.formatted(number, bodies.get(number)).getBytes(StandardCharsets.UTF_8));
                assertThat(socket.receive())
                        .as(bodies.get(number)
                                .substring(0, Math.min(80, bodies.get(number).length())))
                        .contains("\"type\":\"err\"", "\"address\":\"r" + number + "\"", "BAD_REQUEST")
                        .hasSizeLessThan(1_000);
            }
            String twice = "{\"type\":\"send\",\"address\":\"virtualwire.v1.switches.remove\","
                    + "\"address\":\"virtualwire.v1.switches.create\",\"body\":{\"name\":\"dmz\",\"node\":\"east\"}}";
            socket.send(twice.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.receive())
                    .contains("\"type\":\"err\"", "BAD_REQUEST")
                    .doesNotContain("\"address\"");
        }
        assertThat(bus.request("topology.show", Map.of()).at("/version").asLong())
                .isZero();
    }

    @Test
    void nobodyPublishesNewsFromOutside() {
        List<Object> heard = new CopyOnWriteArrayList<>();
        machines.getFirst().eventBus().localConsumer(BusApi.EVENTS, message -> heard.add(message.body()));
        assertThatThrownBy(() -> bus.request("events", Map.of("sequence", 99))).isInstanceOf(WireException.class);
        assertThat(heard).isEmpty();
    }

    @Test
    void anotherTenantGetsNothing() {
        Credentials them = RIVAL.issue("them").trusting(ACME.certificate());
        try (FabricBus theirs = new FabricBus(new TlsContexts(them), addresses)) {
            assertThatThrownBy(theirs::fabric)
                    .isInstanceOfSatisfying(
                            WireException.class,
                            e -> assertThat(e.code()).isIn(ErrorCode.UNAVAILABLE, ErrorCode.UNAUTHENTICATED));
        }
    }

    private void report(boolean up) {
        fabric.log(2)
                .append(new FabricCommand.ReportPorts(
                        "lan", generation(), Map.of("lan/web", new PortReport(up, "", ""))))
                .join();
    }

    private long generation() {
        return fabric.log(2).current().state().claim("lan").orElseThrow().generation();
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
