package io.virtualwire.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.enrolment.EnrolmentToken;
import io.virtualwire.identity.Applicant;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.WireHome;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistrarTest {
    private static final HostAddress SERVICE = HostAddress.parse("192.0.2.1:7491", 1);
    private static final Duration DAY = Duration.ofHours(24);
    /* As X509Certificate numbers them. */
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final Identity HOSTB = new Identity("acme", "hostb");

    @TempDir
    private Path folder;

    private Instant now = Instant.parse("2030-01-01T12:00:00Z");
    private Registrar registrar;

    @BeforeEach
    void open() {
        new WireHome(folder).createAuthority("acme", () -> now);
        registrar = again();
    }

    @Test
    void tokenMakesOneMemberOnce() {
        EnrolmentToken token = token("hostb");
        Applicant hostb = Applicant.named(HOSTB);
        Credentials made = accept(hostb, enrol(token, hostb));
        assertThat(made.identity()).isEqualTo(HOSTB);
        assertThat(made.life()).isEqualTo(DAY);
        assertThat(registrar.tokens())
                .singleElement()
                .satisfies(it -> assertThat(it.state()).isEqualTo("used"));
        refused(ErrorCode.FORBIDDEN, "used", () -> enrol(token, Applicant.named(HOSTB)));
    }

    @Test
    void lostAnswerIsGivenAgainToTheSameKeyAlsoAfterARestart() {
        EnrolmentToken token = token("hostb");
        Applicant hostb = Applicant.named(HOSTB);
        CertificateAnswer first = enrol(token, hostb);
        registrar = again();
        now = now.plus(Duration.ofHours(2));
        assertThat(enrol(token, hostb)).isEqualTo(first);
        assertThat(registrar.members()).hasSize(1);
    }

    @Test
    void aCertificateNamesTheAddressesAtWhichOthersThanOurDaemonsMeetIt() throws Exception {
        Applicant hostb = Applicant.named(HOSTB);
        Set<InetAddress> addresses = Set.of(InetAddress.ofLiteral("192.0.2.7"), InetAddress.ofLiteral("2001:db8::7"));
        CertificateAnswer answer =
                registrar.enrol(token("hostb").secret(), hostb.request(), DAY, "192.0.2.9:1", addresses);
        X509Certificate made = accept(hostb, answer).certificate();
        assertThat(made.getSubjectAlternativeNames())
                .extracting(name -> name.get(1).toString())
                .containsExactlyInAnyOrder("virtualwire://acme/hostb", "192.0.2.7", "2001:db8:0:0:0:0:0:7");
        assertThat(made.getKeyUsage()[DIGITAL_SIGNATURE]).isTrue();
        assertThat(made.getKeyUsage()[KEY_ENCIPHERMENT])
                .as("libvirt refuses a certificate without")
                .isTrue();
        Applicant hostc = Applicant.named(new Identity("acme", "hostc"));
        assertThat(accept(hostc, enrol(token("hostc"), hostc)).certificate().getKeyUsage()[KEY_ENCIPHERMENT])
                .isFalse();
    }

    @Test
    void expiredForgedAndRemovedTokensAndWrongNamesChangeNothing() throws Exception {
        EnrolmentToken token = token("hostb");
        EnrolmentToken removed = token("hostc");
        assertThat(registrar.removeTokens("hostc")).isEqualTo(1);
        Path register = folder.resolve("tenant/register.json");
        String before = Files.readString(register);

        refused(
                ErrorCode.UNAUTHENTICATED,
                "no such token",
                () -> registrar.enrol("guess", request("hostb"), DAY, "192.0.2.9:1"));
        refused(
                ErrorCode.UNAUTHENTICATED,
                "no such token",
                () -> registrar.enrol(removed.secret(), request("hostc"), DAY, "192.0.2.9:1"));
        refused(
                ErrorCode.FORBIDDEN,
                "not for acme/hostc",
                () -> registrar.enrol(token.secret(), request("hostc"), DAY, "192.0.2.9:1"));
        refused(
                ErrorCode.BAD_REQUEST,
                "request",
                () -> registrar.enrol(token.secret(), "no request", DAY, "192.0.2.9:1"));
        now = now.plus(Duration.ofMinutes(61));
        refused(
                ErrorCode.UNAUTHENTICATED,
                "expired",
                () -> registrar.enrol(token.secret(), request("hostb"), DAY, "192.0.2.9:1"));

        assertThat(Files.readString(register)).isEqualTo(before).doesNotContain(token.secret());
    }

    @Test
    void everyChangeIsInTheAuditLogAndNoSecretIs() throws Exception {
        EnrolmentToken token = token("hostb");
        Applicant hostb = Applicant.named(HOSTB);
        enrol(token, hostb);
        refused(ErrorCode.FORBIDDEN, "used", () -> enrol(token, Applicant.named(HOSTB)));
        refused(
                ErrorCode.UNAUTHENTICATED,
                "no such token",
                () -> registrar.enrol("guess", request("hostb"), DAY, "192.0.2.9:1"));
        Credentials hostc = registrar.issue("hostc", DAY);
        renew(hostc, "hostc");
        registrar.revoke("hostc");
        refused(ErrorCode.FORBIDDEN, "revoked", () -> renew(hostc, "hostc"));
        refused(ErrorCode.NOT_FOUND, "revoke", () -> registrar.revoke("nobody"));
        String log = Files.readString(folder.resolve("tenant/audit.jsonl"));
        assertThat(log.lines())
                .map(line -> line.replaceAll("^\\{\"time\":\"[^\"]*\",|\"from\":\"192.0.2.9:1\",|[{}\"]", ""))
                .containsExactly(
                        "caller:local,operation:token.create,target:acme/hostb,outcome:done",
                        "caller:acme/hostb,operation:enrol,target:acme/hostb,outcome:done",
                        "caller:acme/hostb,operation:enrol,target:acme/hostb,outcome:refused,code:FORBIDDEN",
                        "caller:local,operation:identity.issue,target:acme/hostc,outcome:done",
                        "caller:acme/hostc,operation:renew,target:acme/hostc,outcome:done",
                        "caller:local,operation:identity.revoke,target:acme/hostc,outcome:done",
                        "caller:acme/hostc,operation:renew,target:acme/hostc,outcome:refused,code:FORBIDDEN",
                        "caller:local,operation:identity.revoke,target:acme/nobody,outcome:refused,code:NOT_FOUND");
        assertThat(log).contains("\"from\":\"192.0.2.9:1\"").doesNotContain(token.secret(), "BEGIN");
    }

    @Test
    void nobodyBecomesTheAuthorityItself() {
        refused(ErrorCode.BAD_REQUEST, "own name", () -> token(TenantAuthority.SERVICE));
        refused(ErrorCode.BAD_REQUEST, "own name", () -> registrar.issue(TenantAuthority.SERVICE, DAY));
    }

    @Test
    void aNodeIsOnNoHostThatIsCalledAsANode() {
        refused(ErrorCode.BAD_REQUEST, "the credentials of a node", () -> token("node-node-x"));
        refused(ErrorCode.BAD_REQUEST, "the credentials of a node", () -> registrar.issue("node-node-x", DAY));
        assertThat(registrar.issue("node-x", DAY).identity()).isEqualTo(new Identity("acme", "node-x"));
    }

    @Test
    void revocationTakesAllOfANameAndWhatFollowsIsNotRevoked() {
        Credentials old = registrar.issue("hostb", DAY);
        Credentials older = registrar.issue("hostb", DAY);
        registrar.issue("hostc", DAY);
        token("hostb");
        Revoked revoked = registrar.revoke("hostb");
        assertThat(revoked.certificates()).isEqualTo(2);
        assertThat(revoked.lists().getLast().size()).isEqualTo(2);
        assertThat(registrar.tokens()).as("its unused tokens are gone, too").isEmpty();
        for (Credentials one : List.of(old, older)) {
            refused(ErrorCode.FORBIDDEN, "revoked", () -> renew(one, "hostb"));
        }
        Credentials fresh = registrar.issue("hostb", DAY);
        assertThat(renew(fresh, "hostb").validUntil()).isEqualTo(now.plus(DAY));
        refused(ErrorCode.NOT_FOUND, "no certificate", () -> registrar.revoke("nobody"));
    }

    @Test
    void lostAnswerIsNotGivenAgainAfterItWasRevoked() {
        EnrolmentToken token = token("hostb");
        Applicant hostb = Applicant.named(HOSTB);
        enrol(token, hostb);
        registrar.revoke("hostb");
        refused(ErrorCode.FORBIDDEN, "revoked", () -> enrol(token, hostb));
    }

    @Test
    void numbersRiseAlsoWhenTheClockOrTheRegisterGoesBack() throws Exception {
        Path register = folder.resolve("tenant/register.json");
        registrar.issue("a", DAY);
        registrar.issue("b", DAY);
        registrar.issue("c", DAY);
        String backup = Files.readString(register);
        long first = registrar.revoke("a").lists().getLast().number();
        now = now.minus(Duration.ofHours(1));
        long second = registrar.revoke("b").lists().getLast().number();
        assertThat(second).isGreaterThan(first);
        Files.writeString(register, backup);
        now = now.plus(Duration.ofHours(2));
        assertThat(registrar.revoke("c").lists().getLast().number()).isGreaterThan(second);
    }

    @Test
    void listForgetsWhatEndedLongAgo() {
        registrar.issue("a", DAY);
        registrar.revoke("a");
        now = now.plus(Duration.ofDays(10));
        registrar.issue("b", DAY);
        RevocationList list = registrar.revoke("b").lists().getLast();
        assertThat(list.size()).isEqualTo(1);
        assertThat(registrar.rotation().lists().getLast().number()).isEqualTo(list.number());
    }

    @Test
    void memberRenewsItsOwnNameOnly() {
        Credentials hostb = registrar.issue("hostb", DAY);
        refused(ErrorCode.FORBIDDEN, "asks to become", () -> renew(hostb, "admin"));
        assertThat(renew(hostb, "hostb").validUntil()).isEqualTo(now.plus(DAY));
    }

    @Test
    void certificatesSayWhereTheServiceIs() {
        assertThat(registrar.issue("a", DAY).authorityService()).isEmpty();
        registrar.serveAt(SERVICE);
        assertThat(registrar.service()).contains(SERVICE);
        assertThat(registrar.issue("b", DAY).authorityService().orElseThrow().getAuthority())
                .isEqualTo(SERVICE.toString());
    }

    @Test
    void certificatesMadeWithoutTheRegisterAreEnteredOnce() {
        Credentials old = new WireHome(folder).authority(() -> now).issue("admin");
        registrar.note(List.of(old));
        registrar.note(List.of(old));
        assertThat(registrar.members()).hasSize(1);
        assertThat(registrar.revoke("admin").certificates()).isEqualTo(1);
    }

    @Test
    void damagedRegisterIsToldAndLeftAlone() throws Exception {
        registrar.issue("a", DAY);
        Path register = folder.resolve("tenant/register.json");
        Files.writeString(register, "{\"tokens\":");
        refused(ErrorCode.CORRUPT, "register", () -> registrar.issue("b", DAY));
        assertThat(Files.readString(register)).isEqualTo("{\"tokens\":");
    }

    private Registrar again() {
        return Registrar.of(new WireHome(folder), () -> now);
    }

    private EnrolmentToken token(String name) {
        return registrar.createToken(name, Duration.ofHours(1), SERVICE);
    }

    private CertificateAnswer enrol(EnrolmentToken token, Applicant applicant) {
        return registrar.enrol(token.secret(), applicant.request(), DAY, "192.0.2.9:1");
    }

    private CertificateAnswer renew(Credentials shown, String name) {
        return registrar.renew(shown.certificate(), shown.identity(), request(name), DAY, "192.0.2.9:1");
    }

    private static String request(String name) {
        return Applicant.named(new Identity("acme", name)).request();
    }

    private Credentials accept(Applicant applicant, CertificateAnswer answer) {
        return applicant.accept(answer.certificate(), registrar.authorities());
    }

    private static void refused(ErrorCode code, String reason, ThrowingCallable attempt) {
        assertThatThrownBy(attempt).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e).hasMessageContaining(reason);
            assertThat(e.code()).isEqualTo(code);
        });
    }
}
