package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.HostAddress;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.testkit.RawConnection;
import io.virtualwire.testkit.fuzz.Absurd;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests to a running connector's interface as no client should make them: an answer that says what is wrong, never a failure. */
@Timeout(180)
class RestFuzzTest {
    private static final String WIRE = "/v1/wires/0b6f0000-0000-4000-8000-000000000001";

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials host = acme.issue("host-a");
    private final Credentials me = acme.issue("me");

    @TempDir
    private Path folder;

    @Test
    void requestsAreAnswered() throws Exception {
        try (DurableLedger ledger = DurableLedger.open(folder, false);
                ApiServer server = serve(ledger);
                ConnectorClient client = new ConnectorClient(
                        new TlsContexts(me), new HostAddress("127.0.0.1", server.port()), Optional.empty());
                RawConnection connection =
                        new RawConnection(new TlsContexts(me), host.identity(), "127.0.0.1", server.port())) {
            client.putEndpoint(EndpointDescription.named("kept"));
            Fuzz.of("REST requests to a connector")
                    .stillWorks(() -> {
                        EndpointStatus made = client.putEndpoint(EndpointDescription.named("good"));
                        assertThat(client.endpoints()).contains(made);
                        client.removeEndpoint("good", true);
                    })
                    .run(600, new SpoiledText(requests(), 80_000, "force", "standby", "relayTo"), input -> {
                        RawConnection.Answer answer = connection.ask(input);
                        String text = new String(input, StandardCharsets.UTF_8);
                        if (answer.status() >= 500 || answer.status() < 200) {
                            throw new AssertionError("answered with " + answer + " to " + text);
                        }
                        if (answer.status() >= 400 && !answer.body().isEmpty()) {
                            assertThat(answer.body()).contains("\"code\"", "\"message\"", "\"hint\"");
                            assertThat(answer.body()).doesNotContain("\"INTERNAL\"");
                        }
                    });
        }
    }

    @Test
    void whatIsAbsurdIsRefused() throws Exception {
        try (DurableLedger ledger = DurableLedger.open(folder, false);
                ApiServer server = serve(ledger);
                RawConnection connection =
                        new RawConnection(new TlsContexts(me), host.identity(), "127.0.0.1", server.port())) {
            for (String to : List.of("PUT /v1/endpoints/web", "PUT " + WIRE + "/sides/a")) {
                for (Map.Entry<String, String> absurd : Absurd.json("device").entrySet()) {
                    RawConnection.Answer answer =
                            connection.ask((to + "\n\n" + absurd.getValue()).getBytes(StandardCharsets.UTF_8));
                    assertThat(answer.status()).as(to + ": " + absurd.getKey()).isEqualTo(400);
                    assertThat(answer.body())
                            .as(to + ": " + absurd.getKey())
                            .contains("BAD_REQUEST")
                            .hasSizeLessThan(5_000);
                }
            }
            assertThat(ledger.<Integer>read(it -> it.endpoints().size())).isZero();
        }
    }

    private ApiServer serve(DurableLedger ledger) {
        AuditTrail trail = new AuditTrail(new AuditFile(Path.of("/dev/null")), InstantSource.system());
        HostService service = new HostService(
                new ConnectorIdentity(OwnIdentity.of(host), "one", "0.1", List.of("192.0.2.1")),
                new Admission("acme", List.of()),
                ledger,
                new FakeEndpointHost(),
                new FakeDataPlane(),
                () -> Instant.EPOCH.plusSeconds(7),
                new ReloadSource("connector"),
                new ProcessMetrics(),
                trail);
        return ApiServer.start(new TlsContexts(host), "127.0.0.1", 0, service, trail);
    }

    /** Method, address, and after an empty line the body. */
    private static List<String> requests() {
        return List.of(
                "PUT /v1/endpoints/web\n\n{\"device\":\"web\",\"mtu\":1500,\"existing\":false,\"mac\":\"02:00:00:00:00:01\"}",
                "PUT /v1/endpoints/db\n\n{\"name\":\"db\",\"namespace\":\"guest-1\"}",
                "DELETE /v1/endpoints/db?force=true\n\n",
                "PUT " + WIRE + "/sides/a\n\n{\"generation\":\"1:me\",\"endpoint\":\"kept\",\"peer\":{\"identity\":"
                        + "\"acme/far\",\"generation\":\"1\",\"paths\":[\"192.0.2.2:7471\"],\"fence\":false},"
                        + "\"options\":{\"role\":\"standby\",\"plain\":false}}",
                "POST " + WIRE + "/sides/a/activate?generation=1\n\n",
                "DELETE " + WIRE + "/sides/a?generation=1\n\n",
                "GET " + WIRE + "\n\n",
                "GET /v1/associations\n\n",
                "GET /v1/health\n\n");
    }
}
