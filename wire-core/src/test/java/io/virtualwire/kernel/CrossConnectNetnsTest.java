package io.virtualwire.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.BpfFileSystem;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.linux.TrafficControl;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RawSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wires that the kernel forwards between two hosts on one underlay. */
@NetnsTest
@Timeout(60)
class CrossConnectNetnsTest {
    private static final String GUEST_A = "10.9.0.1";
    private static final String GUEST_B = "10.9.0.2";
    private static final int STREAM_BYTES = 30_000_000;
    private static final HexFormat HEX = HexFormat.of();

    private Namespaces lab;
    private KernelHost a;
    private KernelHost b;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        a = new KernelHost(lab, "a", 1, GUEST_A);
        b = new KernelHost(lab, "b", 2, GUEST_B);
        KernelHost.join(lab, 1500, a, b);
    }

    @AfterEach
    void remove() {
        KernelHost.remove(lab, a, b);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void framesPassBothWaysWithTheirOffloadsAndTags(boolean straight) throws Exception {
        KernelHost.wire(a, b, straight);
        a.guest().run("ping", "-c", "3", "-i", "0.01", "-W", "2", GUEST_B);

        stream();
        SideReport sent = a.report();
        assertThat(sent.sentBytes()).isGreaterThan(STREAM_BYTES);
        assertThat(sent.sentBytes() / sent.sentFrames())
                .as("super-frames cross whole")
                .isGreaterThan(3_000);
        assertThat(b.report().receivedBytes()).isBetween((long) STREAM_BYTES, sent.sentBytes());

        byte[] tagged = HEX.parseHex("000000000000000000000000" + "525400000002" + "525400000001" + "8100" + "6007"
                + "88b5" + "00".repeat(50));
        try (PacketSocket from = PacketSocket.open(a.guestNamespace(), "eth0");
                PacketSocket to = PacketSocket.open(b.guestNamespace(), "eth0")) {
            assertThat(from.send(tagged, 0, tagged.length)).isPositive();
            await().until(() -> heardTag(to) == 0x6007);
        }
        assertThat(a.crossConnect().drops().values()).allMatch(count -> count == 0);
        assertThat(b.crossConnect().drops().values()).allMatch(count -> count == 0);
    }

    private static int heardTag(PacketSocket socket) {
        int heard = 0;
        int count = socket.receive();
        for (int i = 0; i < count; i++) {
            heard = socket.tagType(i) == 0x8100 ? socket.tag(i) : heard;
        }
        return heard;
    }

    private void stream() throws Exception {
        try (ServerSocket server =
                        b.guestNamespace().call(() -> new ServerSocket(0, 1, InetAddress.ofLiteral(GUEST_B)));
                Socket from = a.guestNamespace().call(() -> new Socket(GUEST_B, server.getLocalPort()));
                Socket to = server.accept()) {
            byte[] block = new byte[100_000];
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    for (int at = 0; at < STREAM_BYTES; at += block.length) {
                        block[0] = (byte) (at / block.length);
                        from.getOutputStream().write(block);
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            InputStream in = to.getInputStream();
            for (int at = 0; at < STREAM_BYTES; at += block.length) {
                assertThat(in.readNBytes(block.length)[0]).isEqualTo((byte) (at / block.length));
            }
            sent.get(20, TimeUnit.SECONDS);
        }
    }

    @Test
    void whatIsNotOfAWireIsDroppedAndCounted() {
        KernelHost.wire(a, b, false);
        a.guest().run("ping", "-c", "1", "-W", "2", GUEST_B);
        int vni = b.crossConnect().legs(KernelHost.DEVICE).getFirst().receiveVni();
        byte[] frame = HEX.parseHex("525400000002" + "525400000009" + "88b5" + "00".repeat(46));
        long before = b.report().receivedFrames();

        // Another host of the underlay that knows the VNI, and the true host with one that is over.
        send(vni, 0xc0000209, frame);
        send(vni ^ 1, 0xc0000201, frame);
        await().untilAsserted(() -> assertThat(b.crossConnect().drops())
                .containsEntry(KernelDrop.FORGED_SOURCE, 1L)
                .containsEntry(KernelDrop.UNKNOWN_VNI, 1L));
        assertThat(b.report().forgedFrames()).isOne();
        assertThat(b.report().receivedFrames()).isEqualTo(before);

        a.crossConnect().silence(KernelHost.DEVICE);
        a.guest().tryRun("ping", "-c", "1", "-W", "1", GUEST_B);
        assertThat(a.report().mutedFrames()).isPositive();
        assertThat(a.crossConnect().drops().get(KernelDrop.MUTE))
                .isEqualTo(a.report().mutedFrames());
    }

    @Test
    void theHostsOwnStackIsKeptOff() {
        a.guest().ip("route add 192.0.2.1/32 dev eth0");
        a.host().ip("route add 10.9.0.1/32 dev " + KernelHost.DEVICE);
        a.guest().run("ping", "-c", "1", "-W", "1", "192.0.2.1");
        KernelHost.wire(a, b, false);
        assertThat(a.guest().tryRun("ping", "-c", "1", "-W", "0.3", "192.0.2.1").status())
                .isNotZero();
        a.crossConnect().unplug(KernelHost.DEVICE);
        a.guest().run("ping", "-c", "1", "-W", "1", "192.0.2.1");
    }

    @Test
    void whatWasNotFinishedIsBegunAnew() throws IOException {
        KernelHost.wire(a, b, false);
        Files.delete(a.config().folder().resolve("whole_2"));
        a.host().ip("link del " + CrossConnectConfig.DEFAULT_DEVICE);
        a.reopen();
        assertThat(a.crossConnect().isPlugged(KernelHost.DEVICE)).isFalse();
        KernelHost.wire(a, b, false);
        a.guest().run("ping", "-c", "1", "-W", "1", GUEST_B);
    }

    @Test
    void whatHasLostItsNamesIsFoundByTheProgramThatRuns() {
        KernelHost.wire(a, b, false);
        try (FastPings pings = new FastPings(a.guest(), GUEST_B)) {
            pings.awaitReplies(10);
            new BpfFileSystem(a.config().folder()).clear();
            a.reopen();
            assertThat(a.crossConnect().legs(KernelHost.DEVICE)).hasSize(1).allMatch(LegReport::current);
            assertThat(a.config().folder().resolve("whole_2")).exists();
            pings.awaitReplies(20);
            assertThat(pings.endAndCountLost()).isZero();
        }
    }

    /** As on a host with several addresses, of which the connector has one. */
    @Test
    void framesLeaveFromTheAddressThatPeersKnow() {
        KernelHost.wire(a, b, false);
        a.host().ip("address add 192.0.2.77/24 dev eth0");
        a.host().ip("route change 192.0.2.0/24 dev eth0 src 192.0.2.77");
        a.guest().run("ping", "-c", "2", "-i", "0.01", "-W", "2", GUEST_B);
        assertThat(b.report().forgedFrames()).isZero();
    }

    @Test
    void anothersDeviceIsLeftAlone() {
        a.host().ip("link add taken type bridge");
        CrossConnectConfig other = new CrossConnectConfig(
                new NetworkNamespace(a.host().name()),
                "taken",
                4789,
                lab.scratch().resolve("bpf-other"));
        assertThatThrownBy(() -> CrossConnect.open(other))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
        a.host().ip("link show dev taken");
        assertThat(other.folder()).isEmptyDirectory();
    }

    private void send(int vni, int from, byte[] frame) {
        ByteBuffer vxlan = ByteBuffer.allocate(8 + frame.length)
                .putInt(0x0800_0000)
                .putInt(vni << 8)
                .put(frame);
        boolean sent = new NetworkNamespace(a.host().name()).call(() -> {
            try (RawSocket raw = RawSocket.sender()) {
                return raw.udp(
                        from,
                        40_000,
                        new InetSocketAddress(b.address(), KernelHost.PORT),
                        vxlan.array(),
                        vxlan.capacity());
            }
        });
        assertThat(sent).isTrue();
    }

    @Test
    void aSideIsReplacedInPlaceWithoutALostFrame() {
        KernelHost.wire(a, b, false);
        try (FastPings pings = new FastPings(a.guest(), GUEST_B)) {
            for (int generation = 2; generation <= 6; generation++) {
                int oldToA = a.crossConnect().legs(KernelHost.DEVICE).getLast().receiveVni();
                int oldToB = b.crossConnect().legs(KernelHost.DEVICE).getLast().receiveVni();
                int toA = a.crossConnect().reserve();
                int toB = b.crossConnect().reserve();
                b.crossConnect().join(KernelHost.DEVICE, new KernelLeg(toB, a.address(), oldToA, generation));
                a.crossConnect().join(KernelHost.DEVICE, new KernelLeg(toA, b.address(), toB, generation));
                b.crossConnect().join(KernelHost.DEVICE, new KernelLeg(toB, a.address(), toA, generation));
                pings.awaitReplies(20);
                a.crossConnect().release(oldToA);
                b.crossConnect().release(oldToB);
                pings.awaitReplies(20);
            }
            assertThat(pings.endAndCountLost()).isZero();
        }
        assertThat(a.crossConnect().legs(KernelHost.DEVICE)).hasSize(1);
        assertThat(b.crossConnect().legs(KernelHost.DEVICE)).hasSize(1);
    }

    @Test
    void itsProcessMayBeKilled() throws Exception {
        KernelHost.wire(a, b, false);
        int toB = b.crossConnect().legs(KernelHost.DEVICE).getFirst().receiveVni();
        int toA = a.crossConnect().reserve();
        Process process = CrossConnectProcess.start(List.of(), a, a.config().folder(), toA, toB);
        try (FastPings pings = new FastPings(a.guest(), GUEST_B);
                BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).isEqualTo("ready");
            pings.awaitReplies(20);
            process.toHandle().destroyForcibly();
            process.onExit().join();
            pings.awaitReplies(50);
            stream();
            a.reopen();
            pings.awaitReplies(50);
            // It knows what the other had done, and goes on from there.
            assertThat(a.crossConnect().legs(KernelHost.DEVICE))
                    .extracting(LegReport::receiveVni, LegReport::generation, LegReport::current)
                    .contains(tuple(toA, 2L, true));
            assertThat(a.report().state()).isEqualTo(SideState.ACTIVE);
            assertThat(pings.endAndCountLost()).isZero();
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    @Test
    void aGuestWhoseFramesWouldBeFragmentedIsRefused() {
        a.crossConnect().plug(KernelHost.DEVICE, false);
        new InterfaceControl(new NetworkNamespace(a.host().name())).mtu(KernelHost.DEVICE, 1451);
        KernelLeg leg = new KernelLeg(7, b.address(), 8, 1);
        assertThatThrownBy(() -> a.crossConnect().join(KernelHost.DEVICE, leg))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(e.hint()).contains("at most 1450");
                })
                .hasMessageContaining("1451")
                .hasMessageContaining("1500");
        assertThat(a.crossConnect().legs(KernelHost.DEVICE)).isEmpty();

        // A route may be narrower than its device.
        new InterfaceControl(new NetworkNamespace(a.host().name())).mtu(KernelHost.DEVICE, 1400);
        a.host().ip("route add 192.0.2.2/32 dev eth0 mtu 1440");
        assertThatThrownBy(() -> a.crossConnect().join(KernelHost.DEVICE, leg)).hasMessageContaining("1440");
    }

    @Test
    void aMachineWithoutAPartIsToldWhichOne() throws Exception {
        CrossConnectConfig other = new CrossConnectConfig(
                new NetworkNamespace(a.host().name()),
                "other",
                KernelHost.PORT + 1,
                lab.scratch().resolve("bpf-other"));
        assertThatThrownBy(() -> CrossConnect.open(other, new TrafficControl(other.namespace(), "no-such-tc")))
                .hasMessageContaining("no-such-tc")
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.hint()).contains("iproute2"));
        assertThat(new InterfaceControl(other.namespace()).exists("other")).isFalse();
        assertThat(other.folder()).isEmptyDirectory();

        Process process = CrossConnectProcess.start(
                List.of("setpriv", "--bounding-set", "-sys_admin,-bpf"), a, other.folder(), 7, 8);
        try (BufferedReader said = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(said.readLine()).startsWith("refused: cannot ").contains("run as root");
        } finally {
            process.destroyForcibly().onExit().join();
        }
    }

    /** What a QEMU process has: the descriptor of a TAP, whose device is plugged. */
    @Test
    void aTapIsPluggedByItsDevice() {
        NetworkNamespace host = new NetworkNamespace(a.host().name());
        try (TapDevice tap = TapDevice.open(TapRequest.named("tap0").in(host));
                PacketSocket far = PacketSocket.open(b.guestNamespace(), "eth0")) {
            new InterfaceControl(host).mtu("tap0", 1450);
            new InterfaceControl(host).up("tap0");
            wireTo("tap0");
            byte[] out = HEX.parseHex("00".repeat(12) + "525400000002" + "525400000007" + "88b5" + "01".repeat(60));
            assertThat(tap.write(out, 0, out.length)).isPositive();
            await().until(() -> far.receive() > 0);
            byte[] back = HEX.parseHex("00".repeat(12) + "525400000007" + "525400000002" + "88b5" + "02".repeat(60));
            assertThat(far.send(back, 0, back.length)).isPositive();
            byte[] heard = new byte[2_000];
            await().until(() -> {
                int length = tap.read(heard, 0, heard.length);
                return length == back.length && heard[length - 1] == 2;
            });
        }
    }

    private void wireTo(String device) {
        a.crossConnect().plug(device, false);
        b.crossConnect().plug(KernelHost.DEVICE, false);
        int toA = a.crossConnect().reserve();
        int toB = b.crossConnect().reserve();
        a.crossConnect().join(device, new KernelLeg(toA, b.address(), toB, 1));
        b.crossConnect().join(KernelHost.DEVICE, new KernelLeg(toB, a.address(), toA, 1));
        a.crossConnect().activate(device);
        b.crossConnect().activate(KernelHost.DEVICE);
    }

    @Test
    void whatIsGoneLeavesNothing() {
        KernelHost.wire(a, b, false);
        a.crossConnect().unplug(KernelHost.DEVICE);
        a.crossConnect().unplug(KernelHost.DEVICE);
        assertThat(a.crossConnect().isPlugged(KernelHost.DEVICE)).isFalse();
        assertThat(a.host()
                        .run("tc", "filter", "show", "dev", KernelHost.DEVICE, "ingress")
                        .text())
                .doesNotContain("bpf");

        // A device that went while nobody looked, and another that has its name now.
        b.host().ip("link delete " + KernelHost.DEVICE);
        b.reopen();
        assertThat(b.crossConnect().isPlugged(KernelHost.DEVICE)).isFalse();
        b.host().ip("link add " + KernelHost.DEVICE + " mtu 1400 type bridge");
        b.crossConnect().plug(KernelHost.DEVICE, false);
        assertThat(b.crossConnect().legs(KernelHost.DEVICE)).isEmpty();
        assertThat(b.report().state()).isEqualTo(SideState.STANDBY);
        b.host().ip("link delete " + KernelHost.DEVICE);
        b.host().ip("link add " + KernelHost.DEVICE + " mtu 1400 type bridge");
        b.crossConnect().unplug(KernelHost.DEVICE);
        assertThat(b.crossConnect().isPlugged(KernelHost.DEVICE)).isFalse();
    }

    @Test
    void olderGenerationsAndOthersVnisAreRefused() {
        KernelHost.wire(a, b, false);
        int used = a.crossConnect().legs(KernelHost.DEVICE).getFirst().receiveVni();
        a.crossConnect().join(KernelHost.DEVICE, new KernelLeg(a.crossConnect().reserve(), b.address(), 9, 5));
        assertThatThrownBy(() -> a.crossConnect()
                        .join(KernelHost.DEVICE, new KernelLeg(a.crossConnect().reserve(), b.address(), 9, 4)))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION));
        a.host().ip("link add g1 mtu 1400 type bridge");
        a.crossConnect().plug("g1", false);
        assertThatThrownBy(() -> a.crossConnect().join("g1", new KernelLeg(used, b.address(), 9, 1)))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
        assertThatThrownBy(() -> new KernelLeg(7, InetAddress.ofLiteral("2001:db8::1"), 8, 1))
                .hasMessageContaining("IPv4");
        assertThat(List.of(a.crossConnect().reserve())).doesNotContain(used);
    }
}
