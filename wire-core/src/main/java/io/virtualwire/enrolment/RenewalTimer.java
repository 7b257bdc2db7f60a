package io.virtualwire.enrolment;

import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Says when to renew: when about a third of the life is left, not at the same moment for all, and after a failure ever less
 * often until it succeeds. Counts on the monotonic clock, so that setting the clock moves nothing.
 */
final class RenewalTimer {
    private static final double EARLIEST_SHARE = 0.38;
    private static final double LATEST_SHARE = 0.30;
    private static final int FIRST_PAUSES = 200;
    private static final int LONGEST_PAUSES = 20;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final double LEAST_JITTER = 0.5;
    private static final Duration HASTE = Duration.ofSeconds(2);

    private final Ticker ticker;
    private final RandomGenerator random;
    private Duration life = Duration.ZERO;
    private long dueAt;
    private long pause;

    RenewalTimer(Ticker ticker, RandomGenerator random) {
        this.ticker = ticker;
        this.random = random;
    }

    /** There are credentials of that life, of which that much is left. */
    void obtained(Duration newLife, Duration left) {
        life = newLife;
        pause = 0;
        double share = random.nextDouble(LATEST_SHARE, EARLIEST_SHARE);
        long wait = left.toNanos() - (long) (newLife.toNanos() * share);
        dueAt = ticker.nanoTime() + Math.max(0, wait);
    }

    /** Soon, but not all at the same moment. */
    void hasten() {
        long soon = ticker.nanoTime() + (long) (HASTE.toNanos() * random.nextDouble());
        if (soon - dueAt < 0) {
            dueAt = soon;
        }
    }

    boolean isDue() {
        return ticker.nanoTime() - dueAt >= 0;
    }

    /** It was tried, in vain. */
    void failed() {
        long first = between(SHORTEST, life.dividedBy(FIRST_PAUSES), Duration.ofSeconds(10));
        long longest = between(SHORTEST, life.dividedBy(LONGEST_PAUSES), LONGEST);
        pause = pause == 0 ? first : Math.min(2 * pause, Math.max(first, longest));
        dueAt = ticker.nanoTime() + (long) (pause * random.nextDouble(LEAST_JITTER, 1));
    }

    private static long between(Duration least, Duration value, Duration most) {
        return Math.clamp(value.toNanos(), least.toNanos(), most.toNanos());
    }
}
