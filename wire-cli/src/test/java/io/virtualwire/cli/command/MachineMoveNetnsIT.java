package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Guests of QEMU, moved by {@code wire migrate} between two libvirt daemons, with somebody pinging them every 10 ms. */
@NetnsTest
final class MachineMoveNetnsIT {
    private static final List<String> MODES =
            Boolean.getBoolean("wire.long") ? List.of("tunnelled", "managed", "peer-to-peer") : List.of();
    private static final String WEB = "10.1.0.10";
    private static final String WEB_DMZ = "10.2.0.10";

    @Test
    void aGuestWithTwoInterfacesMovesWithBothItsSwitchesAndBackAndLeavesNothing() throws Exception {
        try (MachineLab lab = new MachineLab("n1", "n2@west")) {
            lab.createSwitch("dmz", "10.2.0.1/24", "n1");
            attachStoppedAndRunning(lab);
            assertThat(lab.said("migrate", "--all", "--from", "east", "--to", "west", "--plan"))
                    .contains("web1", "lan", "dmz", "w1", "n2", "MiB are left there");

            // The guest and its switches, which the pinger stays behind.
            List<RunningCommand> pinging = List.of(lab.ping(WEB), lab.ping(WEB_DMZ));
            pinging.forEach(each -> each.awaitLine("64 bytes.*", MachineLab.LIMIT));
            stopOnTheWay(lab);
            JsonNode all = lab.json("migrate", "--all", "--from", "east", "--to", "west");
            assertThat(all.path("state").asText()).isEqualTo("done");
            assertThat(all.path("steps")).hasSizeLessThan(3);
            assertThat(lab.json("switch", "ls").findValuesAsText("node")).containsOnly("n2");
            lab.awaitOnlyAt("w1", "web1");
            assertThat(lab.run("migrate", "--all", "--from", "east", "--to", "west")
                            .text())
                    .contains("all 0 moved");
            String at = "w1";
            String from = "e1";
            for (String mode : MODES) {
                JsonNode next = lab.json("migrate", "web1", "--to", from, "--mode", mode);
                System.out.println(next);
                lab.awaitOnlyAt(from, "web1");
                String before = at;
                at = from;
                from = before;
            }
            lab.awaitAnswer(WEB);
            lab.awaitAnswer(WEB_DMZ);
            for (RunningCommand each : pinging) {
                Pings seen = MachineLab.pings(each);
                System.out.println(all.path("steps") + ", then " + MODES + ": " + seen);
                assertThat(seen.duplicates()).isZero();
                assertThat(seen.lost()).isLessThan(seen.sent() / 10);
            }

            // Somebody else moves it, and says so to nobody.
            lab.said("vm", "follow", "web1");
            lab.awaitAwaited(at, "web1");
            RunningCommand ping = lab.ping(WEB);
            ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
            lab.hypervisor(at)
                    .virsh(
                            "migrate",
                            "--live",
                            "--p2p",
                            "web1",
                            lab.hypervisor(from).tcpUri());
            lab.awaitAwaited(from, "web1");
            Pings pings = MachineLab.pings(ping);
            System.out.println("by virsh to " + from + ": " + pings);
            assertThat(pings.duplicates()).isZero();
            assertThat(pings.lost()).isLessThan(pings.sent() / 10);
            assertThat(lab.json("vm", "show", "web1").path("phase").asText()).isEqualTo("done");
            lab.said("vm", "follow", "web1", "--never");
            lab.awaitOnlyAt(from, "web1");
            String left = at;
            at = from;
            from = left;

            // Its hypervisor does not take it: there is another machine of that name. More in MachineFaultsNetnsIT.
            // What virsh left of the one that it moved.
            lab.hypervisor(from).virsh("undefine", "web1");
            lab.hypervisor(from).define(LinuxGuest.named("web1"));
            assertThat(lab.run("migrate", "web1", "--to", from).text()).contains("already exists");
            lab.hypervisor(from).virsh("undefine", "web1");
            lab.awaitOnlyAt(at, "web1");

            // One that is too slow to end is called off by Ctrl-C.
            RunningCommand slow = lab.start("migrate", "web1", "--to", from, "--bandwidth", "1");
            slow.awaitLine(".*MiB left.*", MachineLab.LIMIT);
            slow.signal("INT");
            slow.await(MachineLab.LIMIT);
            assertThat(slow.output()).contains("it stays on " + at + ", because it was called off");
            lab.awaitOnlyAt(at, "web1");
            lab.awaitAnswer(WEB);
            lab.awaitAnswer(WEB_DMZ);

            assertThat(lab.run("vm", "detach", "web1").text()).contains("wires go there: ", "lan/web1", "IN_USE");
            lab.said("switch", "unplug", "lan/web1");
            lab.said("switch", "unplug", "dmz/web1");
            lab.said("vm", "detach", "web1");
            assertThat(lab.json("vm", "ls")).isEmpty();
        }
    }

    /** The first interface has a TAP that the connector was told to make beforehand, the second one that libvirt makes. */
    private static void attachStoppedAndRunning(MachineLab lab) throws Exception {
        LinuxGuest guest = LinuxGuest.named("web1")
                .nic("web1", "52:54:00:00:00:10", WEB + "/24")
                .nic("web1b", "52:54:00:00:00:11", WEB_DMZ + "/24");
        lab.said("endpoint", "add", "web1-lan", "--host", "e1", "--tap", "web1", "--device-side");
        lab.define("web1", "e1", guest.domain().replace("dev='web1b' managed='no'", "dev='web1b'"));
        assertThat(lab.said("vm", "attach", "web1", "--host", "e1")).contains("52:54:00:00:00:10", "endpoint web1-lan");
        assertThat(lab.said("vm", "ls")).contains("web1", "e1", "stopped", "web1-lan");
        lab.said("switch", "plug", "lan/web1", "web1-lan");

        lab.hypervisor("e1").virsh("start", "web1");
        assertThat(lab.said("vm", "attach", "web1:1", "--host", "e1", "--as", "web1-dmz"))
                .contains("52:54:00:00:00:11", "endpoint web1-dmz");
        lab.said("switch", "plug", "dmz/web1", "web1-dmz");
        lab.awaitAnswer(WEB);
        lab.awaitAnswer(WEB_DMZ);
        assertThat(lab.said("vm", "ls")).contains("web1", "e1", "running", "web1-lan web1-dmz", "lan/web1");
        assertThat(lab.said("vm", "show", "web1"))
                .contains("on e1, running", "web1-lan", "lan/web1", "web1b", "web1-dmz", "dmz/web1");
    }

    /** Ctrl-C lets what is on its way arrive, and nothing further begin; the same command goes on. */
    private static void stopOnTheWay(MachineLab lab) {
        RunningCommand all = lab.start("migrate", "--all", "--from", "east", "--to", "west", "--bandwidth", "1");
        all.awaitLine(".*\\[\\d/3] web1 .*", MachineLab.LIMIT);
        all.signal("INT");
        all.awaitLine("stopping: no further step begins.*", MachineLab.LIMIT);
        Awaitility.await("what is on its way arrives").atMost(MachineLab.LIMIT).until(() -> {
            lab.hypervisor("e1").tryVirsh("migrate-setspeed", "web1", "1000");
            return !all.alive();
        });
        System.out.println(all.output());
        lab.awaitOnlyAt("w1", "web1");
    }
}
