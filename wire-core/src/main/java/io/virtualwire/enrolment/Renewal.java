package io.virtualwire.enrolment;

import io.virtualwire.client.AuthorityClient;
import io.virtualwire.client.RenewalRequest;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Applicant;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.time.Ticker;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets the next certificate, for a new key, when the present one has lived two thirds of its life. One thread. */
final class Renewal {
    private static final Logger LOG = LoggerFactory.getLogger(Renewal.class);

    private final OwnIdentity self;
    private final Path file;
    private final InstantSource clock;
    private final RenewalTimer timer;

    Renewal(OwnIdentity self, Path file, InstantSource clock, Ticker ticker) {
        this.self = self;
        this.file = file;
        this.clock = clock;
        this.timer = new RenewalTimer(ticker, new SecureRandom());
        timer.obtained(self.credentials().life(), self.credentials().left(clock.instant()));
    }

    void tick() {
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
            keep(next);
            self.renew(next);
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
        return applicant.accept(certificate, self.credentials().authorities());
    }

    /** To the file go the authorities that are there: others were trusted for the sake of the configuration. */
    private void keep(Credentials next) {
        try {
            new Credentials(
                            next.key(),
                            next.certificate(),
                            Credentials.load(file).authorities())
                    .save(file);
        } catch (WireException e) {
            // The old file may still do for a renewal after a restart; the new credentials do for now.
            LOG.error("cannot keep the renewed credentials of {}: {}", self.identity(), IdentityKeeper.reason(e));
        }
    }
}
