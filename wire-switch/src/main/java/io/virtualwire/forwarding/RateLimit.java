package io.virtualwire.forwarding;

import org.jspecify.annotations.Nullable;

/**
 * Lets a rate pass and what is above it not: a token bucket that holds a second's worth, full at first.
 *
 * <p>Kept as the moment until which all that has passed would have taken at the rate ("theoretical arrival time", as in ATM's
 * generic cell rate algorithm), so that nothing has to be refilled.
 */
final class RateLimit {
    private static final long SECOND = 1_000_000_000L;

    private final long perSecond;
    private final boolean inBytes;
    private long paidUntil;
    private boolean started;

    private RateLimit(StormRate rate) {
        perSecond = rate.perSecond();
        inBytes = rate.unit() == StormRate.Unit.BYTES;
    }

    static @Nullable RateLimit of(@Nullable StormRate rate) {
        return rate == null ? null : new RateLimit(rate);
    }

    static RateLimit to(StormRate rate) {
        return new RateLimit(rate);
    }

    /** Whether a frame of so many bytes may pass now. HOT PATH. */
    boolean admits(int bytes, long now) {
        if (perSecond == 0) {
            return false;
        }
        long cost = (inBytes ? bytes : 1) * SECOND / perSecond;
        long ahead = started ? Math.max(0, paidUntil - now) : 0;
        /* A single frame of more than a second's worth passes when nothing else has. */
        if (ahead > 0 && ahead + cost > SECOND) {
            return false;
        }
        started = true;
        paidUntil = now + ahead + cost;
        return true;
    }
}
