package io.virtualwire.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.ManualTicker;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RevocationsTest {
    @TempDir
    private Path folder;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials east = acme.issue("east");
    private final Credentials west = acme.issue("west");
    private final ManualTicker ticker = new ManualTicker();

    @Test
    void revokedMemberIsRefusedAndTheOneThatFollowsUnderItsNameIsNot() throws Exception {
        OwnIdentity server = self(west);
        shakeHands(east, server);
        assertThat(server.offer(list(7, east))).isTrue();
        assertThatThrownBy(() -> shakeHands(east, server)).isInstanceOf(SSLException.class);
        shakeHands(acme.issue("east"), server);
    }

    @Test
    void revokedServerIsRefusedToo() {
        OwnIdentity client = self(west);
        client.offer(list(7, east));
        assertThatThrownBy(() -> Handshake.run(
                        new TlsContexts(client).clientEngine(east.identity()),
                        new TlsContexts(east).serverEngine(_ -> true)))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void lowerNumberNeverReplacesAHigherOne() {
        OwnIdentity server = self(west);
        assertThat(server.offer(list(7, east))).isTrue();
        assertThat(server.offer(list(7))).isFalse();
        assertThat(server.offer(list(6))).isFalse();
        assertThat(server.revocations().isRevoked(east.certificate())).isTrue();
        assertThat(server.offer(list(8))).isTrue();
        assertThat(server.revocations().isRevoked(east.certificate())).isFalse();
    }

    @Test
    void forgedListIsRefused() {
        TenantAuthority impostor = TenantAuthority.create("acme", InstantSource.system());
        RevocationList forged =
                impostor.revocationList(9, Map.of(west.certificate().getSerialNumber(), Instant.now()));
        OwnIdentity server = self(west);
        assertThatThrownBy(() -> server.offer(forged))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN));
        assertThat(server.revocations().all()).isEmpty();
    }

    @Test
    void eachTenantsListSpeaksOfItsOwnMembersOnly() {
        TenantAuthority friend = TenantAuthority.create("friend", InstantSource.system());
        OwnIdentity server = self(west.trusting(friend.certificate()));
        server.offer(friend.revocationList(3, Map.of(east.certificate().getSerialNumber(), Instant.now())));
        assertThat(server.revocations().isRevoked(east.certificate())).isFalse();
        Credentials guest = friend.issue("guest");
        server.offer(friend.revocationList(4, Map.of(guest.certificate().getSerialNumber(), Instant.now())));
        assertThat(server.revocations().isRevoked(guest.certificate())).isTrue();
        assertThat(server.offer(list(1, east)))
                .as("numbers of two tenants have nothing to do with one another")
                .isTrue();
    }

    @Test
    void restartDoesNotForget() {
        self(west, Revocations.in(folder)).offer(list(7, east));
        OwnIdentity again = self(west, Revocations.in(folder));
        assertThat(again.revocations().isRevoked(east.certificate())).isTrue();
        assertThat(again.offer(list(6))).isFalse();
    }

    @Test
    void keptListThatWasTamperedWithIsToldAndNotTakenForEmpty() throws Exception {
        self(west, Revocations.in(folder)).offer(list(7, east));
        try (Stream<Path> files = Files.list(folder)) {
            Path file = files.findFirst().orElseThrow();
            Files.writeString(
                    file,
                    TenantAuthority.create("acme", InstantSource.system())
                            .revocationList(8, Map.of())
                            .pem());
        }
        assertThatThrownBy(() -> self(west, Revocations.in(folder)))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }

    @Test
    void listSurvivesBeingSent() {
        RevocationList read = RevocationList.parse("a peer", list(7, east, west).pem());
        assertThat(read.number()).isEqualTo(7);
        assertThat(read.size()).isEqualTo(2);
        assertThat(read.isSignedBy(acme.certificate())).isTrue();
        for (String spoilt : List.of("", "no list", "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n")) {
            assertThatThrownBy(() -> RevocationList.parse("a peer", spoilt))
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
        }
    }

    @Test
    void connectionsOfTheRevokedAreCutOnceAndOthersAreNot() throws Exception {
        OwnIdentity server = self(west);
        AtomicInteger cutEast = new AtomicInteger();
        AtomicInteger cutNorth = new AtomicInteger();
        guard(server, east, cutEast);
        guard(server, acme.issue("north"), cutNorth);
        server.offer(list(7, east));
        server.review();
        assertThat(cutEast).hasValue(1);
        assertThat(cutNorth).hasValue(0);
    }

    @Test
    void connectionEndsWithItsCertificateAndGraceByTheMonotonicClock() throws Exception {
        SteppedClock clock = new SteppedClock();
        OwnIdentity server = new OwnIdentity(west, Revocations.inMemory(), clock, ticker);
        AtomicInteger cut = new AtomicInteger();
        guard(server, acme.issue("east", Duration.ofHours(24)), cut);
        for (Duration step : List.of(Duration.ofHours(30), Duration.ofHours(-30), Duration.ofDays(400))) {
            clock.step(step);
            server.review();
            assertThat(cut).as("the clock was set by %s", step).hasValue(0);
        }
        ticker.advance(Duration.ofHours(24).plusMinutes(4));
        server.review();
        assertThat(cut).hasValue(0);
        ticker.advance(Duration.ofMinutes(2));
        server.review();
        assertThat(cut).hasValue(1);
    }

    @Test
    void newCredentialsServeTheNextHandshakeAndMayNotBeAnothers() throws Exception {
        OwnIdentity server = self(west);
        Credentials newer = acme.issue("west");
        server.renew(newer);
        Handshake handshake = shakeHands(east, server);
        assertThat(handshake.client().getSession().getPeerCertificates()[0]).isEqualTo(newer.certificate());
        assertThatThrownBy(() -> server.renew(east)).isInstanceOf(WireException.class);
    }

    @Test
    void handshakeFollowsWhenNewerCredentialsThereAreAndTheOldOnesEndSoon() throws Exception {
        OwnIdentity server = self(acme.issue("west", Duration.ofHours(24)));
        TlsContexts tls = new TlsContexts(server);
        Handshake handshake =
                Handshake.run(new TlsContexts(east).clientEngine(server.identity()), tls.serverEngine(_ -> true));
        Standing standing = tls.standing(handshake.server().getSession());
        ticker.advance(Duration.ofHours(23));
        assertThat(standing.isFollowingDue(true, ticker.nanoTime()))
                .as("nothing new to show")
                .isFalse();
        server.renew(acme.issue("west", Duration.ofHours(24)));
        assertThat(standing.isFollowingDue(true, ticker.nanoTime())).isTrue();
        assertThat(standing.isFollowingDue(false, ticker.nanoTime())).isTrue();
        assertThat(standing.isFollowingDue(
                        true, ticker.nanoTime() - Duration.ofHours(9).toNanos()))
                .as("a third of the life is left: no hurry")
                .isFalse();
    }

    @Test
    void successorIsBelievedForItsTenantAndTheOneBeforeUntilItIsRetired() throws Exception {
        TenantAuthority next = TenantAuthority.create("acme", InstantSource.system());
        Credentials newer = next.issue("east").trusting(acme.certificate());
        OwnIdentity server = self(west);
        TenantAuthority rival = TenantAuthority.create("rival", InstantSource.system());
        server.offer(parting(1, Succession.Stage.ANNOUNCED, rival));
        assertThat(server.authorities()).containsExactly(acme.certificate());
        assertThatThrownBy(() -> shakeHands(newer, server)).isInstanceOf(SSLException.class);

        server.offer(parting(2, Succession.Stage.ANNOUNCED, next));
        shakeHands(newer, server);
        TlsContexts tls = new TlsContexts(server);
        Handshake handshake =
                Handshake.run(new TlsContexts(east).clientEngine(server.identity()), tls.serverEngine(_ -> true));
        AtomicInteger cut = new AtomicInteger();
        tls.guard(handshake.server().getSession(), cut::incrementAndGet);

        server.offer(parting(3, Succession.Stage.RETIRED, next));
        assertThatThrownBy(() -> shakeHands(east, server)).isInstanceOf(SSLException.class);
        server.review();
        assertThat(cut).as("it has a moment to show another certificate").hasValue(0);
        ticker.advance(Duration.ofSeconds(3));
        server.review();
        assertThat(cut).hasValue(1);

        assertThat(server.offer(list(4))).as("its last word").isFalse();
        assertThatThrownBy(() -> shakeHands(east, server)).isInstanceOf(SSLException.class);
        shakeHands(newer, server);
    }

    @Test
    void handshakeFollowsAtOnceWhenAnotherAuthorityIssues() throws Exception {
        OwnIdentity server = self(west);
        TlsContexts tls = new TlsContexts(server);
        Handshake handshake =
                Handshake.run(new TlsContexts(east).clientEngine(server.identity()), tls.serverEngine(_ -> true));
        Standing standing = tls.standing(handshake.server().getSession());
        TenantAuthority next = TenantAuthority.create("acme", InstantSource.system());
        server.offer(parting(1, Succession.Stage.ISSUES, next));
        assertThat(standing.isFollowingDue(true, ticker.nanoTime()))
                .as("nothing new to show")
                .isFalse();
        server.renew(next.issue("west").trusting(acme.certificate()));
        assertThat(standing.isFollowingDue(false, ticker.nanoTime())).isFalse();
        ticker.advance(Duration.ofSeconds(2));
        assertThat(standing.isFollowingDue(true, ticker.nanoTime())).isTrue();
        assertThat(standing.isFollowingDue(false, ticker.nanoTime())).isTrue();
    }

    private RevocationList parting(long number, Succession.Stage stage, TenantAuthority successor) {
        return acme.revocationList(number, Map.of(), Optional.of(new Succession(stage, successor.certificate())));
    }

    private OwnIdentity self(Credentials credentials) {
        return self(credentials, Revocations.inMemory());
    }

    private OwnIdentity self(Credentials credentials, Revocations revocations) {
        return new OwnIdentity(credentials, revocations, InstantSource.system(), ticker);
    }

    private RevocationList list(long number, Credentials... revoked) {
        Map<BigInteger, Instant> serials = new java.util.HashMap<>();
        for (Credentials one : revoked) {
            serials.put(one.certificate().getSerialNumber(), Instant.now());
        }
        return acme.revocationList(number, serials);
    }

    private static void guard(OwnIdentity server, Credentials client, AtomicInteger cut) throws SSLException {
        Handshake handshake = shakeHands(client, server);
        Guard unused = new TlsContexts(server).guard(handshake.server().getSession(), cut::incrementAndGet);
    }

    private static Handshake shakeHands(Credentials client, OwnIdentity server) throws SSLException {
        return Handshake.run(
                new TlsContexts(client).clientEngine(server.identity()),
                new TlsContexts(server).serverEngine(_ -> true));
    }
}
