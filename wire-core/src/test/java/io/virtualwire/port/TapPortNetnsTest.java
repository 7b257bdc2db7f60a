package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.LoopRunner;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * {@link TapPort} with a kernel behind it.
 *
 * <pre>
 *   port ── tap0 (10.1.0.2, in a namespace of its own) ── UDP socket
 * </pre>
 */
@NetnsTest
class TapPortNetnsTest extends PortContractTest {

    @Override
    PortHarness open(DatapathLoop owner) {
        return new KernelGuest(owner);
    }

    /**
     * Two guests whose TAPs are joined, as a wire would, in this process.
     *
     * <pre>
     *   east (10.1.0.1) tap0 ── TapPort ══ TapPort ── tap0 (10.1.0.2) west
     * </pre>
     */
    @Test
    void tcpPassesInSuperFramesThatAreSound() {
        try (Namespaces lab = Namespaces.open();
                DatapathLoop loop = DatapathLoop.start("joined")) {
            Namespace east = lab.namespace("east");
            Namespace west = lab.namespace("west");
            TapPort left = tap(loop, east, "10.1.0.1/24");
            TapPort right = tap(loop, west, "10.1.0.2/24");
            AtomicInteger largest = new AtomicInteger();
            AtomicLong segmented = new AtomicLong();
            VirtioNetHeader header = new VirtioNetHeader();
            LoopRunner.run(loop, () -> {
                left.attach((bytes, offset, length) -> {
                    largest.accumulateAndGet(length, Math::max);
                    segmented.addAndGet(header.wrap(bytes, offset, length).isGso() ? 1 : 0);
                    right.deliver(bytes, offset, length);
                });
                right.attach(left::deliver);
            });
            RunningCommand server =
                    west.start("sh", "-c", "echo ready; socat -u TCP-LISTEN:5000,reuseaddr STDOUT | sha256sum");
            server.awaitLine("ready", Duration.ofSeconds(5));
            Awaitility.await().until(() -> west.run("ss", "-lnt").text().contains(":5000"));

            String sent = east.tryRun(
                            Duration.ofSeconds(60),
                            "sh",
                            "-c",
                            "head -c 200000000 /dev/zero | openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 2>/dev/null"
                                    + " | tee " + lab.scratch() + "/stream | socat -u STDIN TCP:10.1.0.2:5000;"
                                    + " sha256sum < " + lab.scratch() + "/stream")
                    .orFail()
                    .text();

            assertThat(server.await(Duration.ofSeconds(20)).text()).contains(sent.strip());
            assertThat(largest.get()).as("largest frame").isGreaterThan(60_000);
            assertThat(segmented.get()).as("super-frames").isPositive();
            assertThat(right.counters().drops().snapshot()).isEmpty();
            assertThat(left.counters().drops().snapshot()).isEmpty();
            LoopRunner.run(loop, left::close);
            LoopRunner.run(loop, right::close);
        }
    }

    @Test
    void aGuestWhoseInterfaceIsDownRefuses() {
        try (Namespaces lab = Namespaces.open();
                DatapathLoop loop = DatapathLoop.start("down")) {
            Namespace east = lab.namespace("east");
            TapPort port = tap(loop, east, "10.1.0.1/24");
            LoopRunner.run(loop, () -> port.attach((bytes, offset, length) -> {}));
            east.ip("link set tap0 down");

            assertThat(LoopRunner.on(loop, () -> port.deliver(new byte[72], 0, 72)))
                    .isFalse();
            assertThat(port.counters().drops().count(DropReason.PORT_REFUSED)).isEqualTo(1);

            east.ip("link delete tap0");
            assertThat(LoopRunner.on(loop, () -> port.deliver(new byte[72], 0, 72)))
                    .isFalse();
            LoopRunner.run(loop, port::close);
        }
    }

    @Test
    void anInterfaceThatExistsIsOpenedAndOutlivesThePort() {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            NetworkNamespace where = new NetworkNamespace(east.name());
            InterfaceControl control = new InterfaceControl(where);
            east.ip("tuntap add dev vm0 mode tap vnet_hdr");
            MacAddress mac = MacAddress.parse("52:54:00:00:00:07");
            control.mac("vm0", mac);
            control.mtu("vm0", 9000);

            TapDevice.open(TapRequest.named("vm0").in(where)).close();

            assertThat(control.exists("vm0")).isTrue();
            assertThat(control.mac("vm0")).isEqualTo(mac);
            assertThat(control.mtu("vm0")).isEqualTo(9000);

            TapDevice.open(TapRequest.named("made0").in(where)).close();
            assertThat(control.exists("made0")).isFalse();

            TapDevice.open(TapRequest.named("kept0").in(where).persistent(true)).close();
            assertThat(control.exists("kept0")).isTrue();
            TapDevice again = TapDevice.open(TapRequest.named("kept0").in(where));
            again.forget();
            again.close();
            assertThat(control.exists("kept0")).isFalse();
        }
    }

    @Test
    void whatCannotBeOpenedIsRefusedWithAReason() {
        try (Namespaces lab = Namespaces.open()) {
            NetworkNamespace where = new NetworkNamespace(lab.namespace("east").name());
            TapRequest request = TapRequest.named("tap0").in(where);
            try (TapDevice first = TapDevice.open(request)) {
                assertThat(first.offloadsTcp()).isTrue();
                assertThatThrownBy(() -> TapDevice.open(request))
                        .isInstanceOf(WireException.class)
                        .hasMessageContaining("attach to TAP tap0 in namespace " + where.name());
            }
            assertThatThrownBy(() -> TapDevice.open(TapRequest.named("tap0").in(new NetworkNamespace("no-such-netns"))))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("open network namespace no-such-netns");
            assertThatThrownBy(() -> TapRequest.named("a-name-that-is-too-long"))
                    .isInstanceOf(WireException.class);
        }
    }

    private static TapPort tap(DatapathLoop loop, Namespace namespace, String cidr) {
        NetworkNamespace where = new NetworkNamespace(namespace.name());
        TapDevice device = TapDevice.open(TapRequest.named("tap0").in(where));
        InterfaceControl control = new InterfaceControl(where);
        control.address("tap0", cidr);
        control.up("tap0");
        return new TapPort(new PortId("tap0"), loop, device, control.mtu("tap0"));
    }
}
