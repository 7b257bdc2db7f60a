package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.StreamSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects to peers: each dial tries the addresses in order on a virtual thread of its own. */
final class StreamDialler {
    private static final Logger LOG = LoggerFactory.getLogger(StreamDialler.class);
    private static final int CONNECT_MILLIS = 1500;

    private final StreamSockets streams;
    private final TlsContexts tls;
    private final StreamCodec codec;
    private final PendingSockets pending;
    private final Duration deadline;
    private final Executor owner;
    private final RelayLeg relays;

    /** What the owner thread learns of a dial: one of the two, once. */
    interface Listener {
        void dialled(ControlStream stream, Hello peerHello);

        void failed(String reason);
    }

    StreamDialler(
            StreamSockets streams,
            TlsContexts tls,
            StreamCodec codec,
            PendingSockets pending,
            Duration deadline,
            Executor owner) {
        this.streams = streams;
        this.tls = tls;
        this.codec = codec;
        this.pending = pending;
        this.deadline = deadline;
        this.owner = owner;
        this.relays = new RelayLeg(tls, codec);
    }

    void dial(Identity peer, List<PeerAddress> addresses, Hello hello, Listener listener) {
        Thread.ofVirtual().name("wire-dial-" + peer).start(() -> tryAll(peer, addresses, hello, listener));
    }

    /** Looks up where these addresses are, in their order; {@code found} is called on the owner thread. */
    void resolve(List<PeerAddress> addresses, Consumer<List<InetAddress>> found) {
        Thread.ofVirtual().name("wire-resolve").start(() -> {
            List<InetAddress> hosts = new ArrayList<>();
            for (PeerAddress address : addresses) {
                if (address.relay().isPresent()) {
                    continue;
                }
                try {
                    hosts.addAll(List.of(InetAddress.getAllByName(address.host())));
                } catch (IOException e) {
                    LOG.debug("{} is not known", address);
                }
            }
            owner.execute(() -> found.accept(hosts));
        });
    }

    private void tryAll(Identity peer, List<PeerAddress> addresses, Hello hello, Listener listener) {
        StringBuilder reasons = new StringBuilder();
        for (PeerAddress address : addresses) {
            try {
                for (InetAddress host : InetAddress.getAllByName(address.host())) {
                    if (tryOne(peer, address, host, hello, listener, reasons)) {
                        return;
                    }
                }
            } catch (IOException e) {
                reasons.append(address).append(": unknown host; ");
            }
        }
        LOG.debug("cannot reach {}: {}", peer, reasons);
        owner.execute(() -> listener.failed(reasons.toString()));
    }

    private boolean tryOne(
            Identity peer, PeerAddress path, InetAddress host, Hello hello, Listener listener, StringBuilder reasons) {
        InetSocketAddress address = new InetSocketAddress(host, path.port());
        int millis = (int) deadline.toMillis();
        Socket raw;
        try {
            raw = streams.open();
        } catch (IOException | RuntimeException e) {
            reasons.append("no socket: ").append(e.getMessage()).append("; ");
            return false;
        }
        try (PendingSockets.Guard guard = pending.watch(raw, deadline.plusMillis(CONNECT_MILLIS))) {
            raw.connect(address, CONNECT_MILLIS);
            Socket beneath = path.relay().isEmpty()
                    ? raw
                    : relays.open(raw, path.relay().get(), new StreamMessage.Relay(peer), millis);
            ControlStream stream = ControlStream.handshake(
                    raw,
                    tls.clientSocket(beneath, peer),
                    tls,
                    codec,
                    millis,
                    path.relay().isPresent());
            stream.sendNow(hello);
            Hello answer = answer(stream);
            owner.execute(() -> listener.dialled(stream, answer));
            return true;
        } catch (IOException | RuntimeException e) {
            PendingSockets.closeQuietly(raw);
            reasons.append(address).append(": ").append(e.getMessage()).append("; ");
            return false;
        }
    }

    /** Answers a call: connects to the relay, at the first of these addresses that it takes, and lets the caller in. */
    void answer(Identity relay, List<PeerAddress> addresses, UUID ticket, StreamAcceptor door) {
        Thread.ofVirtual().name("wire-answer-" + relay).start(() -> {
            for (PeerAddress address : addresses) {
                try {
                    Socket raw = streams.open();
                    try (PendingSockets.Guard guard = pending.watch(raw, deadline.plusMillis(CONNECT_MILLIS))) {
                        raw.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
                        StreamMessage answer = new StreamMessage.Answer(ticket);
                        door.welcome(raw, relays.open(raw, relay, answer, (int) deadline.toMillis()), owner);
                        return;
                    } catch (IOException | RuntimeException e) {
                        PendingSockets.closeQuietly(raw);
                        throw e;
                    }
                } catch (IOException | RuntimeException e) {
                    LOG.debug("a call through {} at {} came to nothing: {}", relay, address, e.getMessage());
                }
            }
        });
    }

    private static Hello answer(ControlStream stream) throws IOException {
        return switch (stream.readNow()) {
            case Hello hello -> hello;
            case Failure failure ->
                throw new ProtocolException("the peer refused: " + failure.code() + " " + failure.message());
            case StreamMessage other -> throw new ProtocolException("the peer began with " + other);
        };
    }
}
