package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.connector.succession.Stage;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connector is replaced by another process while frames pass. */
@NetnsTest
final class SuccessionNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials A = ACME.issue("host-a");
    private static final Credentials B = ACME.issue("host-b");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int TIMES = Boolean.getBoolean("wire.long") ? 10 : 2;

    private static final Logger log = LoggerFactory.getLogger(SuccessionNetnsTest.class);

    private final ConnectorLab lab = new ConnectorLab();

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void nothingIsLostHoweverOftenAConnectorIsReplaced() throws Exception {
        RunningCommand running = lab.begin(lab.hostA(), ADDRESS_A, A, "");
        lab.start(lab.hostB(), ADDRESS_B, B, "");
        running.awaitLine("ready acme/", LIMIT);
        lab.connectWebToDb(ME, A, B);
        Pings pings = new Pings(lab.hostA(), "10.1.0.2", 2);
        try (TcpStream stream = new TcpStream(lab.hostB(), "10.1.0.2", lab.hostA());
                Asker asker = new Asker(lab.client(lab.hostA(), ADDRESS_A, ME))) {
            for (int i = 0; i < TIMES; i++) {
                RunningCommand next = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over");
                next.awaitLine("ready acme/", LIMIT);
                running.awaitLine("replaced by " + next.pid(), LIMIT);
                log.info("standing still for {} ms", gap(running, next));
                running = next;
            }
            asker.close();
            log.info(asker.report());
            assertThat(asker.failures())
                    .as("what was asked meanwhile is answered late, on a busy machine too late, and never refused")
                    .allMatch(failure -> failure.endsWith("no answer"));
            log.info("dropped by a: {}", dropped(lab.hostA(), ADDRESS_A));
            log.info("dropped by b: {}", dropped(lab.hostB(), ADDRESS_B));
            log.info("longest ping {} ms; {}", pings.endWithoutALoss(), stream.endWithoutAnError());
        }
        assertThat(lab.client(lab.hostA(), ADDRESS_A, ME).associations()).allMatch(AssociationStatus::up);
    }

    /** What a connector and its kernel count, to tell where a lost frame went. */
    private String dropped(Namespace host, String address) {
        ConnectorClient client = lab.client(host, address, ME);
        Map<String, Long> counted = new TreeMap<>();
        client.endpoints()
                .forEach(it -> it.drops().forEach((reason, count) -> counted.merge(reason, count, Long::sum)));
        client.wires().forEach(it -> it.drops().forEach((reason, count) -> counted.merge(reason, count, Long::sum)));
        client.associations()
                .forEach(it -> it.drops().forEach((reason, count) -> counted.merge(reason, count, Long::sum)));
        counted.values().removeIf(count -> count == 0);
        return counted + " " + host.run("grep", "^Udp:", "/proc/net/snmp") + client.associations();
    }

    /** From when nothing moves to when frames pass again, in milliseconds. */
    private static long gap(RunningCommand from, RunningCommand to) {
        return at(to, Stage.GOES_ON) - at(from, Stage.STANDING_STILL);
    }

    private static long at(RunningCommand process, Stage stage) {
        Matcher line = Pattern.compile("(\\d+) reached " + stage).matcher(process.output());
        assertThat(line.find()).isTrue();
        return Long.parseLong(line.group(1));
    }
}
