package io.virtualwire.association;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Connections whose peer is not proved yet: each has a deadline, and all are closed at the end. Thread-safe. */
final class PendingSockets implements AutoCloseable {
    private final Set<Socket> pending = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Ends the watch over one connection, which is then left alone. */
    @FunctionalInterface
    interface Guard extends AutoCloseable {
        @Override
        void close();
    }

    /** Closes {@code socket} unless the guard is closed in time; a peer could drip bytes for ever else. */
    Guard watch(Socket socket, Duration deadline) {
        pending.add(socket);
        if (closed) {
            closeQuietly(socket);
        }
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofVirtual().name("wire-deadline").start(() -> {
            try {
                if (!done.await(deadline.toNanos(), TimeUnit.NANOSECONDS)) {
                    closeQuietly(socket);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        return () -> {
            done.countDown();
            pending.remove(socket);
        };
    }

    @Override
    public void close() {
        closed = true;
        pending.forEach(PendingSockets::closeQuietly);
    }

    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
