package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.transport.Handover;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.Transport;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PathDirectory;
import io.virtualwire.wire.PathListener;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One owner thread's part of all associations: its socket, its strands of every session, its lanes to every peer. That thread
 * only, but for {@link #handover}.
 */
final class Hub implements PathDirectory {
    static final Duration TICK = Duration.ofMillis(50);

    private final AssociationContext context;
    private final Control control;
    private final int number;
    private final Loop loop;
    private final Transport transport;
    private final Handover handover;
    private final StrandTable table = new StrandTable();
    private final Batches batches = new Batches();
    private final LoopbackPath loopback;
    private final DropTally drops = new DropTally();
    private final Siege siege;
    private final Receiver receiver;
    private final Map<Identity, LaneSet> sets = new HashMap<>();
    private final MessageHeader header = new MessageHeader();
    private @Nullable PathListener listener;
    private boolean closed;

    /** What only the first thread knows; called there. */
    interface Control {
        void hold(Identity peer, List<PeerAddress> addresses);

        void release(Identity peer);

        boolean tell(Identity peer, PeerMessage message);
    }

    Hub(AssociationContext context, Control control, int number, Berth berth) {
        this.context = context;
        this.control = control;
        this.number = number;
        this.loop = berth.loop();
        this.transport = berth.transport();
        this.handover = new Handover(loop);
        this.loopback = new LoopbackPath(this);
        this.siege = new Siege(table, transport);
        this.receiver = new Receiver(this, siege);
    }

    /** Begins to receive; {@code newListener} is told what comes. */
    void start(PathListener newListener) {
        listener = newListener;
        sets.values().forEach(LaneSet::wake);
        transport.attach(receiver);
        if (number > 0) {
            tick();
        }
    }

    int number() {
        return number;
    }

    Loop loop() {
        return loop;
    }

    AssociationLimits limits() {
        return context.limits();
    }

    long now() {
        return context.now();
    }

    Identity self() {
        return context.self();
    }

    PathListener listener() {
        return Objects.requireNonNull(listener, "not started");
    }

    StrandTable table() {
        return table;
    }

    LoopbackPath loopback() {
        return loopback;
    }

    Transport transport() {
        return transport;
    }

    int port() {
        return transport.localAddress().port();
    }

    DropTally drops() {
        return drops;
    }

    /** What other threads give this one to do. Any thread. */
    Handover handover() {
        return handover;
    }

    Hub first() {
        return context.hubs().getFirst();
    }

    Hub hub(int thread) {
        return context.hubs().get(thread);
    }

    /** Whether the wire with this index belongs to this thread. HOT PATH. */
    boolean owns(int wireIndex) {
        return context.hubs().size() == 1 || ownerOf(wireIndex) == this;
    }

    Hub ownerOf(int wireIndex) {
        List<Hub> hubs = context.hubs();
        return hubs.get(Integer.remainderUnsigned(wireIndex, hubs.size()));
    }

    Path newPath(boolean first, DropTally of) {
        return new Path(transport, batches, first, limits(), loop.ticker(), of, context.random());
    }

    // What wires ask.

    @Override
    public String tenant() {
        return context.self().tenant();
    }

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        loop.assertInLoop();
        if (peer.equals(context.self())) {
            loopback.hold();
            return loopback;
        }
        List<PeerAddress> parsed = addresses.stream().map(PeerAddress::parse).toList();
        LaneSet set = lanesTo(peer);
        set.hold();
        onFirst(() -> control.hold(peer, parsed));
        return set;
    }

    @Override
    public void release(Identity peer) {
        loop.assertInLoop();
        if (peer.equals(context.self())) {
            loopback.release();
            return;
        }
        LaneSet set = sets.get(peer);
        if (set != null) {
            set.release();
            onFirst(() -> control.release(peer));
        }
    }

    boolean tell(Session session, Identity peer, PeerMessage message) {
        if (number == 0) {
            return control.tell(peer, message);
        }
        if (!session.isHeard()) {
            return false;
        }
        first().handover.give(() -> control.tell(peer, message));
        return true;
    }

    /** Does it here: now if this is that thread, else as soon as may be. */
    void onThread(Runnable task) {
        if (loop.inLoop()) {
            task.run();
        } else {
            handover.give(task);
        }
    }

    private void onFirst(Runnable task) {
        if (number == 0) {
            task.run();
        } else {
            first().handover.give(task);
        }
    }

    // What other threads hand over.

    LaneSet lanesTo(Identity peer) {
        return sets.computeIfAbsent(peer, it -> new LaneSet(this, it));
    }

    @Nullable
    LaneSet lanesIfAny(Identity peer) {
        return sets.get(peer);
    }

    Collection<LaneSet> sets() {
        return sets.values();
    }

    void forget(Identity peer) {
        LaneSet set = sets.remove(peer);
        if (set != null) {
            set.drops().snapshot().forEach(drops::add);
        }
    }

    /** Sends what another thread could not send itself. */
    void sendFor(Identity peer, byte[] handed, boolean plain) {
        LaneSet set = sets.get(peer);
        if (set == null || closed) {
            drops.add(DropReason.NO_SESSION);
            return;
        }
        set.send(header.wrap(handed, 0), plain, handed, MessageHeader.LENGTH, handed.length - MessageHeader.LENGTH);
    }

    /** An authentic message for a wire of this thread came to another. */
    void messageFor(Identity peer, byte[] handed, boolean plain) {
        LaneSet set = sets.get(peer);
        if (set == null || listener == null) {
            drops.add(DropReason.UNKNOWN_WIRE);
            return;
        }
        listener.message(
                set, header.wrap(handed, 0), plain, handed, MessageHeader.LENGTH, handed.length - MessageHeader.LENGTH);
    }

    /** A datagram of a lane of this thread came to another. */
    void datagramFor(byte[] datagram, UnderlayAddress source) {
        receiver.datagrams(datagram, 0, datagram.length, datagram.length, source);
    }

    /** Datagrams came on a control stream. */
    void datagramsByStream(StreamMessage.Datagrams run) {
        receiver.datagrams(run.bytes(), 0, run.bytes().length, run.size(), StreamWay.ADDRESS);
    }

    /** What takes this session's datagrams where UDP does not pass; null if one of the two daemons does not know of that. */
    @Nullable
    SessionStream streamFor(Session session) {
        return context.features().contains(StreamWay.FEATURE) && session.knows(StreamWay.FEATURE)
                ? session.stream()
                : null;
    }

    // Time, and the end.

    private void tick() {
        if (closed) {
            return;
        }
        long now = now();
        for (LaneSet set : List.copyOf(sets.values())) {
            set.tick(now);
            if (set.isIdle()) {
                forget(set.peer());
            }
        }
        tickSiege();
        loop.schedule(TICK, this::tick);
    }

    void tickSiege() {
        siege.tick(now());
    }

    /** Delivers what is under way within this daemon; whether there was anything. */
    boolean settle() {
        boolean any = handover.settle();
        return loopback.settle() || any;
    }

    /** What was dropped here so far, and why. */
    Map<DropReason, Long> allDrops() {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        drops.snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        loopback.drops().snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        for (LaneSet set : sets.values()) {
            set.drops().snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        }
        return sum;
    }

    /** Sends and receives no more; keys are forgotten. */
    void close() {
        closed = true;
        for (Strand strand : List.copyOf(table.all())) {
            table.remove(strand);
            strand.close();
        }
        transport.close();
    }
}
