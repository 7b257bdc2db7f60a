package io.virtualwire.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.WireException;
import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.frame.VirtioFault;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.LoopRunner;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * {@link PacketPort} with a TAP whose descriptor somebody else holds.
 *
 * <pre>
 *   port ── packet socket ── vm-0 (a TAP, in a namespace of its own) ── its descriptor: the guest
 * </pre>
 */
@NetnsTest
class PacketPortNetnsTest extends PortContractTest {

    @Override
    PortHarness open(DatapathLoop owner) {
        return new DescriptorGuest(owner, PacketSocket::open);
    }

    @Test
    void aTagIsGivenBackAndTheChecksumStartsBehindIt() {
        try (DatapathLoop loop = DatapathLoop.start("tags")) {
            DescriptorGuest guest = new DescriptorGuest(loop, PacketSocket::open);
            List<byte[]> seen = collect(loop, guest);
            for (int tags = 0; tags < 3; tags++) {
                byte[] frame = new FrameBuilder(new Random(tags))
                        .tcp(true)
                        .tags(tags)
                        .payload(new byte[9000])
                        .gsoSize(1000)
                        .between(UdpGuest.GUEST, UdpGuest.NEIGHBOUR)
                        .build();

                guest.sends(frame);

                int expected = tags + 1;
                Awaitility.await().until(() -> seen.size() == expected);
                byte[] got = seen.getLast();
                VirtioNetHeader header = new VirtioNetHeader().wrap(got, 0, got.length);
                assertThat(header.validate()).as("%d tags", tags).isEqualTo(VirtioFault.NONE);
                VirtioNetHeader sent = new VirtioNetHeader().wrap(frame.clone(), 0, frame.length);
                assertThat(header.checksumStart()).as("%d tags", tags).isEqualTo(sent.checksumStart());
                assertThat(header.gsoSize()).isEqualTo(1000);
                assertThat(Arrays.copyOfRange(got, 12, got.length))
                        .as("%d tags", tags)
                        .isEqualTo(Arrays.copyOfRange(frame, 12, frame.length));
            }
            LoopRunner.run(loop, guest.port()::close);
            guest.close();
        }
    }

    /** A stranger's ARP request and echo request, for addresses that are the host's own. */
    @Test
    void theHostsOwnStackIsKeptAway() {
        try (DatapathLoop loop = DatapathLoop.start("shield")) {
            DescriptorGuest guest = new DescriptorGuest(loop, PacketSocket::open);
            List<byte[]> seen = collect(loop, guest);
            guest.host().ip("link set lo up");
            guest.host().address("lo", "192.0.2.1/32");
            guest.host().address("vm-0", "10.1.0.1/24");
            byte[] question = HexFormat.of()
                    .parseHex("000000000000000000000000" + "ffffffffffff525400000002" + "0806" + "0001080006040001"
                            + "5254000000020a010002" + "0000000000000a010001");

            assertOnlyThePortSees(guest, seen, question);
            assertOnlyThePortSees(
                    guest,
                    seen,
                    HexFormat.of().parseHex(HexFormat.of().formatHex(question).replace("0a010001", "c0000201")));
            assertThat(guest.host()
                            .run("cat", "/proc/sys/net/ipv6/conf/vm-0/disable_ipv6")
                            .text()
                            .strip())
                    .isEqualTo("1");

            new DeviceShield(new NetworkNamespace(guest.host().name())).lower("vm-0");
            assertThat(guest.host().run("nft", "list", "ruleset").text()).isBlank();
            guest.sends(question);
            Awaitility.await().until(() -> !guest.guestReceived().isEmpty());
            LoopRunner.run(loop, guest.port()::close);
            guest.close();
        }
    }

    /** The port sees the frame, and a while later nobody else has. */
    private static void assertOnlyThePortSees(DescriptorGuest guest, List<byte[]> seen, byte[] frame) {
        seen.clear();
        guest.sends(frame);
        Awaitility.await().until(() -> seen.size() == 1);
        Awaitility.await()
                .during(Duration.ofMillis(200))
                .until(() -> guest.guestReceived().isEmpty());
    }

    @Test
    void whatComesFasterThanItIsReadIsCounted() {
        try (DatapathLoop loop = DatapathLoop.start("overflow")) {
            DescriptorGuest guest = new DescriptorGuest(loop, PacketSocket::open);
            collect(loop, guest);
            byte[] payload = new byte[60_000];
            LoopRunner.run(loop, () -> {
                // The loop reads nothing meanwhile.
                for (int i = 0; i < 2_000; i++) {
                    guest.sends(new FrameBuilder(new Random(1))
                            .tcp(true)
                            .payload(payload)
                            .gsoSize(1400)
                            .build());
                }
            });
            Awaitility.await().until(() -> {
                guest.guestSends(new byte[10]);
                return guest.port().counters().drops().count(DropReason.PORT_OVERFLOW) > 0;
            });
            LoopRunner.run(loop, guest.port()::close);
            guest.close();
        }
    }

    @Test
    void anInterfaceMayGoDownComeUpAndGo() {
        try (DatapathLoop loop = DatapathLoop.start("down")) {
            DescriptorGuest guest = new DescriptorGuest(loop, PacketSocket::open);
            List<byte[]> seen = collect(loop, guest);
            guest.host().ip("link set vm-0 down");
            byte[] frame = guest.frameToGuest(new byte[100]);
            assertThat(LoopRunner.on(loop, () -> guest.port().deliver(frame, 0, frame.length)))
                    .isFalse();
            assertThat(guest.port().counters().drops().count(DropReason.PORT_REFUSED))
                    .isEqualTo(1);

            guest.host().ip("link set vm-0 up");
            guest.guestSends(new byte[100]);
            Awaitility.await().until(() -> !seen.isEmpty());
            assertThat(LoopRunner.on(loop, () -> guest.port().deliver(frame, 0, frame.length)))
                    .isTrue();

            guest.host().ip("link delete vm-0");
            assertThat(LoopRunner.on(loop, () -> guest.port().deliver(frame, 0, frame.length)))
                    .isFalse();
            LoopRunner.run(loop, guest.port()::close);
            guest.close();
        }
    }

    @Test
    void whatIsNotThereIsRefusedWithAReason() {
        assertThatThrownBy(() -> PacketSocket.open(NetworkNamespace.own(), "no-such-0"))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("no-such-0");
        assertThatThrownBy(() -> new DeviceShield(NetworkNamespace.own()).raise("no-such-0"))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("no-such-0");
    }

    private static List<byte[]> collect(DatapathLoop loop, DescriptorGuest guest) {
        List<byte[]> seen = new CopyOnWriteArrayList<>();
        LoopRunner.run(
                loop,
                () -> guest.port()
                        .attach((bytes, offset, length) ->
                                seen.add(Arrays.copyOfRange(bytes, offset, offset + length))));
        return seen;
    }
}
