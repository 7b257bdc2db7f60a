package io.virtualwire.time;

import java.util.random.RandomGenerator;

/** How long to wait before the next attempt: doubling from a first to a longest wait, less up to half of it by chance. */
public final class Backoff {
    private final long firstNanos;
    private final long longestNanos;
    private final RandomGenerator random;
    private long nextNanos;

    public Backoff(long firstNanos, long longestNanos, RandomGenerator random) {
        this.firstNanos = firstNanos;
        this.longestNanos = longestNanos;
        this.random = random;
        this.nextNanos = firstNanos;
    }

    /** The wait after one more failure. */
    public long next() {
        long wait = nextNanos;
        nextNanos = Math.min(longestNanos, nextNanos * 2);
        return wait - random.nextLong(wait / 2 + 1);
    }

    public void reset() {
        nextNanos = firstNanos;
    }
}
