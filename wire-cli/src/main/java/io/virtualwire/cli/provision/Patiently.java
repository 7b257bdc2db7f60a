package io.virtualwire.cli.provision;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Backoff;
import io.virtualwire.time.Ticker;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Tries something again for as long as it is refused for a reason that passes. */
final class Patiently {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private final Ticker ticker;
    private final Duration limit;

    Patiently(Ticker ticker, Duration limit) {
        this.ticker = ticker;
        this.limit = limit;
    }

    /** What it gives in the end; the last refusal if that is nothing. */
    <T> T ask(Set<ErrorCode> passing, Supplier<T> attempt) {
        Backoff backoff = new Backoff(FIRST_PAUSE.toNanos(), LONGEST_PAUSE.toNanos(), new SecureRandom());
        long deadline = ticker.nanoTime() + limit.toNanos();
        while (true) {
            try {
                return attempt.get();
            } catch (WireException e) {
                long left = deadline - ticker.nanoTime();
                if (!passing.contains(e.code()) || left <= 0) {
                    throw e;
                }
                pause(e, Math.min(left, backoff.next()));
            }
        }
    }

    private static void pause(WireException why, long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw why;
        }
    }
}
