package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A machine that no hypervisor of the fabric knows, and whose wires follow it: a QEMU by itself, which is moved by its own monitor, then
 * stopped here and started there.
 */
@NetnsTest
final class OtherToolsNetnsIT {
    private static final String MAC = "52:54:00:00:00:10";
    private static final String ADDRESS = "10.1.0.10";
    private static final String WEST = "192.0.2.2";
    /** Outside of what the kernel gives out, and alone in its namespace. */
    private static final String PORT = "4440";

    private static final LinuxGuest WEB = LinuxGuest.named("web1").nic("web1", MAC, ADDRESS + "/24");

    @TempDir
    private Path folder;

    @TestFactory
    Stream<DynamicTest> theWiresOfAPlainQemuFollowIt() {
        return LongRun.of("by its own migration, then by a stop here and a start there", this::followed);
    }

    private void followed() throws Exception {
        try (MachineLab lab = new MachineLab("n1")) {
            lab.said("vm", "attach", "web1", "--host", "e1", "--device", "web1", "--mac", MAC);
            lab.said("switch", "plug", "lan/web1", "web1");
            try (RunningCommand here = qemu(lab, "e1", "here")) {
                lab.awaitAnswer(ADDRESS);
                String identity = lab.identity(ADDRESS);
                lab.said("vm", "follow", "web1", "--place", "e1", "--place", "w1");
                awaitReadyAt(lab, "w1");

                RunningCommand ping = lab.ping(ADDRESS);
                ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
                try (RunningCommand there = qemu(lab, "w1", "there", "-incoming", "tcp:" + WEST + ":" + PORT)) {
                    monitor(lab, "e1", "here", "migrate -d tcp:" + WEST + ":" + PORT);
                    awaitPlace(lab, "w1");
                    lab.awaitAnswer(ADDRESS);
                    Pings pings = MachineLab.pings(ping);
                    System.out.println("moved by its monitor: " + pings);
                    assertThat(pings.duplicates()).isZero();
                    assertThat(pings.lost()).isLessThan(pings.sent() / 100);
                    assertThat(lab.identity(ADDRESS))
                            .as("the same running machine")
                            .isEqualTo(identity);
                    assertThat(monitor(lab, "e1", "here", "info status")).contains("postmigrate");
                    here.kill();
                    awaitReadyAt(lab, "e1");
                    there.kill();
                }
            }
            try (RunningCommand again = qemu(lab, "e1", "again")) {
                awaitPlace(lab, "e1");
                lab.awaitAnswer(ADDRESS);
                assertThat(again.alive()).isTrue();
                assertThat(lab.json("switch", "show", "lan").toString()).contains("web1");
            }
        }
    }

    private RunningCommand qemu(MachineLab lab, String host, String name, String... more) {
        List<String> command = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-machine",
                "pc,accel=tcg",
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-m",
                Integer.toString(WEB.memoryMebibytes()),
                "-kernel",
                LinuxGuest.kernel().toString(),
                "-initrd",
                LinuxGuest.ramdisk().toString(),
                "-append",
                WEB.commandLine(),
                "-serial",
                "file:" + folder.resolve(name + ".console"),
                "-monitor",
                "unix:" + folder.resolve(name) + ",server=on,wait=off",
                "-netdev",
                "tap,id=tap,ifname=web1,script=no,downscript=no,vhost=off",
                "-device",
                "virtio-net-pci,netdev=tap,romfile=,host_mtu=1500,mac=" + MAC));
        command.addAll(Arrays.asList(more));
        RunningCommand qemu = lab.namespace(host).start(command.toArray(String[]::new));
        Awaitility.await("QEMU runs").atMost(MachineLab.LIMIT).until(() -> Files.exists(folder.resolve(name)));
        return qemu;
    }

    private String monitor(MachineLab lab, String host, String name, String said) {
        String talk = "printf '%s\\n' '" + said + "' | timeout 5 socat -t 1 - unix:" + folder.resolve(name);
        return lab.namespace(host).run("bash", "-c", talk).text();
    }

    private static void awaitReadyAt(MachineLab lab, String host) {
        Awaitility.await("web1 is awaited at " + host).atMost(MachineLab.LIMIT).untilAsserted(() -> {
            JsonNode vm = lab.json("vm", "show", "web1");
            assertThat(vm.at("/standbys/0/host").asText()).as(vm.toString()).isEqualTo(host);
            assertThat(vm.at("/standbys/0/ready").asBoolean()).as(vm.toString()).isTrue();
        });
    }

    private static void awaitPlace(MachineLab lab, String host) {
        Awaitility.await("web1 is followed to " + host)
                .atMost(MachineLab.LIMIT)
                .untilAsserted(() -> assertThat(
                                lab.json("vm", "show", "web1").path("host").asText())
                        .isEqualTo(host));
    }
}
