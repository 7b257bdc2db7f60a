package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.TenantQuotas;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two daemons that are led to one another by a third. */
@Timeout(60)
class RelayTest {
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
    void twoThatAreNotReachedWorkThroughAThird() {
        Daemon r = relay(4, Long.MAX_VALUE);
        Daemon a = start("a");
        Daemon b = start("b");
        noUdp(a, b);
        WirePath toB = expect(a, b, r);
        WirePath toA = expect(b, a, r);
        a.awaitUp(toB);
        b.awaitUp(toA);

        a.send(toB, false, 0, 100, LENGTH);
        b.send(toA, false, 0, 100, LENGTH);
        soon().untilAsserted(() -> assertThat(b.numbers()).containsExactlyElementsOf(range(0, 100)));
        soon().untilAsserted(() -> assertThat(a.numbers()).containsExactlyElementsOf(range(0, 100)));
        assertThat(a.status(b).way()).isEqualTo(Way.RELAY);
        assertThat(r.arrivals).as("what the third understands of it").isEmpty();
        assertThat(r.run(r.associations::relayed)).singleElement().satisfies(it -> {
            assertThat(it.streams()).isPositive();
            assertThat(it.bytes()).isGreaterThan(200 * LENGTH);
        });
    }

    @Test
    void theyGoOnWithoutItWhenTheyReachEachOther() {
        Daemon r = relay(4, Long.MAX_VALUE);
        Daemon a = start("a");
        Daemon b = start("b");
        WirePath toB = expect(a, b, r);
        WirePath toA = expect(b, a, r);
        a.awaitUp(toB);
        b.awaitUp(toA);
        soon().until(() -> a.status(b).way() == Way.DIRECT && b.status(a).way() == Way.DIRECT);
        assertThat(a.status(b).address()).contains(b.address());
        assertThat(b.status(a).address()).contains(a.address());

        noUdp(a, b);
        soon().until(() -> a.status(b).way() == Way.RELAY && b.status(a).way() == Way.RELAY);
        a.send(toB, false, 0, 10, LENGTH);
        soon().untilAsserted(() -> assertThat(b.numbers()).contains(9L));
    }

    @Test
    void whatIsTakenBackEndsIt() {
        Daemon r = relay(4, Long.MAX_VALUE);
        Daemon a = start("a");
        Daemon b = start("b");
        noUdp(a, b);
        expect(b, a, r);
        a.awaitUp(expect(a, b, r));
        soon().until(() -> a.status(b).way() == Way.RELAY);
        within(r, 0, Long.MAX_VALUE);
        soon().until(() -> r.run(r.associations::relayed).getFirst().streams() == 0);
        soon().until(() -> a.run(() -> a.associations.sessions().stream()
                .filter(session -> session.association().peer().equals(b.identity))
                .noneMatch(session -> session.stream().isOpen())));
    }

    @Test
    void onlyWhoIsExpectedThroughItIsAnswered() {
        Daemon r = relay(4, Long.MAX_VALUE);
        Daemon a = start("a");
        Daemon b = start("b");
        Daemon c = start("c");
        expect(b, c, r);
        soon().until(() -> r.status(b).up());
        expect(a, b, r);
        soon().until(() -> r.status(a).up());
        await().during(Duration.ofMillis(500)).until(() -> !a.status(b).up());
        assertThat(r.run(r.associations::relayed)).isEmpty();
    }

    @Test
    void aPaceLetsSoMuchPassInASecond() {
        RelayPace pace = new RelayPace(System::nanoTime);
        pace.limit(1_000_000);
        long now = 5_000_000_000L;
        assertThat(pace.reserve(100_000, now)).isZero();
        assertThat(pace.reserve(100_000, now)).isEqualTo(100_000_000L);
        assertThat(pace.reserve(100_000, now + 100_000_000L)).isEqualTo(100_000_000L);
        assertThat(pace.reserve(1_000, now + 60_000_000_000L)).isZero();
        pace.limit(Long.MAX_VALUE);
        assertThat(pace.reserve(1 << 20, now)).isZero();
    }

    private Daemon relay(int most, long bytesPerSecond) {
        Daemon r = start("r");
        within(r, most, bytesPerSecond);
        return r;
    }

    private static void within(Daemon r, int most, long bytesPerSecond) {
        r.run(() -> {
            r.associations.within(new TenantQuotas() {
                @Override
                public int peers(String tenant) {
                    return Integer.MAX_VALUE;
                }

                @Override
                public long bufferBytes(String tenant) {
                    return Long.MAX_VALUE;
                }

                @Override
                public int relays(String tenant) {
                    return most;
                }

                @Override
                public long relayBytesPerSecond(String tenant) {
                    return bytesPerSecond;
                }
            });
            return null;
        });
    }

    private Daemon start(String name) {
        Daemon daemon = Daemon.start(
                OwnIdentity.of(acme.issue(name)),
                LIMITS,
                0,
                1,
                List.of("frames", LanePlan.FEATURE, StreamWay.FEATURE, RelayDesk.FEATURE));
        daemons.add(daemon);
        return daemon;
    }

    private static WirePath expect(Daemon from, Daemon to, Daemon relay) {
        return from.run(() -> from.associations.acquire(to.identity, List.of(relay.identity + "@" + relay.address())));
    }

    private static void noUdp(Daemon... all) {
        for (Daemon each : all) {
            each.transport.fate = datagram -> null;
        }
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
