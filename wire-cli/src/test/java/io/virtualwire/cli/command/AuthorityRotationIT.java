package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.identity.Credentials;
import io.virtualwire.testkit.netns.CommandOutput;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What docs/operations.md tells to do about an authority that is to be replaced, under a ping that never stops: one host has enrolled, the
 * other has a file.
 *
 * <pre>
 *   a: person, authority, connector hosta (its file) ── veth ── b: connector hostb (enrolled)
 *      10.1.0.1 (web) ═══════════════════════ wire ══════════════════════ 10.1.0.2 (db)
 * </pre>
 */
@NetnsTest
final class AuthorityRotationIT {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorityRotationIT.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PROMISE = Duration.ofSeconds(5);
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");
    private static final String ADDRESS_A = "192.0.2.1";
    private static final String ADDRESS_B = "192.0.2.2";

    private Namespaces lab;
    private Namespace a;
    private Namespace b;
    private CommandSession wire;

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
    void nothingIsLostWhileAnotherAuthorityTakesThePlaceOfTheOneBefore() throws Exception {
        // Before there is a service: its certificate does not say where one is.
        Files.createDirectories(home("hosta"));
        Path byHand = home("hosta").resolve("hosta.wire");
        wire.said("identity", "issue", "hosta", "--out", byHand.toString());
        RunningCommand authority = CommandSession.daemon(a, home("person"), "authority", "run", "--address", ADDRESS_A);
        authority.awaitLine("the authority of tenant acme answers.*", LIMIT);
        RunningCommand hosta = connector(a, ADDRESS_A, "hosta", "--identity", byHand.toString());
        String token = JSON.readTree(wire.said("token", "create", "--name", "hostb", "-o", "json"))
                .path("token")
                .asText();
        connector(b, ADDRESS_B, "hostb", "--enrol", token);
        wire.said("host", "add", "hosta", ADDRESS_A);
        wire.said("host", "add", "hostb", ADDRESS_B);
        wire.said("connect", "web@hosta", "db@hostb");
        a.address("web", "10.1.0.1/24");
        b.address("db", "10.1.0.2/24");
        a.run("ping", "-c", "1", "-w", "20", "10.1.0.2");
        Path enrolled = home("hostb").resolve("hostb.wire");
        Path stolen = Files.copy(enrolled, lab.scratch().resolve("stolen.wire"));
        assertThat(asked(stolen)).isZero();

        RunningCommand ping = a.start("ping", "-q", "-i", "0.01", "10.1.0.2");

        RunningCommand killed = CommandSession.daemon(a, home("person"), "identity", "rotate-ca");
        killed.awaitLine(".*waiting until those who follow.*", LIMIT);
        killed.kill();
        assertThat(wire.said("identity", "rotate-ca", "--status")).contains("announced");
        assertThat(wire.said("identity", "rotate-ca")).contains("issues", "hosta", "yes");
        await().atMost(LIMIT).until(() -> isOfAnother(enrolled, stolen));
        assertThat(wire.said("identity", "rotate-ca", "--status")).contains("no certificate of it yet: hosta");
        CommandSession.Result early = wire.run("identity", "rotate-ca", "--retire");
        assertThat(early.status()).isEqualTo(1);
        assertThat(early.text()).contains("hosta would be believed no more", "WRONG_STATE");
        wire.said("identity", "issue", "hosta", "--out", byHand.toString());
        assertThat(asked(stolen)).as("both are believed").isZero();
        hosta.awaitLine(".*uses the credentials of acme/hosta.*", LIMIT);

        Instant retired = Instant.now();
        assertThat(wire.said("identity", "rotate-ca", "--retire")).contains("retired");
        await().pollInterval(Duration.ofMillis(100)).atMost(PROMISE).until(() -> asked(stolen) != 0);
        LOG.info("a certificate of the authority before is refused after {}", Duration.between(retired, Instant.now()));
        await().during(PROMISE).atMost(LIMIT).until(ping::alive);
        ping.signal("INT");
        CommandOutput result = ping.await(LIMIT);
        LOG.info("{}", result.text().lines().toList());
        Matcher counts = COUNTS.matcher(result.text());
        assertThat(counts.find()).as(result.text()).isTrue();
        assertThat(Integer.parseInt(counts.group(1)) - Integer.parseInt(counts.group(2)))
                .as("lost, but for the one that was on its way at the end")
                .isBetween(0, 1);
        assertThat(result.text()).doesNotContain("duplicates");
        assertThat(wire.said("ls")).contains("web");
        assertThat(Credentials.load(enrolled).authorities()).hasSize(1);
        assertThat(home("person").resolve("tenant/former/ca.key")).doesNotExist();
    }

    /** curl's exit status. */
    private int asked(Path credentials) {
        return a.tryRun(
                        "curl",
                        "-skf",
                        "-m",
                        "4",
                        "--cert",
                        credentials.toString(),
                        "https://" + ADDRESS_A + ":7472/v1/health")
                .status();
    }

    private static boolean isOfAnother(Path now, Path before) {
        return !Credentials.load(now).issuer().equals(Credentials.load(before).issuer());
    }

    private RunningCommand connector(Namespace host, String address, String name, String... identity) {
        List<String> arguments = new ArrayList<>(List.of("connector", "run", "--listen", address));
        arguments.addAll(List.of(identity));
        RunningCommand connector = CommandSession.daemon(host, home(name), arguments.toArray(String[]::new));
        connector.awaitLine("connector acme/" + name + " is ready.*", LIMIT);
        return connector;
    }

    private Path home(String name) {
        return lab.scratch().resolve(name);
    }
}
