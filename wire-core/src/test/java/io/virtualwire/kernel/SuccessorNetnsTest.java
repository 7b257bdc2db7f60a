package io.virtualwire.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A guest moves from one host to another, and the kernel of the far end follows its first frame.
 *
 * <pre>
 *   guest a, 10.9.0.1 ── host a ══ underlay ══ host b ── guest, 10.9.0.2, at first
 *                                        ╚════ host c ── guest, 10.9.0.2, then
 * </pre>
 */
@NetnsTest
@Timeout(60)
class SuccessorNetnsTest {
    private static final String MOVING = "10.9.0.2";
    private static final HexFormat HEX = HexFormat.of();

    private Namespaces lab;
    private KernelHost a;
    private KernelHost b;
    private KernelHost c;
    private int toA;
    private int toC;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        a = new KernelHost(lab, "a", 1, "10.9.0.1");
        b = new KernelHost(lab, "b", 2, MOVING);
        c = new KernelHost(lab, "c", 3, MOVING);
        KernelHost.join(lab, 1500, a, b, c);
        KernelHost.wire(a, b, false);
        toA = a.crossConnect().reserve();
        toC = c.crossConnect().reserve();
        a.crossConnect().expect(KernelHost.DEVICE, new KernelLeg(toA, c.address(), toC, 2));
        c.crossConnect().plug(KernelHost.DEVICE, false);
        c.crossConnect().join(KernelHost.DEVICE, new KernelLeg(toC, a.address(), toA, 1));
    }

    @AfterEach
    void remove() {
        KernelHost.remove(lab, a, b, c);
    }

    @Test
    void theFirstFrameOfTheSuccessorMovesTheFarEnd() {
        try (FastPings pings = new FastPings(a.guest(), MOVING)) {
            pings.awaitReplies(20);
            // What a standby's guest has to say does not count, unless it is that it runs here now.
            c.guest().tryRun("ping", "-c", "1", "-W", "1", "10.9.0.1");
            assertThat(c.report().mutedFrames()).isPositive();
            assertThat(c.report().state()).isEqualTo(SideState.STANDBY);
            assertThat(leg(2).state()).isEqualTo(LegState.SUCCESSOR);

            b.crossConnect().silence(KernelHost.DEVICE);
            announce();
            await().until(() -> leg(2).state() == LegState.FLIPPED);
            assertThat(c.report().state()).isEqualTo(SideState.ACTIVE);
            assertThat(a.crossConnect().legs(KernelHost.DEVICE))
                    .extracting(LegReport::generation, LegReport::current)
                    .containsExactly(tuple(1L, false), tuple(2L, true));
            pings.awaitReplies(20);
            // What was under way while nobody spoke.
            assertThat(pings.endAndCountLost()).isLessThan(50);
        }
        assertThat(c.report().receivedFrames()).isGreaterThan(20);

        // The old place is heard until it is released, and changes nothing.
        b.crossConnect().activate(KernelHost.DEVICE);
        long before = leg(1).frames();
        b.guest().tryRun("ping", "-c", "1", "-W", "1", "10.9.0.1");
        assertThat(leg(1).frames()).isGreaterThan(before);
        assertThat(leg(2).current()).isTrue();
        a.crossConnect().release(leg(1).receiveVni());
        long unknown = a.crossConnect().drops().get(KernelDrop.UNKNOWN_VNI);
        b.guest().tryRun("ping", "-c", "1", "-W", "1", "10.9.0.1");
        assertThat(a.crossConnect().drops().get(KernelDrop.UNKNOWN_VNI)).isGreaterThan(unknown);
    }

    @Test
    void itIsFollowedWhileNoProcessLooks() {
        a.crossConnect().close();
        announce();
        c.guest().run("ping", "-c", "2", "-i", "0.01", "-W", "2", "10.9.0.1");
        a.reopen();
        assertThat(leg(2).state()).isEqualTo(LegState.FLIPPED);
        assertThat(leg(2).current()).isTrue();
    }

    @Test
    void aSuccessorThatDoesNotComeIsForgotten() {
        a.crossConnect().release(toA);
        announce();
        await().until(() -> a.crossConnect().drops().get(KernelDrop.UNKNOWN_VNI) > 0);
        a.guest().run("ping", "-c", "1", "-W", "2", MOVING);
        assertThat(a.crossConnect().legs(KernelHost.DEVICE))
                .extracting(LegReport::generation, LegReport::current)
                .containsExactly(tuple(1L, true));
    }

    @Test
    void aHigherSuccessorTakesTheLowersPlaceAndNeverGoesBack() {
        int toA3 = a.crossConnect().reserve();
        a.crossConnect().expect(KernelHost.DEVICE, new KernelLeg(toA3, b.address(), 9, 3));
        assertThat(a.crossConnect().legs(KernelHost.DEVICE))
                .extracting(LegReport::generation)
                .containsExactly(1L, 3L);
        // By word instead of by a frame.
        a.crossConnect().follow(toA3);
        assertThat(leg(3).current()).isTrue();
        assertThatThrownBy(() -> a.crossConnect().expect(KernelHost.DEVICE, new KernelLeg(toA, c.address(), toC, 2)))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION));
    }

    private LegReport leg(long generation) {
        return a.crossConnect().legs(KernelHost.DEVICE).stream()
                .filter(leg -> leg.generation() == generation)
                .findFirst()
                .orElseThrow();
    }

    /** As QEMU does when a guest goes on at a new place. */
    private void announce() {
        String mac = "525400000002";
        byte[] rarp = HEX.parseHex("00".repeat(12) + "ffffffffffff" + mac + "8035" + "0001" + "0800" + "06" + "04"
                + "0003" + mac + "00000000" + mac + "00000000" + "00".repeat(18));
        try (PacketSocket socket = PacketSocket.open(c.guestNamespace(), "eth0")) {
            assertThat(socket.send(rarp, 0, rarp.length)).isPositive();
        }
    }
}
