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
import io.virtualwire.identity.AuthorityFolder;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.Succession.Stage;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import io.virtualwire.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Another authority takes the place of the one before, wherever that is cut short. */
@Timeout(60)
final class RotationTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private WireHome home;
    private Registrar registrar;
    private X509Certificate former;

    @BeforeEach
    void open() {
        home = new WireHome(folder.resolve("home"));
        former = home.createAuthority("acme", CLOCK).certificate();
        registrar = Registrar.of(home, CLOCK);
    }

    @Test
    void bothAreBelievedUntilTheOneBeforeIsRetired() {
        Credentials early = registrar.issue("early", DAY);
        registrar.rotation().announce();
        assertThat(stage()).isEqualTo(Stage.ANNOUNCED);
        Credentials meanwhile = registrar.issue("meanwhile", DAY);
        assertThat(meanwhile.issuer()).isEqualTo(former);
        assertThat(meanwhile.authorities()).hasSize(2);
        registrar.rotation().issue();
        Credentials late = registrar.issue("late", DAY);
        assertThat(late.issuer()).isNotEqualTo(former);
        assertThat(late.authorities()).contains(former);

        OwnIdentity daemon = new OwnIdentity(early, Revocations.inMemory(), CLOCK, Ticker.system());
        registrar.rotation().lists().forEach(daemon::offer);
        assertThat(daemon.authorities()).containsExactlyInAnyOrder(former, late.issuer());

        assertThatThrownBy(() -> registrar.rotation().retire(false)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
            assertThat(e.getMessage()).contains("early, meanwhile");
        });
        registrar.issue("early", DAY);
        registrar.revoke("meanwhile");
        registrar.rotation().retire(false);
        List<RevocationList> lists = registrar.rotation().lists();
        lists.forEach(daemon::offer);
        assertThat(daemon.revocations().isRetired(former)).isTrue();
        assertThat(daemon.revocations().isRetired(late.issuer())).isFalse();
        assertThat(home.tenantFolder().resolve("former/ca.key")).doesNotExist();
        assertThat(registrar.issue("new", DAY).authorities()).containsExactly(late.issuer());
    }

    /** What the wire home has of it when the process was killed before any of its steps is enough to go on. */
    @Test
    void itIsGoneOnWithWhereverItWasCutShort() {
        int steps = 0;
        boolean whole = false;
        while (!whole) {
            WireHome killed = new WireHome(folder.resolve("killed-" + steps));
            X509Certificate before = killed.createAuthority("acme", CLOCK).certificate();
            AtomicInteger left = new AtomicInteger(steps++);
            Registrar dies = Registrar.of(
                    killed,
                    new AuthorityFolder(killed.tenantFolder(), CLOCK, () -> {
                        if (left.getAndDecrement() == 0) {
                            throw new IllegalStateException("killed");
                        }
                    }),
                    CLOCK,
                    new SecureRandom());
            try {
                rotate(dies);
                whole = true;
            } catch (IllegalStateException death) {
                assertThat(death).hasMessage("killed");
            }
            Registrar next = Registrar.of(killed, CLOCK);
            assertThat(next.issue("in-between", DAY).authorities()).isNotEmpty();
            rotate(next);
            assertThat(next.rotation().status().orElseThrow().stage()).isEqualTo(Stage.RETIRED);
            X509Certificate after =
                    TenantAuthority.load(killed.tenantFolder(), CLOCK).certificate();
            assertThat(after).as("after step " + steps).isNotEqualTo(before);
            assertThat(next.issue("late", DAY).issuer()).isEqualTo(after);
            assertThat(killed.tenantFolder().resolve("former/ca.key")).doesNotExist();
            assertThat(killed.tenantFolder().resolve("next/ca.key")).doesNotExist();
            rotateAgain(next, after);
        }
        assertThat(steps).isGreaterThan(8);
    }

    private static void rotate(Registrar registrar) {
        boolean over = registrar
                .rotation()
                .status()
                .filter(it -> it.stage() == Stage.RETIRED)
                .isPresent();
        if (!over) {
            registrar.rotation().announce();
            registrar.rotation().issue();
        }
        registrar.rotation().retire(true);
    }

    private static void rotateAgain(Registrar registrar, X509Certificate present) {
        registrar.rotation().announce();
        registrar.rotation().issue();
        assertThat(registrar.authorities().getFirst()).isNotEqualTo(present);
        assertThat(registrar.authorities().getLast()).isEqualTo(present);
    }

    @Test
    void enrolledDaemonGetsOtherCredentialsByItself() {
        try (AuthorityServer server = AuthorityServer.start(registrar, Duration.ofHours(24), "127.0.0.1", 0, CLOCK)) {
            HostAddress service = new HostAddress("127.0.0.1", server.port());
            registrar.serveAt(service);
            Path file = folder.resolve("hostb.wire");
            EnrolmentToken token = registrar.createToken("hostb", Duration.ofHours(1), service);
            EnrolmentToken later = registrar.createToken("hostc", Duration.ofHours(1), service);
            Credentials made = new Enrolment(file, CLOCK).by(token);
            Path lists = folder.resolve("lists");
            OwnIdentity self = new OwnIdentity(made, Revocations.in(lists), CLOCK, Ticker.system());
            try (IdentityKeeper keeper = IdentityKeeper.start(self, file, CLOCK, Ticker.system())) {
                registrar.rotation().announce();
                await().until(() -> self.authorities().size() == 2);
                assertThat(self.credentials().issuer()).isEqualTo(former);
                registrar.rotation().issue();
                X509Certificate next = registrar.authorities().getFirst();
                await().until(() -> self.credentials().issuer().equals(next));
                await().until(() -> Credentials.load(file).issuer().equals(next));
                assertThat(registrar.rotation().status().orElseThrow().waiting())
                        .isEmpty();

                Credentials enrolled = new Enrolment(folder.resolve("hostc.wire"), CLOCK).by(later);
                assertThat(enrolled.issuer()).as("by a token from before").isEqualTo(next);

                registrar.rotation().retire(false);
                await().until(() -> self.revocations().isRetired(former));
                await().until(() -> Credentials.load(file).authorities().equals(List.of(next)));
            }
            OwnIdentity restarted = new OwnIdentity(made, Revocations.in(lists), CLOCK, Ticker.system());
            assertThat(restarted.revocations().isRetired(former)).isTrue();
            assertThat(restarted.authorities()).contains(registrar.authorities().getFirst());
            EnrolmentToken fresh = registrar.createToken("hostd", Duration.ofHours(1), service);
            await().ignoreExceptions()
                    .until(() -> new Enrolment(folder.resolve("hostd.wire"), CLOCK)
                            .by(fresh)
                            .authorities()
                            .equals(registrar.authorities()));
        }
    }

    @Test
    void credentialsThatArePutIntoTheFileAreUsed() throws Exception {
        Path file = folder.resolve("hand.wire");
        registrar.issue("hand", DAY).save(file);
        OwnIdentity self = new OwnIdentity(Credentials.load(file), Revocations.inMemory(), CLOCK, Ticker.system());
        try (IdentityKeeper keeper = IdentityKeeper.start(self, file, CLOCK, Ticker.system())) {
            registrar.rotation().announce();
            registrar.rotation().lists().forEach(self::offer);
            registrar.rotation().issue();
            registrar.rotation().lists().forEach(self::offer);
            Files.writeString(file, "nonsense");
            Credentials issued = registrar.issue("hand", DAY);
            issued.save(file);
            await().until(() -> self.credentials().certificate().equals(issued.certificate()));
        }
    }

    private Stage stage() {
        return registrar.rotation().status().orElseThrow().stage();
    }
}
