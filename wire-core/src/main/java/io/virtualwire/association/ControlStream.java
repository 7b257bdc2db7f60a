package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.Standing;
import io.virtualwire.identity.TlsContexts;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import jdk.net.ExtendedSocketOptions;

/**
 * One TLS connection to a peer daemon and the messages on it.
 *
 * <p>Made when the handshake is over, so {@link #peer()} is proved. Two virtual threads block on behalf of the owner
 * thread: one reads and hands each message over, one writes what {@link #send} queued. Both directions are bounded: a
 * reader waits while the owner is behind, and a peer that does not read is cut off.
 */
final class ControlStream implements SessionStream {
    /** How many bytes may wait for a peer that is slow to read. */
    private static final int MAX_QUEUED_BYTES = 32 << 20;

    /** How many bytes of datagrams may wait; what comes then is dropped, as it is late anyway. */
    private static final int MAX_QUEUED_DATAGRAM_BYTES = 256 << 10;

    /** What the kernel may keep besides, once datagrams go this way. */
    private static final int SEND_BUFFER_BYTES = 512 << 10;

    /** How many messages may wait for the owner thread; datagrams count as one for each so many bytes. */
    private static final int MAX_HANDED_OVER = 256;

    private static final int BYTES_PER_MESSAGE = 4096;

    private static final int KEEPALIVE_IDLE_SECONDS = 5;
    private static final int KEEPALIVE_INTERVAL_SECONDS = 2;
    private static final int KEEPALIVE_COUNT = 3;
    private static final long LINGER_MILLIS = 2000;
    private static final byte[] LAST = new byte[0];

    /** What the owner thread learns. */
    interface Listener {
        void received(ControlStream stream, StreamMessage message);

        /** Nothing more will come or go; called once. */
        void ended(ControlStream stream, String reason);
    }

    private final Socket raw;
    private final SSLSocket socket;
    private final StreamCodec codec;
    private final Identity peer;
    private final Standing standing;
    private final DataInputStream in;
    private final OutputStream out;
    private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>();
    private final AtomicInteger queuedBytes = new AtomicInteger();
    private final AtomicInteger queuedDatagramBytes = new AtomicInteger();
    private final Semaphore handOver = new Semaphore(MAX_HANDED_OVER);
    private final CountDownLatch readerDone = new CountDownLatch(1);
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final boolean relayed;
    private boolean carriesDatagrams;

    private ControlStream(Socket raw, SSLSocket socket, Standing standing, StreamCodec codec, boolean relayed)
            throws IOException {
        this.relayed = relayed;
        this.raw = raw;
        this.socket = socket;
        this.codec = codec;
        this.peer = standing.peer();
        this.standing = standing;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = new BufferedOutputStream(socket.getOutputStream(), 1 << 14);
    }

    /**
     * Shakes hands; blocks at most {@code timeoutMillis} in each read.
     *
     * @param raw the connection beneath, of which a relay may be the other end
     */
    static ControlStream handshake(
            Socket raw, SSLSocket socket, TlsContexts tls, StreamCodec codec, int timeoutMillis, boolean relayed)
            throws IOException {
        raw.setSoTimeout(timeoutMillis);
        raw.setTcpNoDelay(true);
        raw.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        raw.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEPALIVE_IDLE_SECONDS);
        raw.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEPALIVE_INTERVAL_SECONDS);
        raw.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEPALIVE_COUNT);
        socket.startHandshake();
        return new ControlStream(raw, socket, tls.standing(socket.getSession()), codec, relayed);
    }

    /** Gives every byte that comes to {@code other}; blocks until one of the two ends. Instead of {@link #start}. */
    void pour(ControlStream other, IntConsumer counted) {
        byte[] buffer = new byte[1 << 14];
        try {
            raw.setSoTimeout(0);
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                counted.accept(length);
                other.out.write(buffer, 0, length);
                other.out.flush();
            }
        } catch (IOException e) {
            // It has ended, or the other one.
        }
        cut();
        other.cut();
    }

    /** Writes at once, blocking; only before {@link #start}. */
    void sendNow(StreamMessage message) throws IOException {
        out.write(codec.encode(message));
        out.flush();
    }

    /** Reads one message, blocking; only before {@link #start}. */
    StreamMessage readNow() throws IOException {
        return codec.read(in);
    }

    /** Lets messages flow; {@code listener} hears of them on {@code owner}. */
    void start(Listener listener, Executor owner) throws IOException {
        raw.setSoTimeout(0);
        Thread.ofVirtual().name("wire-write-" + peer).start(this::write);
        Thread.ofVirtual().name("wire-read-" + peer).start(() -> read(listener, owner));
    }

    /** The peer, as proved by its certificate. */
    Identity peer() {
        return peer;
    }

    @Override
    public Standing standing() {
        return standing;
    }

    @Override
    public InetAddress remoteAddress() {
        return raw.getInetAddress();
    }

    @Override
    public boolean isRelayed() {
        return relayed;
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    /** Keying material of this TLS session (RFC 8446 section 7.5). */
    byte[] export(String label, byte[] context, int length) throws IOException {
        return ((ExtendedSSLSession) socket.getSession()).exportKeyingMaterialData(label, context, length);
    }

    @Override
    public boolean send(StreamMessage message) {
        if (!open.get()) {
            return false;
        }
        byte[] bytes = codec.encode(message);
        if (queuedBytes.addAndGet(bytes.length) > MAX_QUEUED_BYTES) {
            cut();
            return false;
        }
        return queue.add(bytes);
    }

    @Override
    public boolean send(byte[] datagrams, int offset, int length, int datagramSize) {
        if (!open.get() || queuedDatagramBytes.get() + length > MAX_QUEUED_DATAGRAM_BYTES) {
            return false;
        }
        if (!carriesDatagrams) {
            carriesDatagrams = true;
            boundSendBuffer();
        }
        byte[] bytes = codec.encode(datagrams, offset, length, datagramSize);
        queuedDatagramBytes.addAndGet(bytes.length);
        return queue.add(bytes);
    }

    /** By itself it would grow until what is in it is seconds old. */
    private void boundSendBuffer() {
        try {
            raw.setSendBufferSize(SEND_BUFFER_BYTES);
        } catch (IOException e) {
            // It has ended.
        }
    }

    /** Says why this stream leads nowhere, and ends it; instead of {@link #start}. */
    void refuse(StreamMessage reason, Executor owner) {
        Listener nobody = new Listener() {
            @Override
            public void received(ControlStream stream, StreamMessage message) {}

            @Override
            public void ended(ControlStream stream, String why) {}
        };
        try {
            start(nobody, owner);
            finish(reason);
        } catch (IOException e) {
            cut();
        }
    }

    @Override
    public void finish(StreamMessage last) {
        if (send(last)) {
            leave();
        }
    }

    @Override
    public void leave() {
        open.set(false);
        queue.add(LAST);
    }

    /** {@inheritDoc} The reader then reports it. */
    @Override
    public void cut() {
        open.set(false);
        queue.add(LAST);
        try {
            // Not the SSLSocket: its close waits for a writer that a dead peer may hold up.
            raw.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private void write() {
        try {
            for (byte[] bytes = queue.take(); bytes != LAST; bytes = queue.take()) {
                out.write(bytes);
                (StreamCodec.isDatagrams(bytes) ? queuedDatagramBytes : queuedBytes).addAndGet(-bytes.length);
                if (queue.isEmpty()) {
                    out.flush();
                }
            }
            out.flush();
            socket.shutdownOutput();
            // What was written last would be lost by a reset if the peer's bytes were still unread when the socket
            // closes.
            readerDone.await(LINGER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            // The reader finds the same and reports it.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }

    private void read(Listener listener, Executor owner) {
        String reason;
        try {
            for (; ; ) {
                StreamMessage message = codec.read(in);
                int weight =
                        message instanceof StreamMessage.Datagrams run ? 1 + run.bytes().length / BYTES_PER_MESSAGE : 1;
                handOver.acquire(weight);
                owner.execute(() -> {
                    handOver.release(weight);
                    listener.received(this, message);
                });
            }
        } catch (ProtocolException e) {
            reason = "it said " + e.getMessage();
            finish(new StreamMessage.Failure(StreamMessage.Failure.PROTOCOL, reason));
        } catch (IOException e) {
            reason = e.getMessage() == null ? "the connection ended" : e.getMessage();
            cut();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "interrupted";
            cut();
        }
        open.set(false);
        readerDone.countDown();
        String why = reason;
        owner.execute(() -> listener.ended(this, why));
    }

    @Override
    public String toString() {
        return "control stream to " + peer + " at " + raw.getRemoteSocketAddress();
    }
}
