package io.virtualwire.identity;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/**
 * When a certificate holds, with grace for clocks that are off.
 *
 * <pre>
 *      1 h          5 min                                     grace              a week
 *   issued before  | tolerated | issued ─── life ─── until | ongoing, handshakes | renewal only |
 * </pre>
 *
 * The grace at the end is a quarter of the life, at most 5 minutes.
 */
record Lifetime(Instant from, Instant until) {
    /** Certificates begin this much before they are made, for peers whose clock is behind. */
    static final Duration BACKDATING = Duration.ofHours(1);

    /** How much further behind a clock may be. */
    private static final Duration EARLY = Duration.ofMinutes(5);

    private static final Duration LONGEST_GRACE = Duration.ofMinutes(5);
    private static final int GRACE_SHARE = 4;

    /** How long after its end a certificate still suffices to ask for the next one. */
    static final Duration RENEWAL_GRACE = Duration.ofDays(7);

    static Lifetime of(X509Certificate certificate) {
        return new Lifetime(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    /** From when it was made to its end. */
    Duration life() {
        Duration life = Duration.between(from.plus(BACKDATING), until);
        return life.isNegative() ? Duration.ZERO : life;
    }

    /** How long it is still believed after its end. */
    Duration grace() {
        Duration share = life().dividedBy(GRACE_SHARE);
        return share.compareTo(LONGEST_GRACE) < 0 ? share : LONGEST_GRACE;
    }

    /** How long it is still believed by a clock that says {@code now}: nothing, or at most all its life and grace. */
    Duration left(Instant now) {
        Duration left = Duration.between(now, until.plus(grace()));
        Duration most = life().plus(grace());
        return left.isNegative() ? Duration.ZERO : left.compareTo(most) < 0 ? left : most;
    }

    /**
     * The moment at which to judge it: {@code now}, or the next at which it holds if that lies within the grace.
     *
     * @param extra more grace at the end
     */
    Instant judgedAt(Instant now, Duration extra) {
        if (now.isBefore(from) && now.isAfter(from.minus(EARLY))) {
            return from;
        }
        return now.isAfter(until) && now.isBefore(until.plus(grace()).plus(extra)) ? until : now;
    }
}
