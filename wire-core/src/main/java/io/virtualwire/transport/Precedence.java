package io.virtualwire.transport;

import io.virtualwire.time.Ticker;
import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * Whether the owner thread goes before those of the guests: while it has little to do.
 *
 * <p>A frame that comes alone then waits for no guest's turn, which takes milliseconds. A thread that is called for every
 * single frame of many would only interrupt who sends them, between any two; it takes its turn like others until it is calm
 * again, and finds many frames at each.
 *
 * <pre>
 *             64 calls within 8 ms
 *   BEFORE ──────────────────────────▶ EQUAL
 *          ◀──────────────────────────
 *             a look, 100 ms after the one before, finds fewer than 100 calls
 * </pre>
 */
final class Precedence {
    /** From one look to the next while the thread has no precedence. */
    static final Duration LOOK = Duration.ofMillis(100);

    private static final int BEFORE_GUESTS = -10;
    private static final int EQUAL = 0;
    private static final int CALLS = 64;
    private static final long BUSY_NANOS = 8_000_000;
    private static final int CALM_CALLS = 100;

    private final Ticker ticker;
    private final IntPredicate nice;
    private boolean before;
    private int calls;
    private long since;

    /**
     * @param nice sets the nice value of the thread; false if that is not allowed
     */
    Precedence(Ticker ticker, IntPredicate nice) {
        this.ticker = ticker;
        this.nice = nice;
    }

    /** Goes before the guests, where that is allowed; called on the thread that is meant, as all of it. */
    boolean take() {
        before = nice.test(BEFORE_GUESTS);
        calls = 0;
        since = ticker.nanoTime();
        return before;
    }

    /** A descriptor was ready. True if precedence is given up for it: then {@link #look} is due. */
    boolean called() {
        calls++;
        if (!before || calls < CALLS) {
            return false;
        }
        long now = ticker.nanoTime();
        boolean busy = now - since < BUSY_NANOS;
        calls = 0;
        since = now;
        if (busy) {
            before = false;
            boolean ignored = nice.test(EQUAL);
        }
        return busy;
    }

    /** Takes precedence again if the thread is calm. False if it is not, and another look is due. */
    boolean look() {
        boolean calm = calls < CALM_CALLS;
        calls = 0;
        if (calm) {
            take();
        }
        return calm;
    }
}
