package io.virtualwire.testkit;

import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that moves only when a test moves it. */
public final class ManualTicker implements Ticker {
    private final AtomicLong nanos;

    /** Starts at an odd origin, so that code which takes readings for absolute times fails at once. */
    public ManualTicker() {
        this(-7_000_000_007L);
    }

    public ManualTicker(long originNanos) {
        nanos = new AtomicLong(originNanos);
    }

    @Override
    public long nanoTime() {
        return nanos.get();
    }

    /** Moves the clock forward and returns the new reading. */
    public long advance(Duration duration) {
        return advanceNanos(duration.toNanos());
    }

    /** Moves the clock forward and returns the new reading. */
    public long advanceNanos(long duration) {
        if (duration < 0) {
            throw new IllegalArgumentException("a monotonic clock does not go back: " + duration + " ns");
        }
        return nanos.addAndGet(duration);
    }
}
