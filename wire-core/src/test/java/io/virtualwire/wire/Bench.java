package io.virtualwire.wire;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireId;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.testkit.ManualTicker;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One engine on a bench: time stands still unless it is moved, and what it sends is written down. */
class Bench implements Loop, PathDirectory, WireObserver {
    static final WireId WIRE = WireId.named("bench");
    static final Identity FAR = new Identity("acme", "far");
    static final Identity NEXT = new Identity("acme", "next");

    /** A message that the engine sent. */
    record Sent(MessageHeader header, boolean plain, byte[] payload) {}

    final ManualTicker ticker = new ManualTicker();
    final List<SideEvent> events = new ArrayList<>();
    final Map<Identity, BenchPath> paths = new HashMap<>();
    /** The way to everybody, if it is not for this bench to write down what goes there. */
    @Nullable
    WirePath route;

    private final List<Due> due = new ArrayList<>();
    private final String tenant;
    final WireEngine engine;

    private record Due(long at, Runnable task) {}

    Bench() {
        this("");
    }

    /** @param tenant the daemon's, if it matters */
    Bench(String tenant) {
        this(tenant, TenantQuotas.UNLIMITED);
    }

    Bench(String tenant, TenantQuotas quotas) {
        this.tenant = tenant;
        this.engine = new WireEngine(this, this, this, quotas);
    }

    @Override
    public String tenant() {
        return tenant;
    }

    // What a test does

    static ConnectRequest request(Side side, long generation, Role role, Identity peer, long peerGeneration) {
        return request(side, generation, "web", role, peer, peerGeneration, false, false);
    }

    static ConnectRequest request(
            Side side,
            long generation,
            String endpoint,
            Role role,
            Identity peer,
            long peerGeneration,
            boolean fence,
            boolean plain) {
        return new ConnectRequest(
                WIRE,
                side,
                generation(generation),
                endpoint,
                new PeerDescription(peer, generation(peerGeneration), List.of(), fence),
                new ConnectOptions(role, plain),
                Optional.empty(),
                Optional.empty());
    }

    static Generation generation(long number) {
        return new Generation(number, "");
    }

    BenchPath path(Identity peer) {
        return paths.computeIfAbsent(peer, BenchPath::new);
    }

    void startSession(Identity peer, boolean newInstance) {
        path(peer).up = true;
        engine.sessionUp(path(peer), newInstance);
    }

    /** The far end makes the offer that mirrors ours. */
    void farOffers(
            Identity from, Side itsSide, long generation, long peerGeneration, long index, Role role, boolean plain) {
        engine.told(
                path(from),
                new PeerMessage.Offer(
                        WIRE, itsSide, generation(generation), generation(peerGeneration), index, role, plain, false));
    }

    /** The index that this engine offered last to that peer. */
    int offeredTo(Identity peer) {
        return (int) lastOffer(peer).index();
    }

    PeerMessage.Offer lastOffer(Identity peer) {
        return path(peer).told.reversed().stream()
                .filter(PeerMessage.Offer.class::isInstance)
                .map(PeerMessage.Offer.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** A message from the far side's generation to ours. */
    void farSends(Identity from, int kind, long number, int at, int total, byte[] payload) {
        farSends(from, header(from, kind, number, at, total), payload);
    }

    MessageHeader header(Identity from, int kind, long number, int at, int total) {
        return new MessageHeader()
                .kind(kind)
                .sideBit(Side.B.bit())
                .wireIndex(offeredTo(from))
                .senderGeneration(1)
                .receiverGeneration(1)
                .frameNumber(number)
                .byteOffset(at)
                .totalLength(total);
    }

    void farSends(Identity from, MessageHeader header, byte[] payload) {
        engine.message(path(from), header, false, payload, 0, payload.length);
    }

    void advance(Duration duration) {
        long until = ticker.nanoTime() + duration.toNanos();
        while (true) {
            Due next = due.stream()
                    .filter(d -> d.at - until <= 0)
                    .min((one, other) -> Long.compare(one.at, other.at))
                    .orElse(null);
            if (next == null) {
                break;
            }
            due.remove(next);
            ticker.advanceNanos(Math.max(0, next.at - ticker.nanoTime()));
            next.task.run();
        }
        ticker.advanceNanos(until - ticker.nanoTime());
    }

    SideStatus side(Side side) {
        return engine.side(WIRE, side).orElseThrow();
    }

    // Loop

    @Override
    public void execute(Runnable task) {
        schedule(Duration.ZERO, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        Due scheduled = new Due(ticker.nanoTime() + delay.toNanos(), task);
        due.add(scheduled);
        return () -> due.remove(scheduled);
    }

    @Override
    public void atEndOfTurn(Runnable task) {
        execute(task);
    }

    @Override
    public Ticker ticker() {
        return ticker;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    // PathDirectory, WireObserver

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        if (route != null) {
            return route;
        }
        BenchPath path = path(peer);
        path.held++;
        return path;
    }

    @Override
    public void release(Identity peer) {
        path(peer).held--;
    }

    @Override
    public void happened(SideEvent event) {
        events.add(event);
    }

    static final class BenchPath implements WirePath {
        final List<PeerMessage> told = new ArrayList<>();
        final List<Sent> sent = new ArrayList<>();
        /** Those of them that were to be sent twice. */
        final List<Sent> copied = new ArrayList<>();
        /** How much of what was sent the kernel has been given. */
        int flushed;

        private final Identity peer;
        int held;
        boolean up;
        int budget = 1_000;
        int datagramsPerFrame = ANY_DATAGRAMS;

        BenchPath(Identity peer) {
            this.peer = peer;
        }

        List<Sent> sent(int kind) {
            return sent.stream().filter(s -> s.header.kind() == kind).toList();
        }

        @Override
        public Identity peer() {
            return peer;
        }

        @Override
        public boolean isUp() {
            return up;
        }

        @Override
        public int payloadBudget() {
            return budget;
        }

        @Override
        public int datagramsPerFrame() {
            return datagramsPerFrame;
        }

        @Override
        public boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
            if (up) {
                byte[] copy = new byte[MessageHeader.LENGTH];
                header.copyTo(copy, 0);
                sent.add(new Sent(
                        new MessageHeader(copy, 0), plain, Arrays.copyOfRange(payload, offset, offset + length)));
            }
            return up;
        }

        @Override
        public boolean sendTwice(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
            boolean done = send(header, plain, payload, offset, length);
            if (done) {
                copied.add(sent.getLast());
            }
            return done;
        }

        @Override
        public void flush() {
            flushed = sent.size();
        }

        @Override
        public boolean tell(PeerMessage message) {
            if (up) {
                told.add(message);
            }
            return up;
        }
    }

    /** A port that writes down what the guest is given. */
    static final class BenchPort implements Port {
        final List<byte[]> delivered = new ArrayList<>();
        private final PortCounters counters = new PortCounters();
        private @Nullable FrameSink sink;

        void emit(byte[] frame) {
            if (sink != null) {
                sink.frame(frame, 0, frame.length);
            }
        }

        @Override
        public PortId id() {
            return new PortId("bench");
        }

        @Override
        public void attach(FrameSink newSink) {
            sink = newSink;
        }

        @Override
        public boolean deliver(byte[] bytes, int offset, int length) {
            delivered.add(Arrays.copyOfRange(bytes, offset, offset + length));
            return true;
        }

        @Override
        public int mtu() {
            return 1_500;
        }

        @Override
        public PortCounters counters() {
            return counters;
        }

        @Override
        public void moveTo(Loop other) {}

        @Override
        public void close() {}
    }
}
