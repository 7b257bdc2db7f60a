package io.virtualwire.node;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.metrics.Metric;
import io.virtualwire.metrics.Scrape;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what has happened in the fabric since this node started. */
final class EventTally implements Runnable {
    private static final double MICROS = 1e6;
    private static final int PAGE = 1024;

    private final EventFeed feed;
    private final Map<String, Long> byType = new TreeMap<>();
    private long counted;
    private long migrations;
    private long handoffMicros;
    private long flipMicros;
    private long lastHandoffMicros;
    private long lastFlipMicros;

    /** Counts from the feed's newest event on. */
    EventTally(EventFeed feed) {
        this.feed = feed;
        this.counted = feed.last();
        feed.follow(this);
    }

    @Override
    public synchronized void run() {
        List<FabricEvent> next = feed.after(counted, PAGE);
        while (!next.isEmpty()) {
            next.forEach(this::count);
            counted = next.getLast().sequence();
            next = feed.after(counted, PAGE);
        }
    }

    synchronized void addTo(Scrape scrape) {
        byType.forEach((type, count) -> scrape.add(Metric.EVENTS, count, type));
        scrape.add(Metric.MIGRATIONS, migrations);
        scrape.add(Metric.MIGRATION_SECONDS, handoffMicros / MICROS, "handoff");
        scrape.add(Metric.MIGRATION_SECONDS, flipMicros / MICROS, "flip");
        scrape.add(Metric.MIGRATION_LAST_SECONDS, lastHandoffMicros / MICROS, "handoff");
        scrape.add(Metric.MIGRATION_LAST_SECONDS, lastFlipMicros / MICROS, "flip");
    }

    private void count(FabricEvent event) {
        byType.merge(event.type(), 1L, Long::sum);
        if (event.type().equals("component.measured")) {
            migrations++;
            lastHandoffMicros = event.handoffMicros();
            lastFlipMicros = event.flipMicros();
            handoffMicros += lastHandoffMicros;
            flipMicros += lastFlipMicros;
        }
    }
}
