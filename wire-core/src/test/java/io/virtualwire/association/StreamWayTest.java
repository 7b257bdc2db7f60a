package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.DropReason;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Datagrams over the control stream, where UDP does not pass. */
@Timeout(60)
class StreamWayTest {
    private static final Logger LOG = LoggerFactory.getLogger(StreamWayTest.class);
    private static final AssociationLimits LIMITS = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(700), Duration.ofSeconds(5), Duration.ofSeconds(1));
    private static final int LENGTH = 1_000;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final List<Daemon> daemons = new ArrayList<>();

    @AfterEach
    void stop() {
        daemons.forEach(Daemon::close);
    }

    @Test
    void itIsTakenWhereUdpDoesNotPassAndLeftWhenThatPassesAgain() {
        Daemon a = start("a", StreamWay.FEATURE);
        Daemon b = start("b", StreamWay.FEATURE);
        udp(false, a, b);
        WirePath toB = a.expect(b);
        WirePath toA = b.expectWithoutAddress(a);
        awaitWay(Way.TCP, a, b);

        a.send(toB, false, 0, 100, LENGTH);
        b.send(toA, false, 0, 100, LENGTH);
        a.send(toB, true, 100, 150, LENGTH);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 150)));
        soon().untilAsserted(() -> assertThat(a.numbers()).containsExactlyElementsOf(range(0, 100)));
        assertThat(a.status(b).address()).contains("127.0.0.1");
        assertThat(a.status(b).lanes()).allMatch(lane -> lane.address().isEmpty());

        udp(true, a, b);
        awaitWay(Way.DIRECT, a, b);
        a.send(toB, false, 150, 200, LENGTH);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 200)));
    }

    @Test
    void aNewSessionGoesOnWithIt() {
        Daemon a = start("a", StreamWay.FEATURE);
        Daemon b = start("b", StreamWay.FEATURE);
        udp(false, a, b);
        WirePath toB = a.expect(b);
        awaitWay(Way.TCP, a, b);
        a.run(() -> {
            a.associations.sessions().forEach(session -> session.stream().cut());
            return null;
        });
        soon().until(() -> a.run(() -> a.associations.sessions().stream()
                .anyMatch(session -> session.ready() && session.stream().isOpen())));
        assertThat(a.status(b).way()).isEqualTo(Way.TCP);
        soon().until(() -> {
            a.send(toB, false, 7, 8, LENGTH);
            return b.numbers().contains(7L);
        });
    }

    @Test
    void whatTcpIsTooSlowForIsDroppedAndCounted() {
        Daemon a = start("a", StreamWay.FEATURE);
        Daemon b = start("b", StreamWay.FEATURE);
        udp(false, a, b);
        WirePath toB = a.expect(b);
        awaitWay(Way.TCP, a, b);

        CountDownLatch stuck = new CountDownLatch(1);
        b.loop.execute(() -> {
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        long sent = 0;
        try {
            // What two kernels and the queues take before that is bounded; a hundred times the queue is far beyond.
            while (a.drops(DropReason.STREAM_CONGESTED) == 0) {
                a.send(toB, false, sent, sent + 100, LENGTH);
                sent += 100;
                assertThat(sent).as("messages before anything was dropped").isLessThan(100_000);
            }
        } finally {
            stuck.countDown();
        }
        LOG.info("{} messages of {} bytes were on their way before one was dropped", sent, LENGTH);
        long last = sent;
        soon().until(() -> {
            a.send(toB, false, last, last + 1, LENGTH);
            return b.numbers().contains(last);
        });
        assertThat(b.numbers().stream().filter(number -> number < last)).doesNotHaveDuplicates();
    }

    @Test
    void itCarriesWhatAWireTakes() {
        Daemon a = start("a", StreamWay.FEATURE);
        Daemon b = start("b", StreamWay.FEATURE);
        udp(false, a, b);
        WirePath toB = a.expect(b);
        awaitWay(Way.TCP, a, b);
        soon().until(() -> a.status(b).pathMtu() == PathMtu.CEILING);
        b.keepArrivals = false;
        int length = 9_000;
        int round = 20;
        long began = System.nanoTime();
        for (int sent = 0; sent < 1_000; sent += round) {
            a.send(toB, false, sent, sent + round, length);
            int all = sent + round;
            soon().until(() -> b.count.get() == all);
        }
        long micros = (System.nanoTime() - began) / 1_000;
        LOG.info("9 MB in {} ms, {} bytes at a time", micros / 1_000, round * length);
        assertThat(a.drops(DropReason.STREAM_CONGESTED)).isZero();
    }

    @Test
    void aPeerThatDoesNotKnowItGetsNothingAtAnAddressThatDoesNotAnswer() {
        Daemon a = start("a", StreamWay.FEATURE);
        Daemon b = start("b");
        udp(false, a, b);
        WirePath toB = a.expect(b);
        a.awaitUp(toB);
        soon().until(() -> {
            a.send(toB, false, 0, 1, LENGTH);
            return a.drops(DropReason.UNPROVEN_DESTINATION) > 0;
        });
        a.transport.recording = true;
        a.transport.sent.clear();
        a.send(toB, false, 1, 100, LENGTH);
        udp(true, a, b);
        soon().until(() -> {
            a.send(toB, false, 100, 101, LENGTH);
            return b.numbers().contains(100L);
        });
        assertThat(a.status(b).way()).isEqualTo(Way.DIRECT);
        assertThat(b.numbers()).doesNotContain(50L);
    }

    private Daemon start(String name, String... more) {
        List<String> features = new ArrayList<>(List.of("frames", LanePlan.FEATURE));
        features.addAll(List.of(more));
        Daemon daemon = Daemon.start(OwnIdentity.of(acme.issue(name)), LIMITS, 0, 1, features);
        daemons.add(daemon);
        return daemon;
    }

    private static void udp(boolean passes, Daemon... all) {
        for (Daemon each : all) {
            each.transport.fate = datagram -> passes ? datagram : null;
        }
    }

    private static void awaitWay(Way way, Daemon a, Daemon b) {
        soon().until(() -> a.status(b).way() == way && b.status(a).way() == way);
    }

    private static List<Long> range(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static ConditionFactory soon() {
        return await().atMost(Daemon.PATIENCE)
                .pollInterval(Duration.ofMillis(5))
                .ignoreExceptions();
    }
}
