package io.virtualwire.wire;

import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Wakes the records that asked for it, with one timer of the loop for all. */
final class Alarms implements Scope.Alarm {
    private final Loop loop;
    private final Events events;
    private final List<SideRecord> waiting = new ArrayList<>();
    private Loop.@Nullable Timer timer;
    private long timerAt;

    Alarms(Loop loop, Events events) {
        this.loop = loop;
        this.events = events;
    }

    @Override
    public void at(SideRecord record, long nanoTime) {
        if (!record.isListed()) {
            record.listed(true);
            waiting.add(record);
        }
        arm(nanoTime);
    }

    private void arm(long nanoTime) {
        if (timer != null) {
            if (nanoTime - timerAt >= 0) {
                return;
            }
            timer.cancel();
        }
        timerAt = nanoTime;
        long delay = Math.max(0, nanoTime - loop.ticker().nanoTime());
        timer = loop.schedule(Duration.ofNanos(delay), this::ring);
    }

    private void ring() {
        timer = null;
        long now = loop.ticker().nanoTime();
        for (SideRecord record : List.copyOf(waiting)) {
            if (record.wakeAt() != Long.MAX_VALUE && record.wakeAt() - now <= 0) {
                record.tick(now);
            }
        }
        waiting.removeIf(record -> {
            boolean idle = record.wakeAt() == Long.MAX_VALUE || record.isClosed();
            record.listed(!idle);
            return idle;
        });
        for (SideRecord record : waiting) {
            arm(record.wakeAt());
        }
        events.tell();
    }
}
