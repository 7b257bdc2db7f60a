package io.virtualwire.cli.doctor;

import java.time.Duration;
import java.time.Instant;

/** Compares another host's clock with this one's: certificates hold by the clock of whoever looks at them. */
public final class ClockCheck {
    private static final Duration TOLERABLE = Duration.ofSeconds(30);

    /**
     * @param asked when the host was asked, by this clock
     * @param answered when its answer was here
     * @param said what its own clock said between
     */
    public Finding run(String host, Instant asked, Instant answered, Instant said) {
        String subject = "clock of " + host;
        Duration uncertain = Duration.between(asked, answered).dividedBy(2);
        Duration off = Duration.between(asked.plus(uncertain), said);
        String detail = (off.isNegative() ? "behind" : "ahead of") + " this one's by "
                + off.abs().toMillis() + " ms, give or take " + uncertain.toMillis();
        return off.abs().minus(uncertain).compareTo(TOLERABLE) <= 0
                ? Finding.ok(subject, detail)
                : Finding.warn(
                        subject, detail, "set both by NTP (timedatectl): certificates may not hold yet, or any more");
    }
}
