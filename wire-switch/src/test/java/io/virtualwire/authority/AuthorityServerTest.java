package io.virtualwire.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.Enrolment;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.enrolment.IdentityKeeper;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import io.virtualwire.testkit.SilentConnections;
import io.virtualwire.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service and the daemon's side of it, over TLS on loopback. */
@Timeout(60)
class AuthorityServerTest {
    private static final InstantSource CLOCK = InstantSource.system();

    @TempDir
    private Path folder;

    private Registrar registrar;
    private AuthorityServer server;
    private Path file;

    @BeforeEach
    void start() {
        WireHome home = new WireHome(folder.resolve("home"));
        home.createAuthority("acme", CLOCK);
        registrar = Registrar.of(home, CLOCK);
        serve(Duration.ofHours(24), 0);
        file = folder.resolve("hostb/hostb.wire");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void whoSaysNothingKeepsNobodyOut() throws Exception {
        try (SilentConnections silent = new SilentConnections(server.port(), 300)) {
            assertThat(new Enrolment(file, CLOCK).by(token("hostb")).identity().name())
                    .isEqualTo("hostb");
            await().untilAsserted(() -> assertThat(silent.stillOpen()).isLessThanOrEqualTo(16));
        }
    }

    @Test
    void daemonEnrolsAndItsKeyStaysWithIt() throws Exception {
        EnrolmentToken token = token("hostb");
        Credentials made = new Enrolment(file, CLOCK).by(token);
        assertThat(made.identity().toString()).isEqualTo("acme/hostb");
        assertThat(Credentials.load(file).certificate()).isEqualTo(made.certificate());
        assertThat(Files.readString(folder.resolve("home/tenant/register.json")))
                .doesNotContain("PRIVATE");
        try (Stream<Path> left = Files.list(file.getParent())) {
            assertThat(left.map(it -> it.getFileName().toString()))
                    .containsExactlyInAnyOrder("hostb.wire", ".hostb.wire.token");
        }
    }

    @Test
    void authorityThatIsLateIsAskedAgain() throws Exception {
        EnrolmentToken token = token("hostb");
        server.close();
        Thread.ofVirtual().start(() -> {
            await().until(() -> Files.exists(file.getParent()));
            serve(Duration.ofHours(24), token.service().port());
        });
        Credentials made = new Enrolment(file, CLOCK).by(token, Duration.ofSeconds(40));
        assertThat(made.identity()).isEqualTo(token.identity());
    }

    @Test
    void authorityThatIsAwayIsGivenUpInTime() {
        EnrolmentToken token = token("hostb");
        server.close();
        refused(ErrorCode.UNAVAILABLE, () -> new Enrolment(file, CLOCK).by(token, Duration.ZERO));
    }

    @Test
    void tokenMayStayInTheConfigurationAndAnotherEnrolsAnew() {
        EnrolmentToken token = token("hostb");
        Enrolment enrolment = new Enrolment(file, CLOCK);
        Credentials first = enrolment.by(token);
        server.close();
        assertThat(enrolment.by(token).certificate()).isEqualTo(first.certificate());
        serve(Duration.ofHours(24), server.port());
        assertThat(enrolment.by(token("hostb")).certificate()).isNotEqualTo(first.certificate());
    }

    @Test
    void lostAnswerIsAskedForAgainWithTheSameKey() throws Exception {
        EnrolmentToken token = token("hostb");
        Path note = file.resolveSibling(".hostb.wire.token");
        Path key = file.resolveSibling(
                ".hostb.wire." + Fingerprint.of(token.secret()).toString().substring(0, 8) + ".key");
        // As after an end of the daemon between the authority's writing and its own.
        Files.createDirectories(file.getParent());
        registrar.enrol(
                token.secret(),
                io.virtualwire.identity.Applicant.kept(key, token.identity()).request(),
                Duration.ofHours(24),
                "192.0.2.9:1");
        Credentials made = new Enrolment(file, CLOCK).by(token);
        assertThat(registrar.members()).hasSize(1);
        assertThat(made.identity()).isEqualTo(token.identity());
        assertThat(note).exists();
        assertThat(key).doesNotExist();
    }

    @Test
    void secondDaemonWithTheSameTokenIsRefused() {
        EnrolmentToken token = token("hostb");
        new Enrolment(file, CLOCK).by(token);
        Path other = folder.resolve("thief/hostb.wire");
        refused(ErrorCode.FORBIDDEN, () -> new Enrolment(other, CLOCK).by(token));
        assertThat(other).doesNotExist();
    }

    @Test
    void authorityThatIsNotTheTokensOneIsNotAsked() {
        EnrolmentToken token = token("hostb");
        EnrolmentToken misled = new EnrolmentToken(
                token.identity(),
                token.service(),
                Fingerprint.of(TenantAuthority.create("acme", CLOCK).certificate()),
                token.secret());
        refused(ErrorCode.UNAUTHENTICATED, () -> new Enrolment(file, CLOCK).by(misled));
        assertThat(registrar.tokens())
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo("unused"));
        assertThat(file).doesNotExist();
    }

    @Test
    void keeperRenewsInTimeWithAnotherKeyAndFollowsTheList() {
        server.close();
        serve(Duration.ofSeconds(4), server.port());
        Credentials first = new Enrolment(file, CLOCK).by(token("hostb"));
        OwnIdentity self = new OwnIdentity(first, Revocations.in(folder.resolve("lists")), CLOCK, Ticker.system());
        try (IdentityKeeper keeper = IdentityKeeper.start(self, file, CLOCK, Ticker.system())) {
            assertThat(keeper).isNotNull();
            await().atMost(Duration.ofSeconds(6)).until(() -> self.credentials() != first);
            assertThat(self.credentials().certificate().getPublicKey())
                    .isNotEqualTo(first.certificate().getPublicKey());
            assertThat(Credentials.load(file).certificate())
                    .isEqualTo(self.credentials().certificate());

            registrar.issue("hostc", Duration.ofHours(1));
            long number = registrar.revoke("hostc").lists().getLast().number();
            await().atMost(Duration.ofSeconds(3))
                    .until(() -> self.revocations().all().stream().anyMatch(it -> it.number() == number));
        }
    }

    @Test
    void credentialsThatEndedWhileTheAuthorityWasAwayAreRenewedWhenItIsBack() {
        server.close();
        Credentials old = registrar.issue("hostb", Duration.ofSeconds(1));
        old.save(file);
        await().until(() -> old.left(CLOCK.instant()).isZero());
        OwnIdentity self = new OwnIdentity(old, Revocations.inMemory(), CLOCK, Ticker.system());
        try (IdentityKeeper keeper = IdentityKeeper.start(self, file, CLOCK, Ticker.system())) {
            assertThat(keeper).isNotNull();
            serve(Duration.ofHours(24), server.port());
            await().atMost(Duration.ofSeconds(10)).until(() -> self.credentials() != old);
            assertThat(self.credentials().life()).isEqualTo(Duration.ofHours(24));
        }
    }

    private void serve(Duration life, int port) {
        server = AuthorityServer.start(registrar, life, "127.0.0.1", port, CLOCK);
        registrar.serveAt(new HostAddress("127.0.0.1", server.port()));
    }

    private EnrolmentToken token(String name) {
        return registrar.createToken(name, Duration.ofHours(1), new HostAddress("127.0.0.1", server.port()));
    }

    private static void refused(ErrorCode code, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
