package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.URI;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one daemon or person proves its identity with, and whom it believes: a private key, the certificate for it,
 * and the certificates of the tenant authorities that are trusted. Kept as one PEM file, {@code NAME.wire}.
 */
public record Credentials(PrivateKey key, X509Certificate certificate, List<X509Certificate> authorities) {

    /** Refuses an empty trust list, with which no peer could ever be believed. */
    public Credentials {
        authorities = List.copyOf(authorities);
        if (authorities.isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot use the credentials of "
                            + SubjectNames.of(certificate).identity() + ": they name no authority to trust",
                    "add the tenant's ca.crt to the file");
        }
    }

    /** Reads a {@code NAME.wire} file. */
    public static Credentials load(Path file) {
        return parse(file.toString(), new SecretFile(file).read());
    }

    /** Reads the text of a {@code NAME.wire} file. */
    static Credentials parse(String origin, String text) {
        PemText pem = PemText.parse(origin, text);
        List<X509Certificate> own = new ArrayList<>();
        List<X509Certificate> authorities = new ArrayList<>();
        for (X509Certificate certificate : pem.certificates()) {
            (TenantAuthority.isAuthority(certificate) ? authorities : own).add(certificate);
        }
        if (own.size() != 1) {
            throw PemText.unreadable(origin, "it holds " + own.size() + " own certificates instead of one");
        }
        return new Credentials(pem.onlyKey(origin), own.getFirst(), authorities);
    }

    /** Writes a {@code NAME.wire} file, readable by its owner only, whole or not at all. */
    public void save(Path file) {
        new SecretFile(file).write(text());
    }

    /** Who these credentials prove to be. */
    public Identity identity() {
        return SubjectNames.of(certificate).identity();
    }

    /** When the certificate begins to be due for renewal, and everything else about its times. */
    Lifetime lifetime() {
        return Lifetime.of(certificate);
    }

    /** How long the certificate holds from its making on. */
    public Duration life() {
        return lifetime().life();
    }

    /** How much of that is left by a clock that says {@code now}; never more than all. */
    public Duration left(Instant now) {
        Duration left = lifetime().left(now).minus(lifetime().grace());
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The one among the authorities that issued these. */
    public X509Certificate issuer() {
        return authorities.stream()
                .filter(authority -> TenantAuthority.issued(authority, certificate))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.CORRUPT,
                        "cannot use the credentials of " + identity() + ": no authority in them issued them",
                        "issue them again"));
    }

    /** For which tenant an authority speaks. */
    public static String tenantOf(X509Certificate authority) {
        return SubjectNames.of(authority).tenant();
    }

    /** Where the authority that issued these can be asked, if the certificate says so. */
    public Optional<URI> authorityService() {
        return CertificateDraft.listAddress(certificate);
    }

    /** The same credentials, trusting one more tenant's authority. */
    public Credentials trusting(X509Certificate authority) {
        if (!TenantAuthority.isAuthority(authority)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot trust '" + authority.getSubjectX500Principal() + "': it is no tenant's authority",
                    "give the ca.crt that 'wire init' made");
        }
        if (authorities.contains(authority)) {
            return this;
        }
        List<X509Certificate> more = new ArrayList<>(authorities);
        more.add(authority);
        return new Credentials(key, certificate, more);
    }

    /** Names the identity only: a private key must not reach a log. */
    @Override
    public String toString() {
        return "Credentials[" + identity() + "]";
    }

    private String text() {
        List<Object> items = new ArrayList<>();
        items.add(certificate);
        items.add(key);
        items.addAll(authorities);
        return "# VirtualWire credentials of " + identity() + ", valid until "
                + certificate.getNotAfter().toInstant()
                + ".\n# Keep this file secret: it holds a private key.\n"
                + PemText.write(items.toArray());
    }
}
