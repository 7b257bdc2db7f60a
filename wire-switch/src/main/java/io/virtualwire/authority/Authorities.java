package io.virtualwire.authority;

import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.identity.AuthorityFolder;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.Succession;
import io.virtualwire.identity.TenantAuthority;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Which of a tenant's authorities does what, as its register says. */
final class Authorities {
    /** How long a certificate that has ended stays on the list, for daemons whose clocks are behind. */
    private static final Duration LISTED_AFTER_END = Duration.ofDays(1);

    private final AuthorityFolder folder;
    private final Map<String, TenantAuthority> known = new ConcurrentHashMap<>();

    Authorities(AuthorityFolder folder) {
        this.folder = folder;
    }

    /** The one that issues. */
    TenantAuthority issuing(Register register) {
        return register.rotation()
                .map(rotation ->
                        of(rotation.stage() == Succession.Stage.ANNOUNCED ? rotation.former() : rotation.next()))
                .orElseGet(folder::present);
    }

    /** The one as whose service the service shows itself, and which tokens name: everybody believes it until it is retired. */
    TenantAuthority serving(Register register) {
        return register.rotation()
                .map(rotation -> of(rotation.isOver() ? rotation.next() : rotation.former()))
                .orElseGet(folder::present);
    }

    /** All whose certificates are believed, the one that issues first. */
    List<X509Certificate> believed(Register register) {
        return register.rotation()
                .map(rotation -> switch (rotation.stage()) {
                    case ANNOUNCED -> List.of(certificate(rotation.former()), certificate(rotation.next()));
                    case ISSUES -> List.of(certificate(rotation.next()), certificate(rotation.former()));
                    case RETIRED -> List.of(certificate(rotation.next()));
                })
                .orElseGet(() -> List.of(folder.present().certificate()));
    }

    /** The same register, with new lists of all authorities that can still sign one. */
    Register listed(Register register, Instant now) {
        // Counts from the clock, so that a register restored from a backup goes on above what daemons know.
        long number = Math.max(register.listNumber() + 1, now.toEpochMilli());
        Map<BigInteger, Instant> revoked = revoked(register, now);
        Optional<RotationRecord> rotation = register.rotation();
        if (rotation.isEmpty()) {
            return register.listing(
                    number, folder.present().revocationList(number, revoked).pem());
        }
        RotationRecord present = rotation.get();
        Register listed = register.listing(
                number, of(present.next()).revocationList(number, revoked).pem());
        return present.isOver() ? listed : listed.with(present.listing(parting(present, number, revoked)));
    }

    /** What the one before says last. */
    Register retired(Register register, Instant now) {
        RotationRecord over = register.rotation().orElseThrow().at(Succession.Stage.RETIRED, now);
        long number = Math.max(register.listNumber() + 1, now.toEpochMilli());
        Map<BigInteger, Instant> revoked = revoked(register, now);
        return register.with(over.listing(parting(over, number, revoked)))
                .listing(number, of(over.next()).revocationList(number, revoked).pem());
    }

    private String parting(RotationRecord rotation, long number, Map<BigInteger, Instant> revoked) {
        Succession succession = new Succession(rotation.stage(), certificate(rotation.next()));
        return of(rotation.former())
                .revocationList(number, revoked, Optional.of(succession))
                .pem();
    }

    /** What to tell who has asked for that certificate. */
    CertificateAnswer answer(Register register, X509Certificate made) {
        X509Certificate serving = serving(register).certificate();
        return new CertificateAnswer(
                TenantAuthority.pem(made),
                TenantAuthority.pem(serving),
                made.getNotAfter().toInstant(),
                believed(register).stream()
                        .filter(it -> !it.equals(serving))
                        .map(TenantAuthority::pem)
                        .toList());
    }

    /** Whether a certificate was issued by the one before, which is believed no more. */
    boolean isOfRetired(Register register, X509Certificate shown) {
        return register.rotation()
                .filter(RotationRecord::isOver)
                .filter(it -> TenantAuthority.issued(certificate(it.former()), shown))
                .isPresent();
    }

    /** The same register, which knows of that certificate. */
    Register noted(Register register, String name, X509Certificate made) {
        return register.with(new IssuedRecord(
                IssuedRecord.serial(made.getSerialNumber()),
                name,
                made.getNotAfter().toInstant(),
                Optional.empty(),
                issuer(register, made)));
    }

    private Optional<String> issuer(Register register, X509Certificate made) {
        return believed(register).stream()
                .filter(it -> TenantAuthority.issued(it, made))
                .map(it -> Fingerprint.of(it).toString())
                .findFirst();
    }

    /** The newest lists, in the order in which they are to be taken. */
    static List<RevocationList> lists(Register register) {
        return pems(register).stream()
                .map(pem -> RevocationList.parse("the authority's register", pem))
                .toList();
    }

    /** The same, as PEM. */
    static List<String> pems(Register register) {
        Optional<String> former = register.rotation().flatMap(RotationRecord::formerList);
        return Stream.of(former, register.list()).flatMap(Optional::stream).toList();
    }

    private static Map<BigInteger, Instant> revoked(Register register, Instant now) {
        Map<BigInteger, Instant> revoked = new HashMap<>();
        for (IssuedRecord one : register.issued()) {
            if (one.until().isBefore(now.minus(LISTED_AFTER_END))) {
                // Nobody believes it any more, and this authority renews it as little: it asks the register.
                continue;
            }
            one.revokedAt().ifPresent(since -> revoked.put(one.number(), since));
        }
        return revoked;
    }

    private TenantAuthority of(String pem) {
        return known.computeIfAbsent(pem, it -> folder.of(certificate(it)));
    }

    static X509Certificate certificate(String pem) {
        return TenantAuthority.parseCertificate("the authority's register", pem);
    }
}
