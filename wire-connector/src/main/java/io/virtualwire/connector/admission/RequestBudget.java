package io.virtualwire.connector.admission;

/** So many requests a second, and as many at once after a second of rest. */
final class RequestBudget {
    private static final double NANOS = 1_000_000_000d;

    private double left;
    private long lastAt;

    RequestBudget(int perSecond, long now) {
        left = perSecond;
        lastAt = now;
    }

    /** Takes one if there is one. */
    synchronized boolean take(int perSecond, long now) {
        left = Math.min(perSecond, left + (now - lastAt) / NANOS * perSecond);
        lastAt = now;
        if (left < 1) {
            return false;
        }
        left--;
        return true;
    }
}
