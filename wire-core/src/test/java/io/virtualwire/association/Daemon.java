package io.virtualwire.association;

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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** One daemon's associations over loopback, with a listener that remembers. */
final class Daemon implements AutoCloseable, PathListener {
    static final Duration PATIENCE = Duration.ofSeconds(15);

    /** What arrived: the header's frame number, whether it was plain, and the payload. */
    record Arrival(Identity from, long number, boolean plain, byte[] payload) {}

    final DatapathLoop loop;
    private final ServerSocket server;
    final TappedTransport transport;
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
            DatapathLoop loop, OwnIdentity self, ServerSocket server, UdpTransport udp, AssociationLimits limits) {
        this.loop = loop;
        this.server = server;
        this.self = self;
        this.identity = self.identity();
        this.transport = new TappedTransport(udp);
        this.associations = new Associations(
                loop,
                new TlsContexts(self),
                new StreamSockets(NetworkNamespace.own()),
                server,
                List.of(transport),
                limits);
        run(() -> {
            associations.start(this);
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
        DatapathLoop loop = DatapathLoop.start(self.identity().name());
        InetAddress host = InetAddress.getLoopbackAddress();
        for (int attempt = 0; ; attempt++) {
            try {
                ServerSocket server = new ServerSocket();
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(host, port));
                try {
                    UdpTransport udp = UdpTransport.open(
                            loop, NetworkNamespace.own(), new InetSocketAddress(host, server.getLocalPort()));
                    return new Daemon(loop, self, server, udp, limits);
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
        run(() -> {
            MessageHeader header = new MessageHeader().kind(MessageKind.FRAME).wireIndex(77);
            for (long number = from; number < to; number++) {
                byte[] payload = new byte[length];
                Arrays.fill(payload, (byte) number);
                path.send(header.frameNumber(number), plain, payload, 0, length);
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
        loop.assertInLoop();
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
        run(() -> {
            transport.close();
            return null;
        });
        List<SessionStream> streams =
                run(() -> associations.sessions().stream().map(Session::stream).toList());
        loop.close();
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
            loop.close();
        }
    }
}
