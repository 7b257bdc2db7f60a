package io.virtualwire.stack;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Frames of one length from one end to another, a hundred a second, and how long none arrived. */
final class FrameStream implements AutoCloseable {
    private static final int PERIOD_MILLIS = 10;

    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final AtomicLong number;
    private final StackEnd to;

    /** Numbers begin after {@code base}, so that several streams to one end are told apart. */
    FrameStream(StackEnd from, StackEnd to, int length, long base) {
        this.to = to;
        this.number = new AtomicLong(base);
        clock.scheduleAtFixedRate(
                () -> from.send(number.incrementAndGet(), length), 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** How many were sent so far. */
    long sent() {
        return number.get();
    }

    /** Whether the frames sent after {@code earlier} arrive. */
    boolean flowsSince(long earlier) {
        return to.arrived
                        .tailMap(earlier, false)
                        .headMap(Math.max(earlier, number.get()) + 1)
                        .size()
                >= 20;
    }

    /** The longest time between two arrivals of this stream, counted from the frame {@code first}. */
    Duration longestGap(long first) {
        long longest = 0;
        long last = -1;
        for (Map.Entry<Long, Long> arrival :
                to.arrived.subMap(first, true, number.get(), true).entrySet()) {
            longest = last < 0 ? 0 : Math.max(longest, arrival.getValue() - last);
            last = arrival.getValue();
        }
        return Duration.ofNanos(longest);
    }

    @Override
    public void close() {
        clock.shutdownNow();
        try {
            clock.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
