package io.virtualwire.enrolment;

import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.CertificateAnswer;
import io.virtualwire.client.EnrolmentRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Applicant;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.Fingerprint;
import io.virtualwire.identity.SecretFile;
import io.virtualwire.identity.TenantAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Makes one daemon a member of a tenant, by a token.
 *
 * <pre>
 *   key on disk ──▶ asked ──▶ NAME.wire on disk ──▶ token noted as used ──▶ key file gone
 * </pre>
 *
 * Ended anywhere in between and begun again, it asks with the same key, and the authority answers the same. A token that
 * was used here already is not used again, so it may stay in a configuration file.
 */
public final class Enrolment {
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Path file;
    private final InstantSource clock;

    /** @param file where the credentials go, {@code NAME.wire} */
    public Enrolment(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** The credentials that this token gives, or gave. */
    public Credentials by(EnrolmentToken token) {
        String used = Fingerprint.of(token.secret()).toString();
        Path note = beside(".token");
        if (Files.exists(file)
                && Files.exists(note)
                && new SecretFile(note).read().strip().equals(used)) {
            return Credentials.load(file);
        }
        Path key = beside("." + used.substring(0, 8) + ".key");
        Applicant applicant = Applicant.kept(key, token.identity());
        Credentials credentials = askUntilAnswered(token, applicant);
        credentials.save(file);
        new SecretFile(note).write(used + "\n");
        delete(key);
        return credentials;
    }

    /** More than once, because a host that has just started may not have its network yet; which is safe, see above. */
    private Credentials askUntilAnswered(EnrolmentToken token, Applicant applicant) {
        for (int attempt = 1; ; attempt++) {
            try {
                return ask(token, applicant);
            } catch (WireException e) {
                if (e.code().category() != ErrorCode.Category.RETRY || attempt == ATTEMPTS) {
                    throw e;
                }
                pause(token, e);
            }
        }
    }

    private static void pause(EnrolmentToken token, WireException cause) {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "interrupted while enrolling " + token.identity() + ": " + cause.getMessage(),
                    "start the daemon again",
                    e);
        }
    }

    private Credentials ask(EnrolmentToken token, Applicant applicant) {
        try (AuthorityClient authority = AuthorityClient.stranger(
                token.service(), token.authority(), token.identity().tenant(), clock)) {
            CertificateAnswer answer = authority.enrol(new EnrolmentRequest(token.secret(), applicant.request()));
            X509Certificate issuer = TenantAuthority.parseCertificate("the authority's answer", answer.authority());
            if (!Fingerprint.of(issuer).equals(token.authority())) {
                throw new WireException(
                        ErrorCode.UNAUTHENTICATED,
                        "cannot enrol " + token.identity() + ": the answer names another authority than the token",
                        "make a new token with 'wire token create'");
            }
            return applicant.accept(answer.certificate(), List.of(issuer));
        }
    }

    private Path beside(String suffix) {
        Path name = file.getFileName();
        return file.resolveSibling("." + name + suffix);
    }

    private static void delete(Path key) {
        try {
            Files.deleteIfExists(key);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot delete " + key + ": " + IoReason.of(e),
                    "delete it yourself; the daemon is enrolled",
                    e);
        }
    }
}
