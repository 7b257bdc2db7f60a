package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.VmLab.GUEST;
import static io.virtualwire.connector.VmLab.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real machine is live-migrated by libvirt, and the wires steer themselves: nobody tells a connector when. */
@NetnsTest
final class VmMoveNetnsTest {
    private static final int UNREAD = 30;

    private static final int MOVES = Boolean.getBoolean("wire.long") ? 20 : 2;
    private static final Pattern RARP = Pattern.compile("(?m)^(\\d+\\.\\d+) .*Reverse");
    private static final Pattern PAUSE = Pattern.compile("(?m)^Total downtime: +(\\d+) +ms");
    /** A RARP of the guest, behind its virtio-net header. */
    private static final byte[] ANNOUNCEMENT = HexFormat.of()
            .parseHex("00".repeat(12) + "ffffffffffff" + "525400000041" + "8035" + "0001080006040003" + "525400000041"
                    + "00000000" + "525400000041" + "00000000" + "00".repeat(18));

    private final VmLab lab = new VmLab();

    /** One move as it was seen from outside. */
    private record Move(PingLog.Result pings, double pauseMillis, double activationMillis) {
        double networkMillis() {
            return pings.gapMillis() - pauseMillis;
        }

        @Override
        public String toString() {
            return String.format(
                    "gap %.1f ms, of which QEMU's pause %.0f ms; lost %s of %d, twice %d, latest %.1f ms; RARP to far end %.2f ms",
                    pings.gapMillis(),
                    pauseMillis,
                    pings.lost(),
                    pings.sent(),
                    pings.duplicates(),
                    pings.latestMillis(),
                    activationMillis);
        }
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void aMachineMovesAndNothingIsLostOrComesTwice() {
        lab.up();
        String identity = lab.identity();
        assertShielded();

        List<Move> moves = new ArrayList<>();
        for (int number = 1; number < MOVES; number++) {
            Move move = move(number % 2 == 0);
            System.out.println("move " + number + ": " + move);
            moves.add(move);
        }
        moveSuspended();
        moveWhileNobodyIsAtTheTarget();

        assertThat(lab.identity()).isEqualTo(identity);
        assertThat(moves).allSatisfy(move -> {
            assertThat(move.pings().duplicates()).isZero();
            assertThat(move.pings().lost().size()).isLessThanOrEqualTo(1);
        });
        assertThat(median(moves.stream()
                        .mapToDouble(it -> it.pings().lost().size())
                        .toArray()))
                .isZero();
        System.out.printf(
                "median of %d moves: gap minus pause %.1f ms, RARP to far end %.2f ms%n",
                moves.size(),
                median(moves.stream().mapToDouble(Move::networkMillis).toArray()),
                median(moves.stream().mapToDouble(Move::activationMillis).toArray()));
        assertRemovable();
    }

    /**
     * Prepares the side at its new place, lets libvirt move the machine, and retires the old place.
     *
     * @param takeOver whether the source's connector is replaced by another process while everything is prepared
     */
    private Move move(boolean takeOver) {
        VmLab.Place from = lab.here();
        VmLab.Place to = lab.there();
        lab.prepare();
        RunningCommand atTarget = capture(to.host(), "web0");
        RunningCommand atFarEnd = capture(lab.far(), "db");
        PingLog pings = new PingLog(lab.far(), GUEST);

        if (takeOver) {
            from.takeOverConnector();
        }
        lab.migrate();
        String job = to.libvirt()
                .virsh("domjobinfo", "web", "--completed", "--anystats")
                .text();

        assertThat(to.sideState()).isEqualTo("active");
        assertThat(from.sideState()).isEqualTo("yielded");
        PingLog.Result result = pings.end();
        double seen = first(atTarget);
        double flipped = first(atFarEnd);
        assertMute(from);
        lab.arrived();
        return new Move(result, number(PAUSE, job), (flipped - seen) * 1e3);
    }

    /**
     * What lies unread in its TAP when another process takes over is relayed by that one. Who drives a move says where the machine is,
     * before it goes there: what it is given at the old place, and has not read, is then plain to see.
     */
    private void moveSuspended() {
        VmLab.Place from = lab.here();
        VmLab.Place to = lab.there();
        lab.prepare();
        PingLog pings = new PingLog(lab.far(), GUEST);
        AtomicLong before = new AtomicLong();
        from.takeOverConnector(() -> {
            from.libvirt().virsh("suspend", "web");
            before.set(from.counted("framesIn"));
            Awaitility.await("pings lie unread")
                    .atMost(LIMIT)
                    .until(() -> from.counted("framesIn") >= before.get() + UNREAD);
        });
        assertThat(pings.end().duplicates()).isZero();
        to.activate();
        Awaitility.await("the old place knows")
                .atMost(LIMIT)
                .until(() -> from.sideState().equals("yielded"));
        long unread = from.counted("framesIn") - before.get();
        // On a busy machine some are too old by then.
        Awaitility.await("all of it is accounted for").atMost(LIMIT).untilAsserted(() -> {
            long tooOld = from.connector().wire(WIRE).getFirst().drops().getOrDefault("relay_overflow", 0L);
            assertThat(from.counted("framesRelayed") + tooOld)
                    .as("relayed, and too old; unread were " + unread)
                    .isGreaterThanOrEqualTo(unread);
        });
        lab.migrate();
        to.libvirt().virsh("resume", "web");
        lab.awaitGuest();
        lab.arrived();
    }

    /** Its announcements are heard by nobody; who drives a move knows from libvirt that it has arrived. */
    private void moveWhileNobodyIsAtTheTarget() {
        VmLab.Place from = lab.here();
        VmLab.Place to = lab.there();
        lab.prepare();
        to.killConnector();
        lab.migrate();
        to.startConnector();
        to.activate();
        lab.awaitGuest();
        Awaitility.await("the old place knows")
                .atMost(LIMIT)
                .until(() -> from.sideState().equals("yielded"));
        lab.arrived();
        assertThat(from.connector().wire(WIRE)).isEmpty();
        assertThat(from.libvirt().running()).isEmpty();
    }

    /** The host's own stack is kept off the TAP that QEMU has. */
    private void assertShielded() {
        assertThat(lab.here().connector().endpoints()).singleElement().satisfies(it -> {
            assertThat(it.endpoint().mac()).hasValue(VmLab.MAC);
            assertThat(it.up()).isTrue();
        });
        assertThat(lab.here()
                        .host()
                        .run("cat", "/proc/sys/net/ipv6/conf/web0/disable_ipv6")
                        .text())
                .startsWith("1");
    }

    /** The endpoint can be taken away from a QEMU that has it, which goes on. */
    private void assertRemovable() {
        VmLab.Place here = lab.here();
        here.connector().removeEndpoint("web", true);
        assertThat(here.host().tryRun("ip", "link", "show", "web0").succeeded()).isFalse();
        assertThat(here.host().run("nft", "list", "ruleset").text()).isBlank();
        assertThat(here.libvirt().running()).containsExactly("web");
    }

    /** What comes out of the TAP that the machine has left, as if it went on there too, goes nowhere and moves nothing. */
    private void assertMute(VmLab.Place left) {
        RunningCommand atFarEnd = capture(lab.far(), "db");
        try (TapDevice tap = TapDevice.open(TapRequest.named("web0")
                .in(new NetworkNamespace(left.host().name()))
                .persistent(true))) {
            assertThat(tap.write(ANNOUNCEMENT, 0, ANNOUNCEMENT.length)).isEqualTo(ANNOUNCEMENT.length);
        }
        Awaitility.await("the frame is dropped")
                .atMost(LIMIT)
                .until(() -> left.connector().wire(WIRE).getFirst().drops().getOrDefault("yielded", 0L) > 0);
        assertThat(left.sideState()).isEqualTo("yielded");
        lab.awaitGuest();
        assertThat(RARP.matcher(atFarEnd.output()).find()).isFalse();
        atFarEnd.close();
    }

    private static RunningCommand capture(Namespace host, String device) {
        RunningCommand capture =
                host.start("tcpdump", "-i", device, "-n", "-tt", "-l", "--immediate-mode", "ether proto 0x8035");
        capture.awaitLine("listening on.*", LIMIT);
        return capture;
    }

    private static double first(RunningCommand capture) {
        capture.awaitLine(RARP.pattern(), LIMIT);
        capture.close();
        return number(RARP, capture.output());
    }

    private static double number(Pattern pattern, String text) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return Double.parseDouble(found.group(1));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
