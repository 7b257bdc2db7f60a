package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.identity.Strangers;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets peers in: a connection reaches the owner thread when its peer has proved who it is and said {@code hello}. {@link
 * Strangers} amid that are few and have a deadline; whom a newcomer displaces and who exceeds it is closed and counted.
 */
final class StreamAcceptor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamAcceptor.class);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ServerSocket server;
    private final TlsContexts tls;
    private final StreamCodec codec;
    private final PendingSockets pending;
    private final Duration deadline;
    private final Strangers<Socket> strangers;
    private final AtomicLong refused = new AtomicLong();

    StreamAcceptor(
            ServerSocket server, TlsContexts tls, StreamCodec codec, PendingSockets pending, AssociationLimits limits) {
        this.server = server;
        this.tls = tls;
        this.codec = codec;
        this.pending = pending;
        this.deadline = limits.handshake();
        this.strangers = new Strangers<>(limits.mostHandshakes(), PendingSockets::closeQuietly);
    }

    /** Begins; {@code greeted} is called on {@code owner}. */
    void start(Executor owner, BiConsumer<ControlStream, Hello> greeted) {
        Thread.ofVirtual().name("wire-accept-" + server.getLocalPort()).start(() -> accept(owner, greeted));
    }

    /** Connections that came to nothing: no certificate of ours, no {@code hello}, or too many at once. */
    long refused() {
        return refused.get();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.debug("closing the listener on port {}", server.getLocalPort(), e);
        }
    }

    private void accept(Executor owner, BiConsumer<ControlStream, Hello> greeted) {
        while (!server.isClosed()) {
            try {
                Socket raw = server.accept();
                strangers.came(raw.getInetAddress(), raw);
                Thread.ofVirtual().name("wire-greet").start(() -> greet(raw, owner, greeted));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("cannot accept on port {}, trying again: {}", server.getLocalPort(), e.getMessage());
                    pause();
                }
            }
        }
    }

    private void greet(Socket raw, Executor owner, BiConsumer<ControlStream, Hello> greeted) {
        try (PendingSockets.Guard guard = pending.watch(raw, deadline)) {
            ControlStream stream = ControlStream.handshake(
                    raw, tls.serverSocket(raw, peer -> !peer.equals(tls.identity())), tls, codec, (int)
                            deadline.toMillis());
            if (!(stream.readNow() instanceof Hello hello)) {
                throw new ProtocolException("the first message was no hello");
            }
            if (!strangers.left(raw)) {
                throw new IOException("it was displaced");
            }
            owner.execute(() -> greeted.accept(stream, hello));
        } catch (IOException | RuntimeException e) {
            refused.incrementAndGet();
            PendingSockets.closeQuietly(raw);
            LOG.debug("refused {}: {}", raw.getRemoteSocketAddress(), e.getMessage());
        } finally {
            strangers.left(raw);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
