package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.Credentials;
import io.virtualwire.testkit.netns.CommandOutput;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tenant's life on two hosts, with certificates of a few seconds.
 *
 * <pre>
 *   a: person, authority, connector hosta ── veth ── b: connector hostb
 *      10.1.0.1 (web) ═══════════════════ wire ═══════════════════ 10.1.0.2 (db)
 * </pre>
 */
@NetnsTest
final class EnrolmentIT {
    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PROMISE = Duration.ofSeconds(5);
    private static final String ADDRESS_A = "192.0.2.1";
    private static final String ADDRESS_B = "192.0.2.2";
    private static final int PINGS = 850;

    private Namespaces lab;
    private Namespace a;
    private Namespace b;
    private CommandSession wire;
    private final SecretsInUse secrets = new SecretsInUse();

    @BeforeEach
    void open() throws IOException {
        lab = Namespaces.open();
        a = lab.namespace("a");
        b = lab.namespace("b");
        lab.veth(a, "eth0", ADDRESS_A + "/24", b, "eth0", ADDRESS_B + "/24");
        wire = new CommandSession(a, home("person"));
    }

    @AfterEach
    void close() {
        wire.close();
        lab.close();
    }

    @Test
    void hostsEnrolRenewUnderTrafficAndAreRevoked() throws Exception {
        RunningCommand authority = secrets.watch(
                CommandSession.daemon(a, home("person"), "authority", "run", "--address", ADDRESS_A, "--life", "6s"));
        authority.awaitLine("the authority of tenant acme answers.*", LIMIT);
        connector(a, ADDRESS_A, "hosta", token("hosta"));
        String token = token("hostb");
        RunningCommand hostb = connector(b, ADDRESS_B, "hostb", token);
        String tokens = wire.said("token", "ls");
        assertThat(tokens).contains("used");
        secrets.said(tokens);

        RunningCommand thief = secrets.watch(CommandSession.daemon(
                b, home("thief"), "connector", "run", "--enrol", token, "--port", "0", "--api-port", "0"));
        thief.awaitLine(".*was used at .* by somebody with another key.*", LIMIT);

        secrets.assertNoCommandLineHasOne();
        wire.said("host", "add", "hosta", ADDRESS_A);
        wire.said("host", "add", "hostb", ADDRESS_B);
        wire.said("connect", "web@hosta", "db@hostb");
        a.address("web", "10.1.0.1/24");
        b.address("db", "10.1.0.2/24");
        a.run("ping", "-c", "1", "-w", "20", "10.1.0.2");

        nothingIsLostWhileCertificatesComeAndGo();
        secretsThatAreAskedForAreNotTold();

        // The authority alone must be able to tell it, too: the person's commands know nobody now.
        wire.said("host", "rm", "hosta");
        wire.said("host", "rm", "hostb");
        RunningCommand endless = a.start("ping", "-i", "0.05", "-O", "10.1.0.2");
        await().until(() -> endless.output().contains("bytes from"));
        Instant asked = Instant.now();
        wire.said("identity", "revoke", "hostb");
        await().pollInterval(Duration.ofMillis(20))
                .atMost(PROMISE)
                .until(() -> endless.output().contains("no answer yet"));
        LOG.info("traffic of the revoked host stopped after {}", Duration.between(asked, Instant.now()));
        endless.close();
        hostb.awaitLine(".*(cannot renew|revoked).*", LIMIT);
        assertThat(a.tryRun("ping", "-c", "3", "-i", "0.2", "-W", "1", "10.1.0.2")
                        .status())
                .as("it is refused when it comes back")
                .isNotZero();

        hostb.close();
        connector(b, ADDRESS_B, "hostb", token("hostb"));
        a.run("ping", "-c", "1", "-w", "20", "10.1.0.2");

        secrets.keysIn(lab.scratch());
        LOG.info("{} pieces of secrets are looked for", secrets.count());
        assertThat(secrets.count()).isGreaterThan(10);
        secrets.assertKept(lab.scratch());
    }

    /** By mistakes of those who have some, and by whoever may look at figures. */
    private void secretsThatAreAskedForAreNotTold() throws IOException {
        Path body = lab.scratch().resolve("mistake.token-text");
        String known = EnrolmentToken.parse(Files.readString(file("hosta"))).secret();
        for (String mistake : List.of("{\"secret\":%s}", "{\"secret\":\"%s\",\"request\":\"no request\"}", "%s")) {
            Files.writeString(body, mistake.formatted(known));
            secrets.said(a.run("curl", "-sk", "--data", "@" + body, "https://" + ADDRESS_A + ":7491/v1/enrol")
                    .text());
        }
        String admin = home("person").resolve("admin.wire").toString();
        for (String address : List.of(ADDRESS_A, ADDRESS_B)) {
            for (String what : List.of("metrics", "health", "associations")) {
                secrets.said(a.run("curl", "-skf", "--cert", admin, "https://" + address + ":7472/v1/" + what)
                        .text());
            }
        }
        Files.writeString(file("broken"), Files.readString(file("hosta")).strip() + "x");
        RunningCommand broken = secrets.watch(CommandSession.daemon(
                b, home("thief"), "connector", "run", "--enrol", "@" + file("broken"), "--port", "0"));
        broken.awaitLine(".*not a token.*|.*cannot.*", LIMIT);
    }

    private void nothingIsLostWhileCertificatesComeAndGo() {
        Set<BigInteger> serials = new HashSet<>();
        RunningCommand ping = a.start("ping", "-q", "-i", "0.01", "-c", Integer.toString(PINGS), "10.1.0.2");
        await().pollInterval(Duration.ofMillis(100)).atMost(LIMIT).until(() -> {
            serials.add(Credentials.load(home("hostb").resolve("hostb.wire"))
                    .certificate()
                    .getSerialNumber());
            secrets.keysIn(home("hostb"));
            return !ping.alive();
        });
        CommandOutput result = ping.await(LIMIT);
        LOG.info("{} certificates: {}", serials.size(), result.text().lines().toList());
        assertThat(result.text()).contains(" 0% packet loss");
        assertThat(serials).hasSizeGreaterThanOrEqualTo(2);
    }

    private String token(String name) throws IOException {
        String token = JSON.readTree(wire.said("token", "create", "--name", name, "-o", "json"))
                .path("token")
                .asText();
        secrets.token(token, EnrolmentToken.parse(token).secret());
        Files.writeString(file(name), token + "\n");
        return "@" + file(name);
    }

    private Path file(String name) {
        return lab.scratch().resolve(name + ".token-text");
    }

    private RunningCommand connector(Namespace host, String address, String name, String token) {
        RunningCommand connector = secrets.watch(CommandSession.daemon(
                host, home(name), "connector", "run", "--enrol", token, "--listen", address, "--log-level", "debug"));
        connector.awaitLine("connector acme/" + name + " is ready.*", LIMIT);
        return connector;
    }

    private Path home(String name) {
        return lab.scratch().resolve(name);
    }
}
