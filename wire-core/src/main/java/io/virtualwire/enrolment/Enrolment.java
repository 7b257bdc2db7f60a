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
import io.virtualwire.time.Backoff;
import io.virtualwire.time.Ticker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger LOG = LoggerFactory.getLogger(Enrolment.class);
    private static final Duration MOMENT = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final Path file;
    private final InstantSource clock;
    private final Ticker ticker;

    /** @param file where the credentials go, {@code NAME.wire} */
    public Enrolment(Path file, InstantSource clock) {
        this(file, clock, Ticker.system());
    }

    Enrolment(Path file, InstantSource clock, Ticker ticker) {
        this.file = file;
        this.clock = clock;
        this.ticker = ticker;
    }

    /** The credentials that this token gives, or gave; an authority that does not answer is asked for a moment only. */
    public Credentials by(EnrolmentToken token) {
        return by(token, MOMENT);
    }

    /**
     * The credentials that this token gives, or gave.
     *
     * @param patience for how long an authority that does not answer is asked again; a refusal is final
     */
    public Credentials by(EnrolmentToken token, Duration patience) {
        String used = Fingerprint.of(token.secret()).toString();
        Path note = beside(".token");
        if (Files.exists(file)
                && Files.exists(note)
                && new SecretFile(note).read().strip().equals(used)) {
            return Credentials.load(file);
        }
        Path key = beside("." + used.substring(0, 8) + ".key");
        Applicant applicant = Applicant.kept(key, token.identity());
        Credentials credentials = askUntilAnswered(token, applicant, patience);
        credentials.save(file);
        new SecretFile(note).write(used + "\n");
        delete(key);
        return credentials;
    }

    /** More than once, because a host that has just started may not have its network yet; which is safe, see above. */
    private Credentials askUntilAnswered(EnrolmentToken token, Applicant applicant, Duration patience) {
        Backoff backoff = new Backoff(FIRST_PAUSE.toNanos(), LONGEST_PAUSE.toNanos(), new SecureRandom());
        long deadline = ticker.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return ask(token, applicant);
            } catch (WireException e) {
                long left = deadline - ticker.nanoTime();
                if (e.code().category() != ErrorCode.Category.RETRY || left <= 0) {
                    throw e;
                }
                LOG.warn(
                        "cannot enrol {} yet, asking for {} s more: {}",
                        token.identity(),
                        TimeUnit.NANOSECONDS.toSeconds(left),
                        IdentityKeeper.reason(e));
                pause(token, e, Math.min(left, backoff.next()));
            }
        }
    }

    private static void pause(EnrolmentToken token, WireException cause, long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
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
            List<X509Certificate> authorities = Stream.concat(
                            Stream.of(issuer),
                            answer.others().stream()
                                    .map(it -> TenantAuthority.parseCertificate("the authority's answer", it)))
                    .toList();
            return applicant.accept(answer.certificate(), authorities);
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
