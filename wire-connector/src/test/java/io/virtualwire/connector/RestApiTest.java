package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.HealthPart;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.SideFence;
import io.virtualwire.client.WireStatus;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.admission.Grant;
import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.rest.Contract;
import io.virtualwire.testkit.RawHttps;
import io.virtualwire.testkit.SilentConnections;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole connector but for devices and datagrams, asked through its real client over real TLS. */
final class RestApiTest {
    private static final WireId WIRE = WireId.named("rest");
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TenantAuthority RIVAL = TenantAuthority.create("rival", InstantSource.system());
    private static final Contract CONTRACT = ApiServer.contract();
    private static final Credentials HOST = ACME.issue("host-a").trusting(RIVAL.certificate());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials THEM = RIVAL.issue("them").trusting(ACME.certificate());

    @TempDir
    private Path folder;

    private final ReloadSource reloading = new ReloadSource("connector");
    private Admission admission;
    private final ProcessMetrics process = new ProcessMetrics();
    private FakeDataPlane dataPlane = new FakeDataPlane();
    private DurableLedger ledger;
    private ApiServer server;
    private ConnectorClient client;

    @BeforeEach
    void start() {
        serve(List.of());
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        ledger.close();
    }

    private void serve(List<Grant> grants) {
        serve(grants, new TlsContexts(HOST));
    }

    private void serve(List<Grant> grants, TlsContexts tls) {
        ledger = DurableLedger.open(folder, false);
        admission = new Admission("acme", grants);
        dataPlane = new FakeDataPlane();
        AuditTrail trail =
                new AuditTrail(new AuditFile(folder.resolve("audit")), () -> Instant.parse("2026-01-01T00:00:00Z"));
        HostService service = new HostService(
                new ConnectorIdentity(tls.self(), "one", "0.1", List.of("192.0.2.1")),
                admission,
                ledger,
                new FakeEndpointHost(),
                dataPlane,
                () -> Instant.EPOCH.plusSeconds(7),
                reloading,
                process,
                trail);
        server = ApiServer.start(tls, "127.0.0.1", 0, service, trail, CONTRACT);
        client = client(ME, Optional.of(HOST.identity()));
    }

    @Test
    void saysWhoItIs() {
        assertThat(client.health().identity()).isEqualTo(new Identity("acme", "host-a"));
        assertThat(client.health().status()).isEqualTo("ok");
        assertThat(client.health().ready()).isTrue();
        assertThat(client.health().parts()).extracting(HealthPart::name).contains("journal");
        assertThat(client.server()).contains(HOST.identity());
        assertThat(client.version().api()).contains("v1");
    }

    @Test
    void theOperatorReloadsAndWhatIsUngrantedStaysUntilEnforced() {
        restart(List.of(grant("t*")));
        ConnectorClient rival = client(THEM, Optional.empty());
        rival.putEndpoint(EndpointDescription.named("tap"));
        rival.connect(new ConnectRequest(
                WIRE,
                Side.A,
                new Generation(1, ""),
                "tap",
                new PeerDescription(new Identity("rival", "node"), new Generation(1, ""), List.of(), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty()));
        refused(ErrorCode.WRONG_STATE, () -> client.reload(false));
        refused(ErrorCode.FORBIDDEN, () -> rival.reload(false));
        reloading.use(() -> {
            admission.replace(List.of(grant("x*")));
            return new ReloadReport("file", List.of("grants"), List.of(), List.of(), List.of());
        });
        assertThat(client.reload(false).ungranted()).containsExactly("endpoint rival/tap");
        assertThat(client.health().problems()).containsExactly("ungranted: endpoint rival/tap");
        assertThat(rival.health().problems()).isEmpty();
        assertThat(rival.wires()).hasSize(1);
        refused(ErrorCode.FORBIDDEN, () -> rival.putEndpoint(EndpointDescription.named("tap2")));
        assertThat(client.reload(true).ungranted()).isEmpty();
        assertThat(rival.wires()).isEmpty();
        assertThat(rival.endpoints()).isEmpty();
        admission.replace(List.of());
        refused(ErrorCode.FORBIDDEN, rival::health);
        rival.close();
    }

    @Test
    void aDrainLetsGoOnWhatIsThereAndOutlivesARestart() {
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(wanted("web", 1));
        DrainStatus drained = client.drain();
        assertThat(drained.draining()).isTrue();
        assertThat(drained.sinceMillis()).isEqualTo(7000);
        assertThat(drained.remaining())
                .containsExactly(
                        new DrainStatus.Remaining(
                                "wire", "acme", WIRE + "/a", "web", List.of(new Identity("acme", "far"))),
                        new DrainStatus.Remaining("endpoint", "acme", "web", "web", List.of()));
        assertThat(client.drain()).isEqualTo(drained);

        restart(List.of(grant("t*")));
        assertThat(client.drainStatus()).isEqualTo(drained);
        assertThat(client.health().draining()).isTrue();
        refused(ErrorCode.WRONG_STATE, () -> client.putEndpoint(EndpointDescription.named("db")));
        refused(ErrorCode.FORBIDDEN, () -> {
            try (ConnectorClient rival = client(THEM, Optional.empty())) {
                rival.drain();
            }
        });
        // What is there goes on: the same again, the next generation, and its end.
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(wanted("web", 1));
        client.connect(wanted("web", 2));
        client.disconnect(WIRE, Side.A, new Generation(2, ""));
        refused(ErrorCode.WRONG_STATE, () -> client.connect(wanted("web", 3)));
        client.removeEndpoint("web", false);
        assertThat(client.drainStatus().remaining()).isEmpty();

        assertThat(client.cancelDrain().draining()).isFalse();
        assertThat(client.health().draining()).isFalse();
        client.putEndpoint(EndpointDescription.named("db"));
    }

    private static ConnectRequest wanted(String endpoint, long generation) {
        return new ConnectRequest(
                WIRE,
                Side.A,
                new Generation(generation, ""),
                endpoint,
                new PeerDescription(new Identity("acme", "far"), new Generation(1, ""), List.of(), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    private void restart(List<Grant> grants) {
        stop();
        serve(grants);
    }

    /** Reading is not noted, and what is in a body never is. */
    @Test
    void everyChangeIsNoted() throws IOException {
        client.endpoints();
        client.putEndpoint(
                new EndpointDescription("web", "web", Optional.empty(), false, 1500, Optional.of("02:00:00:00:00:05")));
        refused(ErrorCode.NOT_FOUND, () -> client.activate(WIRE, Side.A, new Generation(1, "")));
        try (ConnectorClient them = client(THEM, Optional.empty())) {
            refused(ErrorCode.FORBIDDEN, () -> them.putEndpoint(EndpointDescription.named("theirs")));
        }
        client.removeEndpoint("web", false);
        List<String> lines = Files.readAllLines(folder.resolve("audit"));
        assertThat(lines).hasSize(3).allMatch(line -> line.contains("\"from\":\"127.0.0.1:"));
        assertThat(lines.get(0))
                .contains("\"time\":\"2026-01-01T00:00:00Z\",\"caller\":\"acme/me\"")
                .contains("\"operation\":\"putEndpoint\",\"target\":\"/v1/endpoints/web\",\"outcome\":\"done\"")
                .doesNotContain("02:00");
        assertThat(lines.get(1)).contains("\"activate\"", "\"outcome\":\"refused\",\"code\":\"NOT_FOUND\"");
        assertThat(lines.get(2)).contains("\"removeEndpoint\"", "\"done\"");
    }

    @Test
    void aFloodOfRequestsIsItsTenantsOwn() {
        restart(List.of(ConnectorFileTest.read("grants: [{tenant: rival, requests-per-second: 3}]")
                .grants()
                .getFirst()));
        try (ConnectorClient rival = client(THEM, Optional.empty())) {
            Set<ErrorCode> refusals = EnumSet.noneOf(ErrorCode.class);
            for (int i = 0; i < 8; i++) {
                try {
                    rival.endpoints();
                } catch (WireException e) {
                    refusals.add(e.code());
                }
            }
            assertThat(refusals).containsExactly(ErrorCode.QUOTA_EXCEEDED);
            for (int i = 0; i < 50; i++) {
                assertThat(client.endpoints()).isEmpty();
            }
        }
    }

    private static Grant grant(String devices) {
        return ConnectorFileTest.read("grants: [{tenant: rival, devices: ['" + devices + "'], namespaces: ['-']}]")
                .grants()
                .getFirst();
    }

    @Test
    void endpointsComeAndGo() {
        EndpointStatus made = client.putEndpoint(EndpointDescription.named("web"));
        assertThat(made.id()).isEqualTo("acme/host-a/web");
        assertThat(made.up()).isTrue();
        assertThat(client.putEndpoint(EndpointDescription.named("web"))).isEqualTo(made);
        assertThat(client.endpoints()).containsExactly(made);
        client.removeEndpoint("web", false);
        client.removeEndpoint("web", false);
        assertThat(client.endpoints()).isEmpty();
    }

    @Test
    void anEndpointWithOtherContentExistsAlready() {
        client.putEndpoint(EndpointDescription.named("web"));
        EndpointDescription other =
                new EndpointDescription("web", "web", Optional.empty(), false, 9000, Optional.empty());
        refused(ErrorCode.ALREADY_EXISTS, () -> client.putEndpoint(other));
        EndpointDescription sameDevice =
                new EndpointDescription("db", "web", Optional.empty(), false, 1500, Optional.empty());
        refused(ErrorCode.IN_USE, () -> client.putEndpoint(sameDevice));
    }

    @Test
    void anEndpointThatCannotBeMadeIsNotPromised() {
        EndpointDescription broken =
                new EndpointDescription("web", "broken", Optional.empty(), false, 1500, Optional.empty());
        refused(ErrorCode.SYSTEM, () -> client.putEndpoint(broken));
        assertThat(client.endpoints()).isEmpty();
    }

    @Test
    void wiresComeAndGo() {
        client.putEndpoint(EndpointDescription.named("web"));
        WireStatus connected = client.connect(request(1));
        assertThat(connected.state()).isEqualTo("active");
        assertThat(connected.endpoint()).isEqualTo("web");
        assertThat(connected.isAgreed()).isTrue();
        assertThat(connected.drops()).containsEntry("replayed", 9L);
        assertThat(client.connect(request(1))).isEqualTo(connected);
        assertThat(client.wires()).containsExactly(connected);
        assertThat(client.wire(WIRE)).containsExactly(connected);
        assertThat(client.wire(WireId.named("other"))).isEmpty();
        assertThat(client.endpoints().getFirst().wires()).containsExactly(WIRE + "/a");
        client.disconnect(WIRE, Side.A, generation(1));
        client.disconnect(WIRE, Side.A, generation(1));
        assertThat(client.wires()).isEmpty();
    }

    @Test
    void whatWasDisconnectedComesBackUnderAHigherGenerationOnly() {
        client.putEndpoint(EndpointDescription.named("web"));
        assertThat(client.fence(WIRE, Side.A)).isEmpty();
        client.connect(request(1));
        assertThat(client.fence(WIRE, Side.A)).contains(new SideFence(generation(1), true));
        client.disconnect(WIRE, Side.A, generation(1));
        assertThat(client.fence(WIRE, Side.A)).contains(new SideFence(generation(1), false));
        refused(ErrorCode.STALE_GENERATION, () -> client.connect(request(1)));
        client.connect(request(2));
        assertThat(client.fence(WIRE, Side.A)).contains(new SideFence(generation(2), true));
    }

    @Test
    void refusalsKeepTheirCode() {
        refused(ErrorCode.NOT_FOUND, () -> client.connect(request(1)));
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(request(2));
        refused(ErrorCode.STALE_GENERATION, () -> client.connect(request(1)));
        refused(ErrorCode.GENERATION_CONFLICT, () -> client.connect(plain(request(2))));
        refused(ErrorCode.STALE_GENERATION, () -> client.disconnect(WIRE, Side.A, generation(1)));
        refused(ErrorCode.IN_USE, () -> client.removeEndpoint("web", false));
        client.removeEndpoint("web", true);
        assertThat(client.wires()).isEmpty();
    }

    @Test
    void oneEndpointTakesOneSide() {
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(request(1));
        ConnectRequest other = request(1);
        refused(
                ErrorCode.IN_USE,
                () -> client.connect(new ConnectRequest(
                        WireId.named("second"),
                        other.side(),
                        other.generation(),
                        other.endpoint(),
                        other.peer(),
                        other.options(),
                        other.relayTo(),
                        other.relayFrom())));
    }

    @Test
    void aStandbySideIsActivatedByCommand() {
        client.putEndpoint(EndpointDescription.named("web"));
        ConnectRequest standby = new ConnectRequest(
                WIRE,
                Side.A,
                generation(1),
                "web",
                request(1).peer(),
                new ConnectOptions(Role.STANDBY, false),
                Optional.empty(),
                Optional.empty());
        assertThat(client.connect(standby).state()).isEqualTo("standby");
        refused(ErrorCode.STALE_GENERATION, () -> client.activate(WIRE, Side.A, generation(2)));
        assertThat(client.activate(WIRE, Side.A, generation(1)).state()).isEqualTo("active");
    }

    @Test
    void anotherTenantNeedsAGrantAndSeesOnlyItsOwn() {
        try (ConnectorClient them = client(THEM, Optional.empty())) {
            refused(ErrorCode.FORBIDDEN, them::health);
        }
        stop();
        serve(List.of(ConnectorFileTest.read("""
                grants:
                  - tenant: rival
                    devices: ["rival-*"]
                    namespaces: ["-"]
                    destinations: ["192.0.2.0/24"]
                    max-endpoints: 1
                    max-wires: 1
                """).grants().getFirst()));
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(request(1));
        try (ConnectorClient them = client(THEM, Optional.empty())) {
            assertThat(them.endpoints()).isEmpty();
            assertThat(them.wires()).isEmpty();
            assertThat(them.wire(WIRE)).isEmpty();
            assertThat(them.health().wires()).isZero();
            refused(ErrorCode.FORBIDDEN, () -> them.putEndpoint(EndpointDescription.named("web")));
            EndpointDescription theirs =
                    new EndpointDescription("web", "rival-1", Optional.empty(), false, 1500, Optional.empty());
            assertThat(them.putEndpoint(theirs).id()).isEqualTo("rival/host-a/web");
            assertThat(them.connect(request(2)).wire()).isEqualTo(WIRE);
            assertThat(them.wires()).hasSize(1);
            assertThat(client.wires())
                    .as("the same wire id is another wire")
                    .singleElement()
                    .satisfies(it -> assertThat(it.generation()).isEqualTo(new Generation(1, "")));
            them.disconnect(WIRE, Side.A, new Generation(9, ""));
            refused(ErrorCode.NOT_FOUND, () -> them.activate(WIRE, Side.A, new Generation(1, "")));
            assertThat(client.wires()).as("their fence is theirs").hasSize(1);
            client.connect(request(2));
            EndpointDescription second =
                    new EndpointDescription("db", "rival-2", Optional.empty(), false, 1500, Optional.empty());
            refused(ErrorCode.QUOTA_EXCEEDED, () -> them.putEndpoint(second));
            them.removeEndpoint("web", false);
        }
        assertThat(client.endpoints()).hasSize(1);
    }

    @Test
    void aCallerOfAnUnknownAuthorityIsRefused() {
        Credentials stranger = TenantAuthority.create("acme", InstantSource.system())
                .issue("me")
                .trusting(ACME.certificate());
        try (ConnectorClient them = client(stranger, Optional.empty())) {
            refused(ErrorCode.UNAUTHENTICATED, them::health);
        }
    }

    @Test
    void aServerThatIsSomebodyElseIsNotBelieved() {
        try (ConnectorClient wary = client(ME, Optional.of(new Identity("acme", "host-b")))) {
            refused(ErrorCode.UNAUTHENTICATED, wary::health);
        }
    }

    @Test
    void nobodyThereIsSaidSo() {
        server.close();
        refused(ErrorCode.UNAVAILABLE, client::health);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "PUT | /v1/endpoints/web | {\"colour\":1} | 400 | unknown field 'colour'",
                "PUT | /v1/endpoints/web | {\"mtu\":1} | 400 | field 'mtu' cannot be '1'",
                "PUT | /v1/endpoints/web | {\"mtu\":\"x\"} | 400 | field 'mtu' cannot be 'x'",
                "PUT | /v1/endpoints/web | {\"name\":\"db\"} | 400 | field 'name' says db",
                "PUT | /v1/endpoints/WEB | {} | 400 | parameter 'name' cannot be 'WEB'",
                "PUT | /v1/endpoints/web | {} {} | 400 | ",
                "PUT | /v1/endpoints/web | {x | 400 | not JSON",
                "PUT | /v1/wires/nonsense/sides/a | {} | 400 | parameter 'wire' cannot be 'nonsense'",
                "PUT | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/c | {} | 400 | parameter 'side' cannot be 'c'",
                "PUT | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/a | {} | 400 | field 'generation' is missing",
                "PUT | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/a | {\"generation\":\"0\",\"endpoint\":\"web\",\"peer\":{\"identity\":\"x/y\",\"generation\":\"1\"}} | 400 | field 'generation' cannot be '0'",
                "PUT | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/a | {\"generation\":\"1\",\"endpoint\":\"web\",\"peer\":{\"identity\":\"x\",\"generation\":\"1\"}} | 400 | field 'peer.identity' cannot be 'x'",
                "PUT | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/a | {\"peer\":{\"pats\":[]}} | 400 | unknown field 'peer.pats'",
                "DELETE | /v1/wires/0b6f0000-0000-0000-0000-000000000000/sides/a | | 400 | parameter 'generation' is missing",
                "DELETE | /v1/endpoints/web?force=maybe | | 400 | parameter 'force'",
                "DELETE | /v1/endpoints/web?colour=1 | | 400 | unknown parameter 'colour'",
                "GET | /v1/nothing | | 404 | nothing at /v1/nothing",
                "GET | / | | 404 | nothing at /",
                "POST | /v1/health | | 405 | POST is not for this"
            })
    void whatIsWrongIsSaidPrecisely(String method, String path, String body, int status, String said) throws Exception {
        HttpResponse<String> response = raw(method, path, body == null ? "" : body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains("\"code\"", "\"message\"", "\"hint\"");
        if (said != null) {
            assertThat(response.body()).contains(said);
        }
    }

    @Test
    void aLongBodyIsRefused() throws Exception {
        HttpResponse<String> response = raw("PUT", "/v1/endpoints/web", "x".repeat(70_000));
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(response.body()).contains("64 KiB");
    }

    @Test
    void whoWasRevokedIsCutAndRefusedAndOthersAreNot() throws Exception {
        server.close();
        ledger.close();
        serve(List.of(), new TlsContexts(OwnIdentity.of(HOST)));
        Credentials gone = ACME.issue("gone");
        try (ConnectorClient former = client(gone, Optional.empty());
                Socket carrier = new Socket("127.0.0.1", server.port());
                SSLSocket idle = new TlsContexts(gone).clientSocket(carrier, HOST.identity())) {
            assertThat(former.health().status()).isEqualTo("ok");
            idle.getOutputStream()
                    .write("GET /v1/version HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(idle.getInputStream().read()).isEqualTo('H');

            Map<BigInteger, Instant> revoked = Map.of(gone.certificate().getSerialNumber(), Instant.now());
            RevocationList list = ACME.revocationList(5, revoked);
            assertThat(client.offer(list).news()).isTrue();
            assertThat(client.offer(list).news()).isFalse();
            idle.setSoTimeout(2000);
            idle.getInputStream().readAllBytes();
            assertThatThrownBy(former::health).isInstanceOf(WireException.class);
        }
        assertThat(client.health().status()).isEqualTo("ok");
        RevocationList forged =
                TenantAuthority.create("acme", InstantSource.system()).revocationList(6, Map.of());
        refused(ErrorCode.FORBIDDEN, () -> client.offer(forged));
        assertThat(raw("PUT", "/v1/revocations", "no list").statusCode()).isEqualTo(400);
    }

    @Test
    void whatIsMeasuredIsShownToWhoMaySeeIt() throws Exception {
        stop();
        serve(List.of(ConnectorFileTest.read("""
                grants:
                  - tenant: rival
                    devices: ["rival-*"]
                    namespaces: ["-"]
                    destinations: ["192.0.2.0/24"]
                """).grants().getFirst()));
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(request(1));
        try (ConnectorClient them = client(THEM, Optional.empty())) {
            them.putEndpoint(new EndpointDescription("db", "rival-1", Optional.empty(), false, 1500, Optional.empty()));
        }
        String all = raw("GET", "/v1/metrics", "").body();
        assertThat(all)
                .contains(
                        "virtualwire_endpoint_up{endpoint=\"web\",tenant=\"acme\"} 1.0",
                        "virtualwire_endpoint_up{endpoint=\"db\",tenant=\"rival\"} 1.0",
                        "virtualwire_wire_up{side=\"a\",tenant=\"acme\",wire=\"" + WIRE + "\"} 1.0",
                        "virtualwire_drops_total{reason=\"replayed\"} 9.0",
                        "virtualwire_drops_total{reason=\"underlay_overflow\"} 3.0",
                        "virtualwire_drops_total{reason=\"hold_expired\"} 0.0",
                        "virtualwire_handshakes_refused_total 1.0",
                        "virtualwire_ready{part=\"journal\"} 1.0",
                        "virtualwire_journal_commits_total ",
                        "jvm_memory_used_bytes{");
        String theirs =
                new RawHttps(THEM, server.port()).ask("GET", "/v1/metrics", "").body();
        assertThat(theirs)
                .contains("endpoint=\"db\",tenant=\"rival\"")
                .doesNotContain("acme\"", WIRE.toString(), "jvm_", "journal_", "underlay_overflow\"} 3");
    }

    @Test
    void whenTheCertificateEndsIsMeasuredAndFollowsRenewal() throws Exception {
        stop();
        OwnIdentity self = OwnIdentity.of(ACME.issue("host-a", Duration.ofHours(2)));
        serve(List.of(), new TlsContexts(self));
        assertThat(measured("virtualwire_credentials_expire_seconds")).isBetween(7_000.0, 7_200.0);
        assertThat(measured("virtualwire_credentials_life_seconds")).isEqualTo(7_200);
        self.renew(ACME.issue("host-a", Duration.ofHours(5)));
        assertThat(measured("virtualwire_credentials_expire_seconds")).isBetween(17_800.0, 18_000.0);
    }

    private double measured(String metric) throws Exception {
        return raw("GET", "/v1/metrics", "")
                .body()
                .lines()
                .filter(line -> line.startsWith(metric + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void wiresWhosePeerIsNotHeardAreNamed() throws Exception {
        restart(List.of(grant("t*")));
        dataPlane.heard = false;
        client.putEndpoint(EndpointDescription.named("web"));
        client.connect(request(1));
        assertThat(client.health().status()).isEqualTo("degraded");
        assertThat(client.health().ready()).isTrue();
        assertThat(client.health().parts())
                .contains(
                        new HealthPart("wires", false, "nothing passes by " + WIRE + "/a (no word from acme/host-b)"));
        assertThat(raw("GET", "/v1/metrics", "").body()).contains("virtualwire_ready{part=\"wires\"} 0.0");
        try (ConnectorClient them = client(THEM, Optional.empty())) {
            assertThat(them.health().status()).isEqualTo("ok");
            for (int i = 0; i < 11; i++) {
                them.putEndpoint(EndpointDescription.named("tap" + i));
                them.connect(new ConnectRequest(
                        WireId.named("theirs " + i),
                        Side.A,
                        generation(1),
                        "tap" + i,
                        new PeerDescription(new Identity("rival", "x"), generation(1), List.of(), false),
                        ConnectOptions.DEFAULT,
                        Optional.empty(),
                        Optional.empty()));
            }
            assertThat(them.health().parts().getFirst().detail())
                    .endsWith("(no word from rival/x), and 3 more")
                    .doesNotContain("acme", WIRE.toString());
            assertThat(client.health().parts().getFirst().detail()).contains(" of rival (", ", and 4 more");
        }
        dataPlane.heard = true;
        client.connect(request(2));
        assertThat(client.health().parts().getFirst().detail()).doesNotContain(WIRE.toString());
    }

    @Test
    void whoSaysNothingKeepsNobodyOut() throws Exception {
        client.endpoints();
        try (SilentConnections silent = new SilentConnections(server.port(), 300);
                ConnectorClient other = client(ME, Optional.empty())) {
            assertThat(other.endpoints()).isEmpty();
            assertThat(client.endpoints()).as("a connection that was there").isEmpty();
            await().untilAsserted(() -> assertThat(silent.stillOpen())
                    .as("a quarter of all places are for one source")
                    .isLessThanOrEqualTo(16));
        }
    }

    @Test
    void theContractIsServed() throws Exception {
        HttpResponse<String> contract = raw("GET", "/v1/openapi.yaml", "");
        assertThat(contract.statusCode()).isEqualTo(200);
        assertThat(contract.body()).startsWith("openapi: 3.1.0").contains("/v1/wires/{wire}/sides/{side}");
    }

    private HttpResponse<String> raw(String method, String path, String body) throws Exception {
        return new RawHttps(ME, server.port()).ask(method, path, body);
    }

    private ConnectorClient client(Credentials credentials, Optional<Identity> expected) {
        return new ConnectorClient(new TlsContexts(credentials), new HostAddress("127.0.0.1", server.port()), expected);
    }

    private static Generation generation(long number) {
        return new Generation(number, "");
    }

    private static ConnectRequest request(long generation) {
        return new ConnectRequest(
                WIRE,
                Side.A,
                generation(generation),
                "web",
                new PeerDescription(new Identity("acme", "host-b"), generation(1), List.of("192.0.2.2:7471"), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    private static ConnectRequest plain(ConnectRequest request) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                new ConnectOptions(Role.ACTIVE, true),
                request.relayTo(),
                request.relayFrom());
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
