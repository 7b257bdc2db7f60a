package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Guests of QEMU, moved by {@code wire migrate} between two libvirt daemons, with somebody pinging them every 10 ms. */
@NetnsTest
final class MachineMoveNetnsIT {
    private static final List<String> MODES =
            Boolean.getBoolean("wire.long") ? List.of("tunnelled", "managed", "peer-to-peer") : List.of();
    private static final String WEB = "10.1.0.10";

    @Test
    void aGuestIsAttachedMovedThereAndBackAndLeavesNothing() throws Exception {
        try (MachineLab lab = new MachineLab("n1")) {
            lab.startGuest("web1", "e1", LinuxGuest.named("web1").nic("web1", "52:54:00:00:00:10", WEB + "/24"));
            lab.awaitAnswer(WEB);
            assertThat(lab.said("vm", "ls")).contains("web1", "e1", "running", "lan/web1");

            RunningCommand ping = lab.ping(WEB);
            ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
            JsonNode there = lab.json("migrate", "web1", "--to", "w1");
            assertThat(there.path("to").asText()).isEqualTo("w1");
            lab.awaitOnlyAt("w1", "web1");
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
            Pings pings = MachineLab.pings(ping);
            System.out.println(there + ", then " + MODES + ": " + pings);
            assertThat(pings.duplicates()).isZero();
            assertThat(pings.lost()).isLessThan(pings.sent() / 10);

            // Somebody else moves it, and says so to nobody.
            lab.said("vm", "follow", "web1");
            lab.awaitAwaited(at, "web1");
            ping = lab.ping(WEB);
            ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
            lab.hypervisor(at)
                    .virsh(
                            "migrate",
                            "--live",
                            "--p2p",
                            "web1",
                            lab.hypervisor(from).tcpUri());
            lab.awaitAwaited(from, "web1");
            pings = MachineLab.pings(ping);
            System.out.println("by virsh to " + from + ": " + pings);
            assertThat(pings.duplicates()).isZero();
            assertThat(pings.lost()).isLessThan(pings.sent() / 10);
            assertThat(lab.json("vm", "show", "web1").path("phase").asText()).isEqualTo("done");
            lab.said("vm", "follow", "web1", "--never");
            lab.awaitOnlyAt(from, "web1");
            String left = at;
            at = from;
            from = left;

            // One that is too slow to end is called off by Ctrl-C.
            RunningCommand slow = lab.start("migrate", "web1", "--to", from, "--bandwidth", "1");
            slow.awaitLine(".*MiB left.*", MachineLab.LIMIT);
            slow.signal("INT");
            slow.await(MachineLab.LIMIT);
            assertThat(slow.output()).contains("it stays on " + at + ", because it was called off");
            lab.awaitOnlyAt(at, "web1");
            lab.awaitAnswer(WEB);

            assertThat(lab.run("vm", "detach", "web1").text()).contains("wires go there: lan/web1", "IN_USE");
            lab.said("switch", "unplug", "lan/web1");
            lab.said("vm", "detach", "web1");
            assertThat(lab.json("vm", "ls")).isEmpty();
        }
    }
}
