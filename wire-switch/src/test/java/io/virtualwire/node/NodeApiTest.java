package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ComponentView;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.client.FabricEventDraft;
import io.virtualwire.client.HealthPart;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.client.WireView;
import io.virtualwire.cloud.spi.Hypervisor;
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
import io.virtualwire.testkit.RawHttps;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A node's interface over a log in memory, asked over real TLS; requests and answers are both held to the contract. */
final class NodeApiTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TenantAuthority RIVAL = TenantAuthority.create("rival", InstantSource.system());
    private static final Contract CONTRACT = NodeApi.contract();
    private static final Credentials NODE = ACME.issue("node-east").trusting(RIVAL.certificate());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials THEM = RIVAL.issue("them").trusting(ACME.certificate());
    private static final String TOPOLOGY = """
            version: 1
            hosts: { h1: { api: "192.0.2.1:7472" } }
            switches: { lan: { node: east } }
            wires:
              - { switch: lan, port: web, endpoint: web@h1 }
            """;

    private final Vertx vertx = Vertx.vertx();
    private final Function<String, Hypervisor> hypervisors = uri -> {
        throw new WireException(ErrorCode.UNAVAILABLE, "no " + uri, "");
    };
    private final InMemoryFabric<FabricCommand, FabricState> fabric = new InMemoryFabric<>(new FabricStateMachine(), 1);
    private final ProcessMetrics process = new ProcessMetrics();
    private int port;
    private NodeClient client;

    @BeforeEach
    void start() throws Exception {
        for (String node : List.of("east", "west")) {
            NodeRecord record =
                    new NodeRecord(node, new Identity("acme", "node-" + node), "1", List.of(), node + ":7482");
            fabric.log(0).append(new FabricCommand.RegisterNode(record)).join();
        }
        ReloadSource reloading = new ReloadSource("node");
        reloading.use(() -> new ReloadReport("node.yaml", List.of("log-level"), List.of(), List.of(), List.of()));
        StampedLog log = new StampedLog(fabric.log(0), InstantSource.system());
        EventFeed feed = new EventFeed();
        log.onChange(feed::agreed);
        FabricOperations operations = new FabricOperations(vertx, "east", log, () -> Set.of("east", "west"));
        NodeMachineHosts hosts = new NodeMachineHosts(
                new TlsContexts(NODE),
                OwnAddress.untranslated("127.0.0.1"),
                new HypervisorPool(hypervisors, (uri, told) -> {}));
        RelocationOperations relocations = new RelocationOperations(vertx, log, hosts, () -> Set.of("east", "west"));
        MachineOperations vms = new MachineOperations(
                vertx,
                new NodeRecord("east", new Identity("acme", "node-east"), "1", List.of(), "east:7482"),
                log,
                hosts,
                () -> Set.of("east", "west"));
        AuditTrail trail = new AuditTrail(new AuditFile(Path.of("/dev/null")), InstantSource.system());
        NodeStanding standing = new NodeStanding(
                "east",
                OwnIdentity.of(NODE),
                log,
                () -> Set.of("east"),
                new QuietDataPath(true, ""),
                new EventTally(feed),
                process);
        BusApi bus = new BusApi(
                vertx,
                operations,
                vms,
                relocations,
                new ConnectorOperations(vertx, new TlsContexts(NODE), OwnAddress.untranslated("127.0.0.1"), log),
                feed,
                standing,
                reloading,
                trail);
        bus.open();
        NodeApi api = new NodeApi(
                vertx,
                "east",
                log,
                operations,
                vms,
                relocations,
                new NodeEvents(vertx, "east"),
                feed,
                bus,
                standing,
                reloading,
                trail,
                CONTRACT);
        port = api.listen(new TlsContexts(NODE), "127.0.0.1", 0, new Doorkeeper())
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        client = client(ME);
    }

    @AfterEach
    void stop() {
        client.close();
        process.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aTopologyIsAppliedShownAndReplaced() {
        assertThat(client.apply("net.yaml", TOPOLOGY, OptionalLong.empty()).added())
                .containsExactly("lan/web");
        assertThat(client.topology().version()).isEqualTo(1);
        assertThat(client.topology().topology().at("/switches/lan/node").asText())
                .isEqualTo("east");
        assertThat(client.view().components()).hasSize(1);
        assertThat(client.wires()).extracting(WireView::name).containsExactly("lan/web");
        ComponentView lan = client.component("lan");
        assertThat(lan.ports()).hasSize(1);
        assertThat(lan.ports().getFirst().detail()).contains("does not answer");
        refused(ErrorCode.VERSION_CONFLICT, () -> client.apply("net.yaml", TOPOLOGY, OptionalLong.of(0)));
        assertThat(client.apply("net.yaml", TOPOLOGY, OptionalLong.of(1)).unchanged())
                .isEqualTo(1);
    }

    @Test
    void whatIsNotThereIsSaidSo() {
        refused(ErrorCode.NOT_FOUND, () -> client.component("lan"));
        refused(ErrorCode.NOT_FOUND, () -> client.migrate("lan", "west", step -> {}));
        client.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        refused(ErrorCode.WRONG_STATE, () -> client.migrate("lan", "west", step -> {}));
    }

    @Test
    void whoWasRevokedIsCutOffTheBusToo() throws Exception {
        Credentials gone = ACME.issue("gone");
        try (Socket carrier = new Socket("127.0.0.1", port);
                SSLSocket bus = new TlsContexts(gone).clientSocket(carrier, NODE.identity())) {
            String upgrade =
                    "GET /v1/bus/websocket HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
                            + "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
            bus.getOutputStream().write(upgrade.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(bus.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 101");
            client.offer(ACME.revocationList(1, Map.of(gone.certificate().getSerialNumber(), Instant.now())));
            bus.setSoTimeout(3000);
            assertThatCode(() -> bus.getInputStream().readAllBytes())
                    .as("it ends; a timeout would say that it stays open")
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void eventsAreNumberedAndToldFromAnyNumberOn() throws Exception {
        client.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        assertThat(ask("GET", "/v1/events?since=0&follow=false", "").body().lines())
                .hasSize(5)
                .satisfiesExactly(
                        line -> assertThat(line).contains("\"sequence\":1", "node.joined", "\"node\":\"east\""),
                        line -> assertThat(line).contains("\"sequence\":2", "node.joined", "\"node\":\"west\""),
                        line -> assertThat(line)
                                .contains("\"sequence\":3", "topology.applied", "\"added\":[\"lan/web\"]"),
                        line -> assertThat(line).contains("\"sequence\":4", "component.added"),
                        line -> assertThat(line).contains("\"sequence\":4", "alive"));
        assertThat(ask("GET", "/v1/events?since=3&follow=false", "").body().lines())
                .hasSize(2);
        assertThat(ask("GET", "/v1/events?follow=false", "").body().lines()).hasSize(1);
        HttpResponse<String> ahead = ask("GET", "/v1/events?since=5", "");
        assertThat(ahead.statusCode()).isEqualTo(409);
        assertThat(ahead.body()).contains("no event 5 yet");
    }

    @Test
    void numbersThatAreTooLargeOrWrittenOtherwiseAreRefused() throws Exception {
        for (String request : List.of(
                "GET /v1/events?since=9223372036854775808&follow=false",
                "GET /v1/events?since=1e1&follow=false",
                "POST /v1/topology?expectedVersion=2559223372036854775807",
                "POST /v1/components/lan/migrate?to=west&expectedGeneration=9223372036854775808",
                "POST /v1/vms/web/migrate?to=h1&bandwidth=2147483648",
                "POST /v1/vms/web/migrate?to=h1&parallel=2147483648")) {
            String[] words = request.split(" ", 2);
            HttpResponse<String> answer = ask(words[0], words[1], words[1].contains("topology") ? TOPOLOGY : "");
            assertThat(answer.statusCode()).as(request).isEqualTo(400);
            assertThat(answer.body()).contains("BAD_REQUEST", "cannot be '");
        }
        assertThat(client.topology().version()).isZero();
    }

    @Test
    void whoFollowsIsToldAtOnce() throws Exception {
        List<FabricEvent> told = new CopyOnWriteArrayList<>();
        Thread follower = Thread.ofVirtual().start(() -> {
            try (NodeClient other = client(ME)) {
                other.events(OptionalLong.of(0), told::add);
            } catch (WireException end) {
                told.add(new FabricEventDraft("end").numbered(0, 0, ""));
            }
        });
        await().until(() -> told.stream().anyMatch(event -> event.type().equals(FabricEvent.ALIVE)));
        client.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        await().until(() -> told.stream().anyMatch(event -> event.type().equals("component.added")));
        assertThat(told.stream().filter(FabricEvent::isEvent).map(FabricEvent::sequence))
                .containsExactly(1L, 2L, 3L, 4L);
        vertx.close().toCompletionStage().toCompletableFuture().join();
        follower.join(Duration.ofSeconds(10));
        assertThat(told.getLast().type()).isEqualTo("end");
    }

    @Test
    void aRequestWithAKeyIsCarriedOutOnce() throws Exception {
        RawHttps https = new RawHttps(ME, port).with("Idempotency-Key", "k1");
        String first = https.ask("POST", "/v1/topology", TOPOLOGY).body();
        assertThat(first).contains("\"version\":1", "\"added\":[\"lan/web\"]");
        assertThat(https.ask("POST", "/v1/topology", TOPOLOGY).body()).isEqualTo(first);
        assertThat(client.topology().version()).isEqualTo(1);
        HttpResponse<String> other = https.ask("POST", "/v1/topology", TOPOLOGY.replace("port: web", "port: www"));
        assertThat(other.statusCode()).isEqualTo(409);
        assertThat(other.body()).contains("ALREADY_EXISTS");
        assertThat(new RawHttps(ME, port)
                        .with("Idempotency-Key", "x".repeat(200))
                        .ask("POST", "/v1/topology", TOPOLOGY)
                        .body())
                .contains("parameter 'Idempotency-Key'");
    }

    @Test
    void withoutAMajorityNothingIsSaid() {
        fabric.stop(0);
        refused(ErrorCode.UNAVAILABLE, client::view);
    }

    @Test
    void anotherTenantGetsNothing() {
        try (NodeClient them = client(THEM)) {
            refused(ErrorCode.UNAUTHENTICATED, them::view);
        }
    }

    @Test
    void healthSaysWhatIsAmiss() {
        assertThat(client.health().ready()).isTrue();
        assertThat(client.health().parts())
                .contains(new HealthPart("log", true, ""), new HealthPart("nodes", false, "not seen: west"));
        fabric.stop(0);
        assertThat(client.health().ready()).isFalse();
        assertThat(client.health().parts())
                .anyMatch(part -> part.name().equals("log") && part.detail().contains("majority"));
    }

    @Test
    void wiresByWhichNothingPassesAreNamed() {
        NodeStanding standing = new NodeStanding(
                "east",
                OwnIdentity.of(NODE),
                new StampedLog(fabric.log(0), InstantSource.system()),
                () -> Set.of("east", "west"),
                new QuietDataPath(true, "its connector does not answer"),
                new EventTally(new EventFeed()),
                process);
        assertThat(standing.health().parts())
                .contains(new HealthPart(
                        "wires", false, "nothing passes by lan/web to web@h1 (its connector does not answer)"));
        assertThat(standing.health().ready()).as("it is not this node's fault").isTrue();
        assertThat(standing.metrics()).contains("virtualwire_ready{part=\"wires\"} 0.0");
    }

    @Test
    void whatIsMeasuredIsShown() throws Exception {
        client.apply("net.yaml", TOPOLOGY, OptionalLong.empty());
        fabric.log(0).append(new FabricCommand.TakeOver("lan", 0, "east", "1")).join();
        assertThat(ask("GET", "/v1/metrics", "").body())
                .contains(
                        "virtualwire_info{daemon=\"node\",identity=\"acme/node-east\"",
                        "virtualwire_ready{part=\"nodes\"} 0.0",
                        "virtualwire_ready{part=\"wires\"} 1.0",
                        "virtualwire_credentials_expire_seconds ",
                        "virtualwire_nodes 2.0",
                        "virtualwire_nodes_present 1.0",
                        "virtualwire_fabric_version 1.0",
                        "virtualwire_log_leader 1.0",
                        "virtualwire_component_held{component=\"lan\",node=\"east\"} 1.0",
                        "virtualwire_port_up{component=\"lan\",port=\"web\"} 1.0",
                        "virtualwire_port_blocked{component=\"lan\",port=\"web\"} 1.0",
                        "virtualwire_port_drops_total{component=\"lan\",port=\"web\",reason=\"storm\"} 5.0",
                        "virtualwire_association_round_trip_seconds{peer=\"acme/h1\"} 0.005",
                        "virtualwire_association_datagram_bytes{peer=\"acme/h1\"} 1472.0",
                        "virtualwire_drops_total{reason=\"replayed\"} 10.0",
                        "virtualwire_events_total{type=\"component.placed\"} 1.0",
                        "virtualwire_migration_last_seconds{phase=\"flip\"} 0.0",
                        "jvm_memory_used_bytes{");
    }

    @Test
    void theContractIsServed() throws Exception {
        HttpResponse<String> contract = ask("GET", "/v1/openapi.yaml", "");
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.headers().firstValue("content-type")).hasValue("application/yaml");
        assertThat(contract.body()).startsWith("openapi: 3.1.0").contains("/v1/components/{name}/migrate");
    }

    @Test
    void theConfigurationIsReadAgain() throws Exception {
        HttpResponse<String> report = ask("POST", "/v1/reload", "");
        assertThat(report.statusCode()).as(report.body()).isEqualTo(200);
        assertThat(report.body()).contains("\"changed\":[\"log-level\"]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "POST | /v1/topology | nonsense | 400 | that was sent",
                "POST | /v1/topology?origin=net.yaml | version: 1\\nwhat: 2 | 400 | net.yaml",
                "POST | /v1/topology?expectedVersion=x | version: 1 | 400 | parameter 'expectedVersion' cannot be 'x'",
                "POST | /v1/topology?expectedVersion=-2 | version: 1 | 400 | parameter 'expectedVersion' cannot be '-2'",
                "POST | /v1/topology?force=true | version: 1 | 400 | unknown parameter 'force'",
                "POST | /v1/components/lan/migrate | | 400 | parameter 'to' is missing",
                "POST | /v1/components/lan/migrate?to= | | 400 | parameter 'to'",
                "GET | /v1/components/lan | | 404 | no switch lan",
                "GET | /v1/events?since=-1 | | 400 | parameter 'since' cannot be '-1'",
                "GET | /v1/events?follow=maybe | | 400 | parameter 'follow' cannot be 'maybe'",
                "GET | /v1/nothing | | 404 | nothing at /v1/nothing",
                "DELETE | /v1/fabric | | 405 | DELETE is not for this"
            })
    void whatIsWrongIsSaidPrecisely(String method, String path, String body, int status, String said) throws Exception {
        HttpResponse<String> response = ask(method, path, body == null ? "" : body.replace("\\n", "\n"));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("\"code\"", "\"message\"", "\"hint\"", said);
    }

    @Test
    void aLongBodyIsRefused() throws Exception {
        HttpResponse<String> response = ask("POST", "/v1/topology", "x".repeat((4 << 20) + 1));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("4096 KiB");
    }

    private HttpResponse<String> ask(String method, String path, String body) throws Exception {
        return new RawHttps(ME, port).ask(method, path, body);
    }

    private NodeClient client(Credentials credentials) {
        return new NodeClient(
                new TlsContexts(credentials), new HostAddress("127.0.0.1", port), Optional.of(NODE.identity()));
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
