package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Numbers over TCP from one guest to another, in order, until it is told to end. */
final class TcpStream implements AutoCloseable {
    private static final int BLOCK = 4096;
    private static final long PAUSE_NANOS = 200_000;

    private final ServerSocket server;
    private final Socket from;
    private final Socket to;
    private final AtomicBoolean end = new AtomicBoolean();
    private final CompletableFuture<Long> sent = new CompletableFuture<>();
    private final CompletableFuture<Arrived> arrived = new CompletableFuture<>();

    private record Arrived(long blocks, long longestGapMillis) {}

    TcpStream(Namespace serverIn, String address, Namespace clientIn) throws IOException {
        server = in(serverIn, () -> new ServerSocket(0, 1, InetAddress.getByName(address)));
        from = in(clientIn, () -> new Socket(address, server.getLocalPort()));
        to = server.accept();
        Thread.ofPlatform().daemon().start(() -> complete(sent, this::send));
        Thread.ofPlatform().daemon().start(() -> complete(arrived, this::receive));
    }

    private interface Work<T> {
        T get() throws IOException;
    }

    private static <T> T in(Namespace namespace, Work<T> work) throws IOException {
        CompletableFuture<T> made = new CompletableFuture<>();
        new NetworkNamespace(namespace.name()).call(() -> {
            complete(made, work);
            return true;
        });
        return made.join();
    }

    private static <T> void complete(CompletableFuture<T> future, Work<T> work) {
        try {
            future.complete(work.get());
        } catch (IOException | RuntimeException e) {
            future.completeExceptionally(e);
        }
    }

    private long send() throws IOException {
        long number = 0;
        byte[] filling = new byte[BLOCK - Long.BYTES];
        DataOutputStream out = new DataOutputStream(from.getOutputStream());
        while (!end.get()) {
            out.writeLong(number++);
            out.write(filling);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        from.shutdownOutput();
        return number;
    }

    private Arrived receive() throws IOException {
        DataInputStream in = new DataInputStream(to.getInputStream());
        long expected = 0;
        long longest = 0;
        long last = System.nanoTime();
        byte[] filling = new byte[BLOCK - Long.BYTES];
        for (int first = in.read(); first >= 0; first = in.read()) {
            long number = (long) first << 56
                    | (long) in.readUnsignedByte() << 48
                    | (long) in.readUnsignedShort() << 32
                    | in.readInt() & 0xffff_ffffL;
            in.readFully(filling);
            if (number != expected++) {
                throw new IOException("block " + number + " came in place of " + (expected - 1));
            }
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
        }
        return new Arrived(expected, longest / 1_000_000);
    }

    /** Ends it, and fails unless every byte came; says how it went. */
    String endWithoutAnError() throws Exception {
        end.set(true);
        long blocks = sent.get(20, TimeUnit.SECONDS);
        Arrived all = arrived.get(20, TimeUnit.SECONDS);
        assertThat(all.blocks()).isEqualTo(blocks);
        return blocks * BLOCK / 1_000_000 + " MB over TCP, longest pause " + all.longestGapMillis() + " ms";
    }

    @Override
    public void close() throws IOException {
        from.close();
        to.close();
        server.close();
    }
}
