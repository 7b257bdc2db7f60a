package io.virtualwire.time;

/** The machine's own monotonic clock. */
enum SystemTicker implements Ticker {
    INSTANCE;

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
