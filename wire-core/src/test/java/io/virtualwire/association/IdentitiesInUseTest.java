package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.SteppedClock;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.time.Ticker;
import io.virtualwire.wire.WirePath;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens to associations while the credentials behind them change, end, are revoked, or the clock is set. */
@Timeout(60)
class IdentitiesInUseTest {
    private static final AssociationLimits LIMITS = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(700), Duration.ofSeconds(5), Duration.ofSeconds(1));
    private static final Duration DAY = Duration.ofHours(24);

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final SteppedClock clock = new SteppedClock();
    private final List<Daemon> daemons = new ArrayList<>();
    private long sent;

    @AfterEach
    void stop() {
        daemons.forEach(Daemon::close);
    }

    @Test
    void renewedCredentialsAreShownBeforeTheOldOnesEndAndNothingIsLost() {
        Duration life = Duration.ofSeconds(4);
        OwnIdentity a = self("a", life);
        OwnIdentity b = self("b", life);
        Thread renewing = Thread.ofVirtual().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                for (OwnIdentity self : List.of(a, b)) {
                    if (end(self).minus(life.dividedBy(3)).isBefore(Instant.now())) {
                        self.renew(acme.issue(self.identity().name(), life));
                    }
                }
            }
        });
        Daemon dialling = start(a, LIMITS);
        Daemon dialled = start(b, LIMITS);
        WirePath toB = up(dialling, dialled);
        Instant enough = end(a).plusSeconds(2);
        await().pollInterval(Duration.ofMillis(10))
                .atMost(Duration.ofSeconds(20))
                .until(() -> {
                    send(dialling, toB);
                    return Instant.now().isAfter(enough);
                });
        renewing.interrupt();
        assertAllArrived(dialled);
        assertThat(dialling.downs).hasValue(0);
        assertThat(dialled.downs).hasValue(0);
    }

    private static Instant end(OwnIdentity self) {
        return self.credentials().certificate().getNotAfter().toInstant();
    }

    @Test
    void associationEndsWithTheCertificateThatIsNotRenewed() {
        Daemon a = start(self("a", DAY), LIMITS);
        Daemon b = start(self("b", Duration.ofSeconds(2)), LIMITS);
        WirePath toB = up(a, b);
        await().atMost(Duration.ofSeconds(10)).until(() -> !a.run(toB::isUp));
    }

    @Test
    void revokedPeerIsGoneAtOnceAndRefusedFromThenOn() {
        OwnIdentity own = self("a", DAY);
        OwnIdentity peer = self("b", DAY);
        Daemon a = start(own, LIMITS);
        Daemon b = start(peer, LIMITS);
        WirePath toA = up(b, a);
        WirePath toB = a.expect(b);
        a.awaitUp(toB);

        own.offer(acme.revocationList(1, Map.of(peer.credentials().certificate().getSerialNumber(), Instant.now())));
        await().atMost(Duration.ofSeconds(2)).until(() -> !a.run(toB::isUp));
        long refused = a.associations.refusedHandshakes();
        await().atMost(Duration.ofSeconds(5)).until(() -> a.associations.refusedHandshakes() > refused);
        assertThat(a.run(toB::isUp)).isFalse();

        peer.renew(acme.issue("b"));
        a.awaitUp(toB);
        b.awaitUp(toA);
    }

    @Test
    void clockThatIsSetByAnHourEitherWayDisturbsNoTrafficNorRekeying() {
        AssociationLimits rekeying = LIMITS.rekeying(Duration.ofMillis(300), 1 << 20);
        OwnIdentity stepped = self("a", DAY);
        Daemon a = start(stepped, rekeying);
        Daemon b = start(self("b", DAY), rekeying);
        WirePath toB = up(a, b);
        for (Duration step : List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
            clock.step(step);
            // A certificate just issued is the one that a clock which is behind would not believe.
            stepped.renew(acme.issue("a", DAY));
            int sessions = b.ups.size();
            await().pollInterval(Duration.ofMillis(10))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        send(a, toB);
                        return b.ups.size() >= sessions + 2;
                    });
        }
        assertAllArrived(b);
        assertThat(a.downs).hasValue(0);
        assertThat(b.downs).hasValue(0);
    }

    @Test
    void newsOfARevocationGoesFromPeerToPeerButNotToStrangers() {
        TenantAuthority rival = TenantAuthority.create("rival", InstantSource.system());
        OwnIdentity a = self("a", DAY);
        OwnIdentity b = trusting(self("b", DAY), rival);
        OwnIdentity c = self("c", DAY);
        OwnIdentity guest =
                trusting(new OwnIdentity(rival.issue("guest"), Revocations.inMemory(), clock, Ticker.system()), acme);
        Daemon first = start(a, LIMITS);
        Daemon middle = start(b, LIMITS);
        Daemon last = start(c, LIMITS);
        Daemon stranger = start(guest, LIMITS);
        up(first, middle);
        up(last, middle);
        up(stranger, middle);

        a.offer(acme.revocationList(7, Map.of(BigInteger.ONE, Instant.now())));
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(c.revocations().all())
                        .singleElement()
                        .satisfies(list -> assertThat(list.number()).isEqualTo(7)));
        // The connector's own tenant's list is the stranger's business, too: it deals with that tenant's daemons.
        await().atMost(Duration.ofSeconds(5))
                .until(() -> !guest.revocations().all().isEmpty());

        guest.offer(rival.revocationList(3, Map.of(BigInteger.TWO, Instant.now())));
        await().atMost(Duration.ofSeconds(5)).until(() -> b.revocations().all().size() == 2);
        Daemon late = start(self("d", DAY), LIMITS);
        OwnIdentity d = late.self;
        up(late, middle);
        await().atMost(Duration.ofSeconds(5)).until(() -> !d.revocations().all().isEmpty());
        assertThat(List.of(a, c, d))
                .as("one tenant's list is none of another's business")
                .allSatisfy(self -> assertThat(self.revocations().all()).hasSize(1));
    }

    private static OwnIdentity trusting(OwnIdentity self, TenantAuthority other) {
        self.renew(self.credentials().trusting(other.certificate()));
        return self;
    }

    /** Both daemons of a test have the same clock, which the test may set. */
    private OwnIdentity self(String name, Duration life) {
        return new OwnIdentity(acme.issue(name, life), Revocations.inMemory(), clock, Ticker.system());
    }

    private Daemon start(OwnIdentity self, AssociationLimits limits) {
        Daemon daemon = Daemon.start(self, limits, 0);
        daemons.add(daemon);
        return daemon;
    }

    private static WirePath up(Daemon from, Daemon to) {
        WirePath path = from.expect(to);
        from.awaitUp(path);
        to.awaitUp(to.expectWithoutAddress(from));
        return path;
    }

    private void send(Daemon from, WirePath path) {
        from.send(path, false, sent, sent + 1, 100);
        sent++;
    }

    private void assertAllArrived(Daemon at) {
        List<Long> all = LongStream.range(0, sent).boxed().toList();
        await().atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(at.numbers()).containsExactlyInAnyOrderElementsOf(all));
    }
}
