package io.virtualwire.rest;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.PlatformHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends connections that do not bring a whole request in time. An idle timeout is not enough: who sends a byte now and then is never idle.
 *
 * <pre>
 *   opened ──▶ WAITING ──whole request──▶ ANSWERING ──answered──▶ WAITING …
 *                 └── its time is up ──▶ closed
 * </pre>
 */
public final class RequestDeadline {
    private final Vertx vertx;
    private final long millis;
    private final Map<HttpConnection, Long> waiting = new ConcurrentHashMap<>();

    /** @param time from the opening, or from the latest answer, to the end of the next request's body */
    public RequestDeadline(Vertx vertx, Duration time) {
        this.vertx = vertx;
        this.millis = time.toMillis();
    }

    /** A connection was made. */
    public void opened(HttpConnection connection) {
        Long former = waiting.put(connection, vertx.setTimer(millis, over -> {
            if (waiting.remove(connection, over)) {
                connection.close();
            }
        }));
        if (former != null) {
            vertx.cancelTimer(former);
        }
    }

    /** It is no more. */
    public void closed(HttpConnection connection) {
        Long timer = waiting.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }

    /** To stand before what reads a request's body: says what is to be done after the answer. */
    public PlatformHandler begun() {
        return this::begun;
    }

    private void begun(RoutingContext context) {
        HttpConnection connection = context.request().connection();
        context.addEndHandler(answered -> {
            if (answered.succeeded()) {
                opened(connection);
            }
        });
        context.next();
    }

    /** To stand behind it. */
    public void read(RoutingContext context) {
        closed(context.request().connection());
        context.next();
    }
}
