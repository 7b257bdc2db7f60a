package io.virtualwire.rest;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets each tenant have a few requests under way at a time, the rest wait in a line of its own: whoever asks a lot at once waits
 * for itself.
 */
final class Turnstile {
    private final int atOnce;
    private final int waiting;
    private final Map<String, Line> lines = new HashMap<>();

    private static final class Line {
        private final Queue<Runnable> queue = new ArrayDeque<>();
        private int within;
    }

    /**
     * @param atOnce how many of one tenant are within
     * @param waiting how many of one tenant wait at most
     */
    Turnstile(int atOnce, int waiting) {
        this.atOnce = atOnce;
        this.waiting = waiting;
    }

    /** Does the work when it is this tenant's turn; fails if too much waits already. */
    <T> Future<T> enter(String tenant, Supplier<Future<T>> work) {
        Promise<T> done = Promise.promise();
        Runnable turn = () -> work.get().onComplete(result -> {
            leave(tenant);
            if (result.succeeded()) {
                done.complete(result.result());
            } else {
                done.fail(result.cause());
            }
        });
        if (admit(tenant, turn)) {
            turn.run();
        }
        return done.future();
    }

    private synchronized boolean admit(String tenant, Runnable turn) {
        Line line = lines.computeIfAbsent(tenant, it -> new Line());
        if (line.within < atOnce) {
            line.within++;
            return true;
        }
        if (line.queue.size() >= waiting) {
            throw new WireException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "tenant " + tenant + " has " + (atOnce + waiting) + " requests under way here",
                    "wait for their answers before asking more");
        }
        line.queue.add(turn);
        return false;
    }

    private void leave(String tenant) {
        Runnable next = next(tenant);
        if (next != null) {
            next.run();
        }
    }

    /** The one whose turn it is; its place is that of the one who leaves. */
    private synchronized @Nullable Runnable next(String tenant) {
        Line line = lines.get(tenant);
        if (line == null) {
            throw new IllegalStateException("nobody of " + tenant + " was within");
        }
        Runnable next = line.queue.poll();
        if (next == null) {
            line.within--;
            if (line.within == 0) {
                lines.remove(tenant);
            }
        }
        return next;
    }
}
