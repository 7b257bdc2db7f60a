package io.virtualwire.time;

/** A monotonic clock, in nanoseconds from an arbitrary origin; only differences mean anything. */
@FunctionalInterface
public interface Ticker {
    /** The current reading; never goes back. */
    long nanoTime();

    /** The clock of this machine. */
    static Ticker system() {
        return SystemTicker.INSTANCE;
    }
}
