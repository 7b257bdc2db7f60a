package io.virtualwire.association;

/** The round-trip time of a path, smoothed as TCP does it (RFC 6298: a new sample counts an eighth). */
final class RoundTrip {
    private static final int WEIGHT = 8;

    private long smoothed = -1;

    void sample(long nanos) {
        smoothed = smoothed < 0 ? nanos : smoothed + (nanos - smoothed) / WEIGHT;
    }

    /** Nanoseconds; -1 before the first sample. */
    long nanos() {
        return smoothed;
    }

    void restore(long nanos) {
        smoothed = nanos;
    }

    void forget() {
        smoothed = -1;
    }
}
