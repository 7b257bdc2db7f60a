package io.virtualwire.cloud.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.ec2.standin.NamespaceMachines;
import io.virtualwire.cloud.spi.Admission;
import io.virtualwire.cloud.spi.CloudHost;
import io.virtualwire.cloud.spi.CommandResult;
import io.virtualwire.cloud.spi.HostOrder;
import io.virtualwire.cloud.spi.HostShell;
import io.virtualwire.testkit.netns.NetnsTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real packets between real hosts: who is admitted comes through, to that port, and nobody else. */
@NetnsTest
final class PacketsTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int PORT = 7471;

    private final String prefix = "vp" + Long.toString(System.nanoTime() % 2_176_782_336L, 36);
    private final String publicPrefix = "198." + ThreadLocalRandom.current().nextInt(18, 20) + "."
            + ThreadLocalRandom.current().nextInt(256) + ".";

    @TempDir
    Path folder;

    @Test
    void onlyPeersThatAreAdmittedComeThroughAndPacketsHaveTheirSizes() {
        try (Lab lab = new Lab(
                        new NamespaceMachines(prefix, publicPrefix, folder.resolve("machines")), publicPrefix, folder);
                Ec2CloudAdapter cloud = lab.adapter()) {
            CloudHost one = cloud.launch(HostOrder.of("one"));
            CloudHost two = cloud.launch(HostOrder.of("two"));
            CloudHost three = cloud.launch(HostOrder.of("three"));
            try (HostShell server = cloud.shell(one);
                    HostShell friend = cloud.shell(two);
                    HostShell stranger = cloud.shell(three)) {
                server.run(
                        LIMIT,
                        List.of(
                                "sh",
                                "-c",
                                "setsid -f socat TCP-LISTEN:" + PORT
                                        + ",fork,reuseaddr SYSTEM:'echo hello' </dev/null >/dev/null 2>&1"));
                assertThat(connects(friend, one)).isFalse();
                cloud.admit("one", Set.of(new Admission("two", two.addressFor(one), Admission.Protocol.TCP, PORT)));
                assertThat(connects(friend, one)).isTrue();
                assertThat(connects(stranger, one)).isFalse();
                cloud.admit("one", Set.of(new Admission("three", three.addressFor(one), Admission.Protocol.TCP, PORT)));
                assertThat(connects(friend, one)).isFalse();
                assertThat(connects(stranger, one)).isTrue();

                lab.letPingsIn("one");
                assertThat(pings(friend, one, 9001)).isTrue();
                assertThat(pings(friend, one, 9002)).isFalse();
            }
        }
    }

    private static boolean connects(HostShell from, CloudHost to) {
        CommandResult result = from.run(
                LIMIT,
                List.of(
                        "socat",
                        "-T2",
                        "-",
                        "TCP:" + to.inside().getHostAddress() + ":" + PORT + ",connect-timeout=1"));
        return result.output().contains("hello");
    }

    private static boolean pings(HostShell from, CloudHost to, int packet) {
        return from.run(
                        LIMIT,
                        List.of(
                                "ping",
                                "-c",
                                "1",
                                "-W",
                                "2",
                                "-M",
                                "do",
                                "-s",
                                Integer.toString(packet - 28),
                                to.inside().getHostAddress()))
                .succeeded();
    }
}
