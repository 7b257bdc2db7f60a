package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.DropReason;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Daemons with several owner threads: every message reaches the thread of its wire, whatever the peer knows of threads. */
@Timeout(60)
class LanesTest {
    private static final AssociationLimits LIMITS = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(700), Duration.ofSeconds(5), Duration.ofSeconds(1));
    private static final List<String> FORMER = List.of("frames");
    private static final List<String> PRESENT = List.of("frames", LanePlan.FEATURE);

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final List<Daemon> daemons = new ArrayList<>();
    private final Map<Daemon, Map<Integer, WirePath>> paths = new HashMap<>();

    @AfterEach
    void stop() {
        daemons.forEach(Daemon::close);
    }

    @ParameterizedTest
    @CsvSource({"2,2", "1,2", "2,1", "3,2"})
    void everyPairOfThreadsHasItsLane(int here, int there) {
        Daemon a = start("a", here, PRESENT, LIMITS);
        Daemon b = start("b", there, PRESENT, LIMITS);
        join(a, b);
        soon().until(() -> used(a, b) == here * there && used(b, a) == here * there);
        long before = a.status(b).passedOn() + b.status(a).passedOn();
        sendAll(a, b, 0, 100);
        sendAll(b, a, 0, 100);
        soon().untilAsserted(() -> assertThat(numbers(b, here * there)).containsExactlyElementsOf(all(here * there)));
        soon().untilAsserted(() -> assertThat(numbers(a, here * there)).containsExactlyElementsOf(all(here * there)));
        assertThat(a.status(b).passedOn() + b.status(a).passedOn())
                .as("passed from thread to thread")
                .isEqualTo(before);
        assertThat(a.status(b).lanes())
                .allSatisfy(lane -> assertThat(lane.sent()).isPositive());
    }

    @ParameterizedTest
    @CsvSource({"2,1", "2,3"})
    void aPeerThatDoesNotKnowPairsIsSpokenToByTheFirstThread(int here, int there) {
        Daemon a = start("a", here, PRESENT, LIMITS);
        Daemon former = start("b", there, FORMER, LIMITS);
        join(a, former);
        sendAll(a, former, 0, 100);
        sendAll(former, a, 0, 100);
        soon().untilAsserted(
                        () -> assertThat(numbers(former, here * there)).containsExactlyElementsOf(all(here * there)));
        soon().untilAsserted(() -> assertThat(numbers(a, here * there)).containsExactlyElementsOf(all(here * there)));
        assertThat(a.status(former).passedOn()).isPositive();
        assertThat(a.run(a.associations::drops)).isEmpty();
    }

    @Test
    void aLaneThatIsNotLetThroughIsNotUsed() {
        Daemon a = start("a", 2, PRESENT, LIMITS);
        Daemon b = start("b", 2, PRESENT, LIMITS);
        b.transports.get(1).fate = datagram -> null;
        a.transports.get(1).fate = datagram -> null;
        join(a, b);
        sendAll(a, b, 0, 100);
        soon().untilAsserted(() -> assertThat(numbers(b, 4)).containsExactlyElementsOf(all(4)));
        assertThat(used(a, b)).isEqualTo(1);

        b.transports.get(1).fate = datagram -> datagram;
        a.transports.get(1).fate = datagram -> datagram;
        soon().until(() -> used(a, b) == 4);
    }

    @Test
    void aLaneThatFallsSilentIsLeft() {
        Daemon a = start("a", 2, PRESENT, LIMITS);
        Daemon b = start("b", 2, PRESENT, LIMITS);
        join(a, b);
        soon().until(() -> used(a, b) == 4);
        a.transports.get(1).fate = datagram -> null;
        soon().until(() -> used(a, b) == 2);
        sendAll(a, b, 0, 100);
        soon().untilAsserted(() -> assertThat(numbers(b, 4)).containsExactlyElementsOf(all(4)));
    }

    @Test
    void aDatagramAtTheWrongSocketIsPassedOn() {
        Daemon a = start("a", 2, PRESENT, LIMITS);
        Daemon b = start("b", 2, PRESENT, LIMITS);
        join(a, b);
        soon().until(() -> used(a, b) == 4);
        UnderlayAddress second = b.transports.get(1).localAddress();
        a.transports.get(0).detour = Optional.of(second);
        sendAll(a, b, 0, 100);
        soon().untilAsserted(() -> assertThat(numbers(b, 4)).containsExactlyElementsOf(all(4)));
        assertThat(b.status(a).passedOn()).isGreaterThanOrEqualTo(100);
        assertThat(b.drops(DropReason.REPLAYED)).isZero();
    }

    @Test
    void reKeyingUnderLoadLosesNothingOnAnyLane() {
        AssociationLimits often = LIMITS.rekeying(Duration.ofHours(1), 6000);
        Daemon a = start("a", 2, PRESENT, often);
        Daemon b = start("b", 2, PRESENT, often);
        join(a, b);
        soon().until(() -> used(a, b) == 4);
        long sent = 0;
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (a.ups.size() < 4 && System.nanoTime() < end) {
            sendAll(a, b, sent, sent + 10);
            sent += 10;
            long expected = 4 * sent;
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(Duration.ofSeconds(5))
                    .until(() -> b.count.get() >= expected);
        }
        assertThat(a.ups.size()).isGreaterThanOrEqualTo(4);
        assertThat(b.count.get()).isEqualTo((int) (4 * sent));
        assertThat(a.downs).hasValue(0);
        assertThat(b.status(a).drops()).isEmpty();
    }

    @Test
    void aRestartedPeerMayHaveAnotherNumberOfThreads() {
        Daemon a = start("a", 2, PRESENT, LIMITS);
        OwnIdentity self = OwnIdentity.of(acme.issue("b"));
        Daemon b = Daemon.start(self, LIMITS, 0, 1, PRESENT);
        join(a, b);
        soon().until(() -> used(a, b) == 2);
        b.kill();
        Daemon reborn = Daemon.start(self, LIMITS, 0, 3, PRESENT);
        daemons.add(reborn);
        join(reborn, a);
        soon().until(() -> used(a, reborn) == 6);
        sendAll(a, reborn, 0, 100);
        soon().untilAsserted(() -> assertThat(numbers(reborn, 6)).containsExactlyElementsOf(all(6)));
    }

    private Daemon start(String name, int threads, List<String> features, AssociationLimits limits) {
        Daemon daemon = Daemon.start(OwnIdentity.of(acme.issue(name)), limits, 0, threads, features);
        daemons.add(daemon);
        return daemon;
    }

    /** Wires of every thread of both want each other. */
    private void join(Daemon a, Daemon b) {
        for (Daemon[] pair : new Daemon[][] {{a, b}, {b, a}}) {
            Daemon from = pair[0];
            Daemon to = pair[1];
            Map<Integer, WirePath> mine = paths.computeIfAbsent(from, it -> new HashMap<>());
            for (int i = 0; i < from.loops.size(); i++) {
                int thread = i;
                mine.put(
                        thread,
                        from.run(
                                thread,
                                () -> from.associations
                                        .directory(thread)
                                        .acquire(to.identity, from == a ? List.of(to.address()) : List.of())));
            }
        }
        for (Daemon each : List.of(a, b)) {
            paths.get(each).forEach((thread, path) -> soon().until(() -> each.run(thread, path::isUp)));
        }
    }

    /** Each thread sends to a wire of each of the peer's threads; the number says which thread, wire, and message. */
    private void sendAll(Daemon from, Daemon to, long first, long end) {
        for (int i = 0; i < from.loops.size(); i++) {
            int thread = i;
            WirePath path = paths.get(from).get(thread);
            from.run(thread, () -> {
                for (int wire = 0; wire < to.loops.size(); wire++) {
                    MessageHeader header =
                            new MessageHeader().kind(MessageKind.FRAME).wireIndex(12 * to.loops.size() + wire);
                    for (long number = first; number < end; number++) {
                        long id = (long) thread * to.loops.size() + wire;
                        path.send(header.frameNumber(id * 1_000_000 + number), false, new byte[700], 0, 700);
                    }
                }
                return null;
            });
        }
    }

    /** What arrived, flow by flow, each in its order of arrival. */
    private static List<Long> numbers(Daemon daemon, int flows) {
        List<Long> arrived = daemon.numbers();
        List<Long> sorted = new ArrayList<>();
        for (int flow = 0; flow < flows; flow++) {
            int it = flow;
            arrived.stream().filter(number -> number / 1_000_000 == it).forEach(sorted::add);
        }
        return sorted;
    }

    private static List<Long> all(int flows) {
        return LongStream.range(0, flows)
                .flatMap(flow -> LongStream.range(flow * 1_000_000, flow * 1_000_000 + 100))
                .boxed()
                .toList();
    }

    private static long used(Daemon daemon, Daemon peer) {
        return daemon.status(peer).lanes().stream().filter(LaneStatus::used).count();
    }

    private static ConditionFactory soon() {
        return await().atMost(Daemon.PATIENCE).pollInterval(Duration.ofMillis(5));
    }
}
