package io.virtualwire.association;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How much one tenant's relayed connections carry together, and how much they may. Thread-safe. */
final class RelayPace {
    /** What may come at once after a silence, in time. */
    private static final long BURST_NANOS = 100_000_000L;

    private final LongSupplier clock;
    private final AtomicLong bytes = new AtomicLong();
    private volatile long perSecond = Long.MAX_VALUE;
    private long freeAt;
    private boolean used;

    RelayPace(LongSupplier clock) {
        this.clock = clock;
    }

    void limit(long bytesPerSecond) {
        perSecond = bytesPerSecond;
    }

    /** Bytes so far. */
    long bytes() {
        return bytes.get();
    }

    /** Counts what is about to pass, and blocks while that is too much. */
    void pass(int length) {
        bytes.addAndGet(length);
        long wait = reserve(length, clock.getAsLong());
        if (wait > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes a place in time for so much; how long that is away. */
    synchronized long reserve(int length, long now) {
        long limit = perSecond;
        if (limit == Long.MAX_VALUE) {
            return 0;
        }
        long earliest = now - BURST_NANOS;
        freeAt = used && freeAt - earliest > 0 ? freeAt : earliest;
        used = true;
        freeAt += length * TimeUnit.SECONDS.toNanos(1) / Math.max(1, limit);
        return Math.max(0, freeAt - now);
    }
}
