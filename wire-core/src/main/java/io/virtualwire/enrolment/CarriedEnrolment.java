package io.virtualwire.enrolment;

import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Applicant;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes one daemon a member of a tenant whose authority cannot be reached from here: somebody carries the question there, and the
 * answer back. Neither is secret; the key stays here.
 *
 * <pre>
 *   key on disk ──▶ question ── carried ──▶ answer ──▶ NAME.wire on disk ──▶ key file gone
 * </pre>
 *
 * Ended anywhere in between and begun again, it asks with the same key.
 */
public final class CarriedEnrolment {
    private final Path file;
    private final Identity identity;
    private final InstantSource clock;

    /**
     * What is carried to the authority.
     *
     * @param request as PEM; empty if there are good credentials already
     */
    public record Question(Identity identity, String request) {}

    /** @param file where the credentials go, {@code NAME.wire} */
    public CarriedEnrolment(Path file, Identity identity, InstantSource clock) {
        this.file = file;
        this.identity = identity;
        this.clock = clock;
    }

    /**
     * The question, the same until it was answered.
     *
     * @param authority who is to issue; credentials by another are none
     */
    public Question question(Fingerprint authority) {
        if (Files.exists(file) && isGood(Credentials.load(file), authority)) {
            return new Question(identity, "");
        }
        return new Question(identity, Applicant.kept(key(), identity).request());
    }

    private boolean isGood(Credentials known, Fingerprint authority) {
        return known.identity().equals(identity)
                && !known.left(clock.instant()).isNegative()
                && known.authorities().stream()
                        .anyMatch(it -> Fingerprint.of(it).equals(authority));
    }

    /** Takes the answer, once; it is on disk when this returns. */
    public Credentials accept(CertificateAnswer answer) {
        if (!Files.exists(key())) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot accept a certificate for " + identity + ": nothing was asked for",
                    "ask first: wire identity request " + identity);
        }
        List<X509Certificate> authorities = Stream.concat(Stream.of(answer.authority()), answer.others().stream())
                .map(it -> TenantAuthority.parseCertificate("the authority's answer", it))
                .toList();
        Credentials credentials = Applicant.kept(key(), identity).accept(answer.certificate(), authorities);
        credentials.save(file);
        try {
            Files.deleteIfExists(key());
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot delete " + key() + ": " + IoReason.of(e),
                    "delete it yourself; the daemon is enrolled",
                    e);
        }
        return credentials;
    }

    private Path key() {
        return file.resolveSibling("." + file.getFileName() + ".carried.key");
    }
}
