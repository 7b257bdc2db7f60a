package io.virtualwire.cli.doctor;

import io.virtualwire.identity.Credentials;
import java.time.Duration;
import java.time.Instant;

/** Whether credentials hold now, which also tells a clock that is far off. */
public final class CredentialsCheck {
    private static final Duration SOON = Duration.ofDays(30);

    public Finding run(Credentials credentials, Instant now) {
        String subject = "credentials " + credentials.identity().name();
        Instant from = credentials.certificate().getNotBefore().toInstant();
        Instant until = credentials.certificate().getNotAfter().toInstant();
        String detail = credentials.identity() + ", valid until " + until;
        if (now.isBefore(from)) {
            return Finding.fail(
                    subject,
                    "valid from " + from + " only, and this host's clock says " + now,
                    "set the clock (timedatectl), then try again");
        }
        if (now.isAfter(until)) {
            return Finding.fail(
                    subject,
                    "ended " + until + ", by this host's clock, which says " + now,
                    "issue new ones with 'wire identity issue', or set the clock");
        }
        return until.isBefore(now.plus(SOON))
                ? Finding.warn(subject, detail, "issue new ones soon with 'wire identity issue'")
                : Finding.ok(subject, detail);
    }
}
