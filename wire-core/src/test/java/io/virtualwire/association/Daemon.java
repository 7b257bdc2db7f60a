package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.port.DropReason;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import io.virtualwire.wire.PathListener;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** One daemon's associations over loopback, with a listener that remembers. */
final class Daemon implements AutoCloseable, PathListener {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What arrived: the header's frame number, whether it was plain, and the payload. */
    record Arrival(Identity from, long number, boolean plain, byte[] payload) {}

    final DatapathLoop loop;
    final List<DatapathLoop> loops;
    private final ServerSocket server;
    final TappedTransport transport;
    final List<TappedTransport> transports;
    final Associations associations;
    final Identity identity;
    final OwnIdentity self;
    final List<Arrival> arrivals = new CopyOnWriteArrayList<>();
    final List<PeerMessage> told = new CopyOnWriteArrayList<>();
    final List<Boolean> ups = new CopyOnWriteArrayList<>();
    final AtomicInteger downs = new AtomicInteger();
    final AtomicInteger count = new AtomicInteger();
    volatile boolean keepArrivals = true;

    /** What is said on every session, as wires do. */
    volatile List<PeerMessage> offers = List.of();

    private Daemon(
            List<DatapathLoop> loops,
            OwnIdentity self,
            ServerSocket server,
            List<UdpTransport> sockets,
            AssociationLimits limits,
            List<String> features) {
        this.loops = loops;
        this.loop = loops.getFirst();
        this.server = server;
        this.self = self;
        this.identity = self.identity();
        this.transports = sockets.stream().map(TappedTransport::new).toList();
        this.transport = transports.getFirst();
        this.associations = new Associations(
                new TlsContexts(self),
                new StreamSockets(NetworkNamespace.own()),
                List.of(server),
                IntStream.range(0, loops.size())
                        .mapToObj(i -> new Berth(loops.get(i), transports.get(i)))
                        .toList(),
                limits,
                Optional.empty(),
                features);
        run(() -> {
            associations.start(loops.stream().map(Ear::new).toList());
            return null;
        });
    }

    static Daemon start(Credentials credentials, AssociationLimits limits) {
        return start(credentials, limits, 0);
    }

    static Daemon start(Credentials credentials, AssociationLimits limits, int port) {
        return start(OwnIdentity.of(credentials), limits, port);
    }

    static Daemon start(OwnIdentity self, AssociationLimits limits, int port) {
        return start(self, limits, port, 1, List.of("frames", LanePlan.FEATURE));
    }

    static Daemon start(OwnIdentity self, AssociationLimits limits, int port, int threads, List<String> features) {
        List<DatapathLoop> loops = IntStream.range(0, threads)
                .mapToObj(i -> DatapathLoop.start(self.identity().name() + "-" + i))
                .toList();
        InetAddress host = InetAddress.getLoopbackAddress();
        for (int attempt = 0; ; attempt++) {
            try {
                ServerSocket server = new ServerSocket();
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(host, port));
                try {
                    List<UdpTransport> sockets = new ArrayList<>();
                    for (DatapathLoop each : loops) {
                        sockets.add(UdpTransport.open(
                                each,
                                NetworkNamespace.own(),
                                new InetSocketAddress(host, sockets.isEmpty() ? server.getLocalPort() : 0)));
                    }
                    return new Daemon(loops, self, server, sockets, limits, features);
                } catch (RuntimeException e) {
                    server.close();
                    if (port != 0 || attempt == 10) {
                        throw e;
                    }
                }
            } catch (BindException e) {
                if (attempt == 100) {
                    throw new IllegalStateException(e);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    String address() {
        return "127.0.0.1:" + associations.port();
    }

    <T> T run(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loop.execute(() -> {
            try {
                result.complete(work.call());
            } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    WirePath expect(Daemon peer) {
        return run(() -> associations.acquire(peer.identity, List.of(peer.address())));
    }

    WirePath expectWithoutAddress(Daemon peer) {
        return run(() -> associations.acquire(peer.identity, List.of()));
    }

    void release(Daemon peer) {
        run(() -> {
            associations.release(peer.identity);
            return null;
        });
    }

    void awaitUp(WirePath path) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> run(path::isUp));
    }

    /** Sends frames with these numbers; the payload repeats the number. */
    void send(WirePath path, boolean plain, long from, long to, int length) {
        send(path::send, plain, from, to, length);
    }

    /** A way to send one message, as of {@link WirePath}. */
    @FunctionalInterface
    interface Sending {
        boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length);
    }

    void send(Sending way, boolean plain, long from, long to, int length) {
        run(() -> {
            MessageHeader header = new MessageHeader().kind(MessageKind.FRAME).wireIndex(77);
            for (long number = from; number < to; number++) {
                byte[] payload = new byte[length];
                Arrays.fill(payload, (byte) number);
                way.send(header.frameNumber(number), plain, payload, 0, length);
            }
            return null;
        });
    }

    AssociationStatus status(Daemon peer) {
        return run(associations::status).stream()
                .filter(status -> status.peer().equals(peer.identity))
                .findFirst()
                .orElseThrow();
    }

    long drops(DropReason reason) {
        Map<DropReason, Long> drops = run(associations::drops);
        return drops.getOrDefault(reason, 0L);
    }

    /** Does it on one owner thread. */
    <T> T run(int thread, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        loops.get(thread).execute(() -> {
            try {
                result.complete(work.call());
            } catch (Exception | AssertionError e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    /** What the wires of one thread hear; the first one's is what this remembers of sessions. */
    private final class Ear implements PathListener {
        private final DatapathLoop thread;

        Ear(DatapathLoop thread) {
            this.thread = thread;
        }

        @Override
        public void sessionUp(WirePath path, boolean newInstance) {
            thread.assertInLoop();
            if (thread == loop) {
                Daemon.this.sessionUp(path, newInstance);
            }
        }

        @Override
        public void sessionDown(WirePath path) {
            thread.assertInLoop();
            if (thread == loop) {
                Daemon.this.sessionDown(path);
            }
        }

        @Override
        public void message(WirePath path, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
            thread.assertInLoop();
            assertThat(header.wireIndex() % loops.size()).isEqualTo(loops.indexOf(thread));
            Daemon.this.message(path, header, plain, bytes, offset, length);
        }

        @Override
        public void told(WirePath path, PeerMessage message) {
            thread.assertInLoop();
            if (thread == loop) {
                Daemon.this.told(path, message);
            }
        }
    }

    @Override
    public void sessionUp(WirePath path, boolean newInstance) {
        loop.assertInLoop();
        ups.add(newInstance);
        offers.forEach(path::tell);
    }

    @Override
    public void sessionDown(WirePath path) {
        loop.assertInLoop();
        downs.incrementAndGet();
    }

    @Override
    public void message(WirePath path, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        count.incrementAndGet();
        if (keepArrivals) {
            arrivals.add(new Arrival(
                    path.peer(), header.frameNumber(), plain, Arrays.copyOfRange(bytes, offset, offset + length)));
        }
    }

    @Override
    public void told(WirePath path, PeerMessage message) {
        loop.assertInLoop();
        told.add(message);
    }

    List<Long> numbers() {
        return arrivals.stream().map(Arrival::number).toList();
    }

    /** Ends as if by kill -9: nothing is said to anybody, the kernel closes the sockets. */
    void kill() {
        for (int i = 0; i < loops.size(); i++) {
            TappedTransport each = transports.get(i);
            run(i, () -> {
                each.close();
                return null;
            });
        }
        List<SessionStream> streams =
                run(() -> associations.sessions().stream().map(Session::stream).toList());
        loops.forEach(DatapathLoop::close);
        streams.forEach(SessionStream::cut);
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (!loop.eventLoop().isShuttingDown()) {
            run(() -> {
                associations.close();
                return null;
            });
            loops.forEach(DatapathLoop::close);
        }
    }
}
