package io.virtualwire.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that somebody sets: the real one, some time off. */
public final class SteppedClock implements InstantSource {
    private volatile Duration offset = Duration.ZERO;

    /** Sets the clock that much off. */
    public void step(Duration newOffset) {
        offset = newOffset;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(offset);
    }
}
