package io.virtualwire.connector;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a connector one thing after the other, on connections that stay, and notes what was not answered. */
final class Asker implements AutoCloseable {
    private final AtomicInteger answered = new AtomicInteger();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean ended;
    private volatile long slowestNanos;

    Asker(ConnectorClient client) {
        thread = Thread.ofPlatform().name("asker").start(() -> {
            while (!ended) {
                ask(client);
            }
        });
    }

    private void ask(ConnectorClient client) {
        long began = System.nanoTime();
        try {
            client.health();
            client.endpoints();
            answered.incrementAndGet();
        } catch (WireException e) {
            failures.add(e.getMessage());
        }
        slowestNanos = Math.max(slowestNanos, System.nanoTime() - began);
    }

    List<String> failures() {
        return failures;
    }

    String report() {
        return answered + " questions answered, the slowest after " + slowestNanos / 1_000_000 + " ms";
    }

    @Override
    public void close() throws InterruptedException {
        ended = true;
        thread.join();
    }
}
