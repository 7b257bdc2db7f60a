package io.virtualwire.cli.doctor;

import io.virtualwire.identity.Credentials;
import java.time.Duration;
import java.time.Instant;

/** Whether credentials hold now, which also tells a clock that is far off. */
public final class CredentialsCheck {
    private static final Duration SOON = Duration.ofDays(30);

    /** A daemon renews when a third of the life is left. */
    private static final int LATE_SHARE = 4;

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
        return credentials
                .authorityService()
                .map(service ->
                        credentials.left(now).compareTo(credentials.life().dividedBy(LATE_SHARE)) < 0
                                ? Finding.warn(
                                        subject,
                                        detail + ", not renewed in time",
                                        "see that its daemon runs and that 'wire authority run' answers at "
                                                + service.getAuthority())
                                : Finding.ok(subject, detail + ", renewed by its daemon"))
                .orElseGet(() -> until.isBefore(now.plus(SOON))
                        ? Finding.warn(subject, detail, "issue new ones soon with 'wire identity issue'")
                        : Finding.ok(subject, detail));
    }
}
