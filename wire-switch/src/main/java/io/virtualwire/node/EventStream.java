package io.virtualwire.node;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.WireException;
import io.virtualwire.rest.Answers;
import java.util.List;

/**
 * One answer to {@code GET /v1/events}: an event a line, as fast as the reader takes them, until it goes away.
 *
 * <p>Runs on one Vert.x context.
 */
final class EventStream {
    static final int PAGE = 256;
    private static final long ALIVE_MILLIS = 15_000;

    private final Vertx vertx;
    private final Context context;
    private final EventFeed feed;
    private final HttpServerResponse response;
    private final Answers answers;
    private final boolean follow;
    private final Runnable wake;
    private long told;
    private long timer = -1;
    private boolean over;

    /** @param told the number of the last event that the reader knows */
    EventStream(Vertx vertx, EventFeed feed, HttpServerResponse response, Answers answers, long told, boolean follow) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.feed = feed;
        this.response = response;
        this.answers = answers;
        this.told = told;
        this.follow = follow;
        this.wake = () -> context.runOnContext(now -> tell());
    }

    void begin() {
        response.setChunked(true).putHeader("content-type", "application/x-ndjson");
        response.closeHandler(gone -> end());
        response.exceptionHandler(gone -> end());
        response.drainHandler(ready -> tell());
        if (follow) {
            feed.follow(wake);
            timer = vertx.setPeriodic(ALIVE_MILLIS, tick -> alive());
        }
        tell();
        alive();
        if (!follow) {
            over = true;
            response.end();
        }
    }

    private void tell() {
        while (!over && (!response.writeQueueFull() || !follow)) {
            List<FabricEvent> next;
            try {
                next = feed.after(told, PAGE);
            } catch (WireException behind) {
                return;
            }
            if (next.isEmpty()) {
                return;
            }
            next.forEach(this::write);
            told = next.getLast().sequence();
        }
    }

    private void alive() {
        if (!over && !response.writeQueueFull()) {
            write(FabricEvent.alive(told));
        }
    }

    private void write(FabricEvent event) {
        response.write(answers.line(event));
    }

    private void end() {
        over = true;
        feed.leave(wake);
        vertx.cancelTimer(timer);
    }
}
