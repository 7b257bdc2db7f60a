package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.ConnectorLab.awaitAgreed;
import static io.virtualwire.connector.ConnectorLab.sideA;
import static io.virtualwire.connector.ConnectorLab.sideB;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A wire that ends at a TAP whose descriptor a real QEMU has.
 *
 * <pre>
 *   QEMU ── descriptor, web0 ── connector a ══ wire ══ connector b ── db (10.1.0.2)
 * </pre>
 *
 * Its guest runs nothing, but QEMU can be told to announce it, as it does after a migration; and what reaches QEMU it writes
 * to a file.
 */
@NetnsTest
final class QemuNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials A = ACME.issue("host-a");
    private static final Credentials B = ACME.issue("host-b");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String MAC = "52:54:00:00:00:31";
    /** An ARP question of 10.1.0.2: where is 10.1.0.1? */
    private static final String QUESTION = "0a010002" + "000000000000" + "0a010001";

    private final ConnectorLab lab = new ConnectorLab();

    @TempDir
    private Path folder;

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void framesPassBothWaysWhateverBecomesOfTheConnector() {
        RunningCommand first = lab.start(lab.hostA(), ADDRESS_A, A, "");
        lab.start(lab.hostB(), ADDRESS_B, B, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS_B, ME);
        EndpointDescription web =
                new EndpointDescription("web", "web0", Optional.empty(), false, 1500, Optional.of(MAC), true);
        a.putEndpoint(web);
        assertThat(a.endpoints()).singleElement().satisfies(it -> {
            assertThat(it.endpoint()).isEqualTo(web);
            assertThat(it.up()).isTrue();
        });
        b.putEndpoint(EndpointDescription.named("db"));
        lab.hostB().address("db", "10.1.0.2/24");
        a.connect(sideA(B, 1, 1));
        b.connect(sideB(A, 1, 1));
        awaitAgreed(a, b);
        lab.hostA().ip("link set lo up");
        RunningCommand qemu = qemu();

        assertFramesPass();
        assertThat(lab.hostA()
                        .run("cat", "/proc/sys/net/ipv6/conf/web0/disable_ipv6")
                        .text())
                .startsWith("1");

        RunningCommand second = lab.begin(lab.hostA(), ADDRESS_A, A, "", "take-over");
        second.awaitLine("ready", LIMIT);
        first.awaitLine("replaced by " + second.pid(), LIMIT);
        assertFramesPass();

        second.kill();
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        ConnectorClient again = lab.client(lab.hostA(), ADDRESS_A, ME);
        awaitAgreed(again);
        assertFramesPass();

        again.removeEndpoint("web", true);
        assertThat(lab.hostA().tryRun("ip", "link", "show", "web0").succeeded()).isFalse();
        assertThat(lab.hostA().run("nft", "list", "ruleset").text()).isBlank();
        assertThat(qemu.alive()).isTrue();
    }

    private RunningCommand qemu() {
        RunningCommand qemu = lab.hostA()
                .start(
                        "qemu-system-x86_64",
                        "-machine",
                        "pc,accel=tcg",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-m",
                        "16",
                        "-monitor",
                        "unix:" + folder.resolve("monitor") + ",server=on,wait=off",
                        "-netdev",
                        "tap,id=tap,ifname=web0,script=no,downscript=no,vhost=off",
                        "-netdev",
                        "hubport,id=to-tap,hubid=0,netdev=tap",
                        "-netdev",
                        "hubport,id=to-card,hubid=0",
                        "-device",
                        "virtio-net-pci,netdev=to-card,romfile=,mac=" + MAC,
                        // A guest without a driver takes nothing, and QEMU then reads nothing: this one takes all.
                        "-netdev",
                        "socket,id=sink,udp=127.0.0.1:9,localaddr=127.0.0.1:0",
                        "-netdev",
                        "hubport,id=to-sink,hubid=0,netdev=sink",
                        "-object",
                        "filter-dump,id=dump,netdev=tap,file=" + folder.resolve("dump"));
        Awaitility.await("QEMU runs").atMost(LIMIT).until(() -> Files.exists(folder.resolve("monitor")));
        return qemu;
    }

    private void assertFramesPass() {
        RunningCommand capture =
                lab.hostB().start("tcpdump", "-nlei", "db", "-c", "1", "ether proto 0x8035 and ether src " + MAC);
        capture.awaitLine("listening on.*", LIMIT);
        Awaitility.await("QEMU's announcement").atMost(LIMIT).until(() -> {
            lab.hostA()
                    .run(
                            "sh",
                            "-c",
                            "echo announce_self | socat - UNIX-CONNECT:" + folder.resolve("monitor") + " >/dev/null");
            return capture.output().contains("> ff:ff:ff:ff:ff:ff");
        });
        int before = questions();
        lab.hostB().ip("neighbour flush dev db");
        lab.hostB().tryRun("ping", "-c", "1", "-W", "1", "10.1.0.1");
        Awaitility.await("what QEMU gets").atMost(LIMIT).until(() -> questions() > before);
    }

    private int questions() {
        try {
            String dump = HexFormat.of().formatHex(Files.readAllBytes(folder.resolve("dump")));
            return dump.split(QUESTION, -1).length - 1;
        } catch (IOException e) {
            return 0;
        }
    }
}
