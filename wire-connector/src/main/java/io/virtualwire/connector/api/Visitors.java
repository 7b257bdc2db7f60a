package io.virtualwire.connector.api;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Who is connected, and how much each has asked that is not answered yet. Any thread. */
final class Visitors {
    private final Map<HttpConnection, AtomicInteger> open = new ConcurrentHashMap<>();
    private volatile boolean leaving;

    void came(HttpConnection connection) {
        open.put(connection, new AtomicInteger());
    }

    void left(HttpConnection connection) {
        open.remove(connection);
    }

    boolean present() {
        return !open.isEmpty();
    }

    /** The same handler, with every request counted until it is answered. */
    Handler<HttpServerRequest> counting(Handler<HttpServerRequest> handler) {
        return request -> {
            HttpConnection connection = request.connection();
            AtomicInteger asked = open.getOrDefault(connection, new AtomicInteger());
            asked.incrementAndGet();
            request.response().endHandler(ended -> answered(connection, asked));
            if (leaving) {
                request.response().putHeader("Connection", "close");
            }
            handler.handle(request);
        };
    }

    /** Ends each connection as soon as all that was asked on it is answered. */
    void askToLeave() {
        leaving = true;
        open.forEach((connection, asked) -> {
            if (asked.get() == 0) {
                connection.close();
            }
        });
    }

    /** Nobody has to leave any more. */
    void welcome() {
        leaving = false;
    }

    private void answered(HttpConnection connection, AtomicInteger asked) {
        if (asked.decrementAndGet() == 0 && leaving) {
            connection.close();
        }
    }
}
