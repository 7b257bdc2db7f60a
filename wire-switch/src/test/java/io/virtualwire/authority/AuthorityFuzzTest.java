package io.virtualwire.authority;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.Identity;
import io.virtualwire.enrolment.Enrolment;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.identity.WireHome;
import io.virtualwire.testkit.RawConnection;
import io.virtualwire.testkit.fuzz.Absurd;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests to the authority's service as no daemon should make them: refused with a reason; nobody becomes a member by one. */
@Timeout(180)
class AuthorityFuzzTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration DAY = Duration.ofHours(24);

    @TempDir
    private Path folder;

    @Test
    void requestsAreAnswered() throws Exception {
        WireHome home = new WireHome(folder.resolve("home"));
        home.createAuthority("acme", CLOCK);
        // What is spoiled is the same in every run, or a seed would say nothing.
        Registrar registrar = Registrar.of(home, CLOCK, new SplittableRandom(1));
        registrar.issue("gone", DAY);
        registrar.revoke("gone");
        try (AuthorityServer server = AuthorityServer.start(registrar, DAY, "127.0.0.1", 0, CLOCK)) {
            HostAddress address = new HostAddress("127.0.0.1", server.port());
            String used = registrar.createToken("used", DAY, address).secret();
            TlsContexts hostb = new TlsContexts(registrar.issue("hostb", DAY));
            try (RawConnection connection = new RawConnection(
                    hostb, new Identity("acme", TenantAuthority.SERVICE), "127.0.0.1", server.port())) {
                int[] enrolled = {0};
                Fuzz.of("requests to the authority")
                        .stillWorks(() -> {
                            String name = "good-" + enrolled[0]++;
                            EnrolmentToken token = registrar.createToken(name, DAY, address);
                            assertThat(new Enrolment(folder.resolve(name + ".wire"), CLOCK)
                                            .by(token)
                                            .identity()
                                            .name())
                                    .isEqualTo(name);
                        })
                        .run(400, new SpoiledText(requests(used), 40_000, "secret", "request"), input -> {
                            RawConnection.Answer answer = connection.ask(input);
                            if (answer.status() >= 500 || answer.status() < 200) {
                                throw new AssertionError(
                                        "answered with " + answer + " to " + new String(input, StandardCharsets.UTF_8));
                            }
                            if (answer.status() >= 400 && !answer.body().isEmpty()) {
                                assertThat(answer.body()).contains("\"code\"", "\"message\"");
                                assertThat(answer.body()).doesNotContain("\"INTERNAL\"", used);
                            }
                        });
            }
            try (RawConnection connection = new RawConnection(
                    hostb, new Identity("acme", TenantAuthority.SERVICE), "127.0.0.1", server.port())) {
                for (Map.Entry<String, String> absurd : Absurd.json("secret").entrySet()) {
                    RawConnection.Answer answer =
                            connection.ask(("POST /v1/enrol\n\n" + absurd.getValue()).getBytes(StandardCharsets.UTF_8));
                    assertThat(answer.status()).as(absurd.getKey()).isBetween(400, 499);
                    assertThat(answer.body()).as(absurd.getKey()).hasSizeLessThan(5_000);
                }
            }
            assertThat(registrar.members())
                    .extracting(member -> member.identity().name())
                    .allMatch(name -> name.matches("good-\\d+|gone|hostb|used"));
        }
    }

    private static List<String> requests(String secret) throws IOException {
        String renewal = applicant("hostb");
        String request = applicant("used");
        return List.of(
                "POST /v1/enrol\n\n{\"secret\":\"" + secret + "\",\"request\":\"" + request + "\"}",
                "POST /v1/enrol\n\n{\"secret\":\"none\",\"request\":\"" + request + "\"}",
                "POST /v1/renew\n\n{\"request\":\"" + renewal + "\"}",
                "GET /v1/revocations?after=0\n\n",
                "GET /v1/revocations?wait=0\n\n");
    }

    /** What {@code Applicant.named(new Identity("acme", name)).request()} once was; its key is lost. */
    private static String applicant(String name) throws IOException {
        try (InputStream file = AuthorityFuzzTest.class.getResourceAsStream("acme-" + name + ".csr")) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII).replace("\n", "\\n");
        }
    }
}
