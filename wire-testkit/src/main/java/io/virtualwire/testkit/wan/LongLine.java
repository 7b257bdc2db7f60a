package io.virtualwire.testkit.wan;

import java.util.SplittableRandom;

/**
 * One direction of a long line: says of each frame when it comes out.
 *
 * <pre>
 *   in ──▶ queue ──▶ sent at the line's rate, one after the other ──▶ lost, or delayed ──▶ out
 * </pre>
 *
 * <p>Times rise in the order in which frames went in; of which of them are to be {@linkplain #isOvertaken overtaken} it says so besides.
 */
final class LongLine {
    /** Instead of a time: it does not come out. */
    static final long LOST = Long.MIN_VALUE;

    /** Instead of a time: it found the queue full. */
    static final long DROPPED = Long.MIN_VALUE + 1;

    private static final double NANOS = 1e9;

    private WanProfile profile;
    private final SplittableRandom random;
    private boolean used;
    private long freeAt;

    LongLine(WanProfile profile, long seed) {
        this.profile = profile;
        this.random = new SplittableRandom(seed);
    }

    /** From now on it does that. */
    void profile(WanProfile changed) {
        profile = changed;
    }

    /** Whether the frame that went in last comes out behind some that follow it. */
    boolean isOvertaken() {
        return profile.overtaken() > 0 && random.nextDouble() < profile.overtaken();
    }

    /**
     * A frame goes in.
     *
     * @param now nanoseconds; never less than before
     * @return when it comes out, or {@link #LOST} or {@link #DROPPED}
     */
    long out(long now, int bytes) {
        long begins = used && freeAt - now > 0 ? freeAt : now;
        if (begins - now > profile.queue().toNanos()) {
            return DROPPED;
        }
        used = true;
        freeAt = begins + Math.round(bytes * 8 * NANOS / profile.bitsPerSecond());
        // A frame that is lost takes its time on the line, too.
        return random.nextDouble() < profile.loss()
                ? LOST
                : freeAt + profile.delay().toNanos();
    }
}
