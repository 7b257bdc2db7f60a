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
import javax.net.ssl.SSLSocket;
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
    private final Guests guests;

    /** Who takes those that have proved who they are; called on the owner thread. */
    interface Guests {
        void greeted(ControlStream stream, Hello hello);

        void asksForRelay(ControlStream stream, StreamMessage.Relay request);

        void answersCall(ControlStream stream, StreamMessage.Answer answer);
    }

    StreamAcceptor(
            ServerSocket server,
            TlsContexts tls,
            StreamCodec codec,
            PendingSockets pending,
            AssociationLimits limits,
            Guests guests) {
        this.guests = guests;
        this.server = server;
        this.tls = tls;
        this.codec = codec;
        this.pending = pending;
        this.deadline = limits.handshake();
        this.strangers = new Strangers<>(limits.mostHandshakes(), PendingSockets::closeQuietly);
    }

    /** Begins. */
    void start(Executor owner) {
        Thread.ofVirtual().name("wire-accept-" + server.getLocalPort()).start(() -> accept(owner));
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

    private void accept(Executor owner) {
        while (!server.isClosed()) {
            try {
                Socket raw = server.accept();
                strangers.came(raw.getInetAddress(), raw);
                Thread.ofVirtual().name("wire-greet").start(() -> greet(raw, owner));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    LOG.warn("cannot accept on port {}, trying again: {}", server.getLocalPort(), e.getMessage());
                    pause();
                }
            }
        }
    }

    /** Lets in who comes through a relay, to which that connection leads; blocks until it has greeted. */
    void welcome(Socket raw, SSLSocket throughRelay, Executor owner) throws IOException {
        ControlStream stream = handshake(raw, throughRelay, true);
        if (!(stream.readNow() instanceof Hello hello)) {
            throw new ProtocolException("the first message was no hello");
        }
        owner.execute(() -> guests.greeted(stream, hello));
    }

    private ControlStream handshake(Socket raw, Socket beneath, boolean relayed) throws IOException {
        return ControlStream.handshake(
                raw,
                tls.serverSocket(beneath, peer -> !peer.equals(tls.identity())),
                tls,
                codec,
                (int) deadline.toMillis(),
                relayed);
    }

    private void greet(Socket raw, Executor owner) {
        try (PendingSockets.Guard guard = pending.watch(raw, deadline)) {
            ControlStream stream = handshake(raw, raw, false);
            Runnable entrance = switch (stream.readNow()) {
                case Hello hello -> () -> guests.greeted(stream, hello);
                case StreamMessage.Relay request -> () -> guests.asksForRelay(stream, request);
                case StreamMessage.Answer answer -> () -> guests.answersCall(stream, answer);
                default -> throw new ProtocolException("the first message was no hello");
            };
            if (!strangers.left(raw)) {
                throw new IOException("it was displaced");
            }
            owner.execute(entrance);
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
