package io.virtualwire.enrolment;

import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.RenewalRequest;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Applicant;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.time.Ticker;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets the next certificate, for a new key, when the present one has lived two thirds of its life, or its authority
 * is superseded. One thread. */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

    private final OwnIdentity self;
    private final KeptCredentials file;
    private final InstantSource clock;
    private final RenewalTimer timer;
    private int judgedVersion = -1;
    private @Nullable Credentials judged;

    Renewal(OwnIdentity self, KeptCredentials file, InstantSource clock, Ticker ticker) {
        this.self = self;
        this.file = file;
        this.clock = clock;
        this.timer = new RenewalTimer(ticker, new SecureRandom());
        timer.obtained(self.credentials().life(), self.credentials().left(clock.instant()));
    }

    void tick() {
        hastenIfSuperseded();
        if (!timer.isDue()) {
            return;
        }
        Optional<AuthorityClient> authority = IdentityKeeper.authority(self);
        if (authority.isEmpty()) {
            timer.failed();
            return;
        }
        try (AuthorityClient service = authority.get()) {
            Credentials next = next(service);
            file.keep(next);
            timer.obtained(next.life(), next.life());
            LOG.info("renewed the credentials of {}, valid for {}", self.identity(), next.life());
        } catch (WireException e) {
            timer.failed();
            LOG.warn(
                    "cannot renew the credentials of {}, which end in {}; trying again: {}",
                    self.identity(),
                    self.credentials().left(clock.instant()),
                    IdentityKeeper.reason(e));
        }
    }

    private Credentials next(AuthorityClient service) {
        Applicant applicant = Applicant.named(self.identity());
        String certificate =
                service.renew(new RenewalRequest(applicant.request())).certificate();
        return applicant.accept(certificate, self.authorities());
    }

    /** Another authority has taken the place of the one that issued these: there are new ones to be had from that. */
    private void hastenIfSuperseded() {
        int version = self.revocations().version();
        Credentials now = self.credentials();
        if (version == judgedVersion && now == judged) {
            return;
        }
        judgedVersion = version;
        judged = now;
        if (self.revocations().isSuperseded(now.certificate())) {
            timer.hasten();
        }
    }
}
