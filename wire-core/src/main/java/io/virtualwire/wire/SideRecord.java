package io.virtualwire.wire;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.FinishOffloads;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.port.Port;
import java.util.List;

/** One side of a wire at one generation, as this daemon holds it: what it may do, and to which peers. */
final class SideRecord {
    /** How often what may run out of time is looked at. */
    private static final long LOOK_NANOS = 5_000_000L;

    private final Scope scope;
    private final SideSlot slot;
    private final WireId wire;
    private final Side side;
    private final Generation generation;
    private final ConnectOptions options;
    private final DropTally drops = new DropTally();
    private final Intake intake;
    private final Inbox inbox;
    private final FarSide farSide;
    private final Relays relays;
    private final ActivationWatch activation = new ActivationWatch();
    private final FinishOffloads.Output toActive = this::sendToActive;

    private SideState state = SideState.STANDBY;
    /** Connected as active in place of another record: becomes ACTIVE when a leg is agreed. */
    private boolean activatesWhenAgreed;

    private boolean superseded;
    private boolean closed;
    private long lastNumber;
    private long yieldedAt;
    private boolean drainedSaid;
    private boolean drainedWell;
    private long wakeAt = Long.MAX_VALUE;
    private boolean listed;

    private long framesOut;
    private long bytesOut;
    private long segmentsOut;
    private long framesIn;
    private long bytesIn;
    private long framesRelayed;
    private long lateRelayed;

    SideRecord(Scope scope, SideSlot slot, Generation generation, ConnectOptions options) {
        this.scope = scope;
        this.slot = slot;
        this.wire = slot.wire();
        this.side = slot.side();
        this.generation = generation;
        this.options = options;
        this.intake = new Intake(scope, this);
        this.farSide = new FarSide(scope, this, intake);
        this.relays = new Relays(scope, this, intake);
        this.inbox = new Inbox(scope, this, intake);
    }

    // Commands

    /** The role that it was connected with takes effect. */
    void begin(boolean waitForAgreement) {
        if (options.role() == Role.ACTIVE) {
            if (waitForAgreement) {
                activatesWhenAgreed = true;
            } else {
                becomeActive(ActivationCause.ROLE);
            }
        }
    }

    void activate(ActivationCause cause) {
        if (state == SideState.ACTIVE) {
            return;
        }
        if (state == SideState.YIELDED) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot activate " + this + ": it has " + (superseded ? "been superseded" : "yielded"),
                    superseded ? "connect it with a higher generation" : "resume it, or connect a higher generation");
        }
        slot.yieldPredecessors(this);
        becomeActive(cause);
    }

    private void becomeActive(ActivationCause cause) {
        activatesWhenAgreed = false;
        state = SideState.ACTIVE;
        long now = scope.now();
        activation.activated(cause, now);
        scope.events.post(new SideEvent.Activated(wire, side, generation, cause));
        // The far ends go by HELLO; the offer only tells its role to who asks.
        farSide.sayHello(now, 0);
        speak(now);
        if (peers().stream().anyMatch(peer -> peer.hello.isOn())) {
            scope.events.post(new SideEvent.Said(wire, side, generation));
        }
        intake.unpark();
        intake.work(now);
        farSide.offer();
    }

    /** Fails if it may not yield now. */
    void requireMayYield() {
        if (state == SideState.STANDBY) {
            throw new WireException(
                    ErrorCode.WRONG_STATE, "cannot yield " + this + ": it is on standby", "activate or disconnect it");
        }
        Peer unconfirmed = farSide.unconfirmed();
        if (unconfirmed != null) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot yield " + this + ": " + unconfirmed.identity() + " has not confirmed that it resumed",
                    "try again when the peer is reachable");
        }
    }

    void yieldNow() {
        if (state == SideState.YIELDED) {
            return;
        }
        long now = scope.now();
        state = SideState.YIELDED;
        activatesWhenAgreed = false;
        yieldedAt = now;
        drainedSaid = false;
        drainedWell = false;
        scope.events.post(new SideEvent.Yielded(wire, side, generation));
        farSide.sayEnd(now);
        speak(now);
        if (superseded) {
            // Before anything else that is relayed: it came first.
            slot.recall().recall(this, intake);
        }
        intake.unpark();
        intake.work(now);
        relays.flush();
        farSide.offer();
        wake(now);
    }

    void resume() {
        if (state == SideState.ACTIVE) {
            return;
        }
        if (superseded || state == SideState.STANDBY) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot resume " + this + ": it has " + (superseded ? "been superseded" : "not yielded"),
                    superseded ? "connect it with a higher generation" : "activate it");
        }
        long now = scope.now();
        state = SideState.ACTIVE;
        lastNumber++;
        farSide.resume(now, lastNumber);
        scope.events.post(new SideEvent.Resumed(wire, side, generation));
        farSide.offer();
        speak(now);
        intake.takeBack();
        intake.unpark();
        intake.work(now);
    }

    /** A far end has heard a higher generation of this side. */
    void supersede(Peer by) {
        if (superseded) {
            return;
        }
        superseded = true;
        intake.dropCopies();
        scope.events.post(new SideEvent.Superseded(wire, side, generation, by.identity()));
        if (scope.rules.mute()) {
            yieldNow();
        }
    }

    /** Takes the record away. */
    void close() {
        closed = true;
        slot.recall().disarm(this);
        intake.discardAll();
        farSide.close();
        relays.close();
        scope.events.post(new SideEvent.Disconnected(wire, side, generation));
    }

    // What the legs report

    void legAgreed(Leg leg) {
        long now = scope.now();
        Peer peer = leg.peer();
        if (peer == null) {
            relayAgreed(leg, now);
            return;
        }
        if (!peer.agreedSaid) {
            peer.agreedSaid = true;
            scope.events.post(new SideEvent.Agreed(wire, side, generation, peer.identity(), peer.generation()));
        }
        if (activatesWhenAgreed) {
            slot.yieldPredecessors(this);
            becomeActive(ActivationCause.ROLE);
        }
        farSide.agreed(peer, now);
        speak(now);
        intake.work(now);
    }

    private void relayAgreed(Leg leg, long now) {
        boolean outgoing = relays.agreed(leg, now);
        scope.events.post(
                new SideEvent.RelayAgreed(wire, side, generation, leg.identity(), leg.otherGeneration(), outgoing));
    }

    void legRestarted(Leg leg, boolean wasAgreed) {
        Peer peer = leg.peer();
        if (peer == null) {
            return;
        }
        peer.restarted();
        peer.helloHeard = false;
        legWithdrawn(leg, wasAgreed);
    }

    void legWithdrawn(Leg leg, boolean wasAgreed) {
        Peer peer = leg.peer();
        if (peer != null) {
            peer.agreedSaid = false;
            peer.helloHeard = false;
            if (wasAgreed) {
                scope.events.post(new SideEvent.Disagreed(wire, side, generation, peer.identity(), peer.generation()));
            }
        } else if (wasAgreed) {
            relays.withdrawn(leg);
        }
    }

    // The place that this one replaces in the same daemon

    boolean relayedHere(Generation sender, long number, byte[] bytes, int offset, int length) {
        Peer peer = farSide.peerOf((int) sender.number());
        if (peer == null) {
            return false;
        }
        farSide.heardByRelay(peer);
        intake.relayed(peer, number, bytes, offset, length);
        return true;
    }

    void relayEndedHere(Generation sender, long number, long count) {
        Peer peer = farSide.peerOf((int) sender.number());
        if (peer != null) {
            inbox.relayEnded(peer, number, count);
        }
    }

    // Frames

    /** A frame came out of the port. */
    /* HOT PATH */
    void fromPort(byte[] bytes, int offset, int length) {
        if (state != SideState.ACTIVE && !(state == SideState.YIELDED && !scope.rules.mute())) {
            drops.add(state == SideState.STANDBY ? DropReason.STANDBY : DropReason.YIELDED);
            return;
        }
        Peer to = farSide.active();
        if (to == null || !to.leg().agreed()) {
            drops.add(DropReason.NOT_AGREED);
            return;
        }
        if (length < Port.MIN_FRAME_BYTES || length > Port.MAX_FRAME_BYTES) {
            drops.add(DropReason.BAD_FRAME_LENGTH);
            return;
        }
        int most = to.leg().largestFrame();
        if (length <= most || !scope.slicer.slice(bytes, offset, length, most, toActive)) {
            send(to, bytes, offset, length, false);
        }
    }

    private void sendToActive(byte[] bytes, int offset, int length) {
        Peer to = farSide.active();
        if (to != null) {
            send(to, bytes, offset, length, true);
        }
    }

    /* HOT PATH */
    private void send(Peer to, byte[] bytes, int offset, int length, boolean slice) {
        long number = ++lastNumber;
        int segments = to.leg().sendFrame(MessageKind.FRAME, generation, number, bytes, offset, length, slice);
        if (segments == 0) {
            drops.add(DropReason.NO_SESSION);
            return;
        }
        to.sent++;
        framesOut++;
        bytesOut += length;
        segmentsOut += segments;
    }

    /* HOT PATH */
    void toPort(Peer sender, long number, byte[] bytes, int offset, int length) {
        Port port = slot.port();
        if (port == null) {
            drops.add(DropReason.PORT_CLOSED);
            return;
        }
        framesIn++;
        bytesIn += length;
        if (activation.awaitsFrame()) {
            activation.frame(scope.now());
            scope.events.post(new SideEvent.FirstFrame(wire, side, generation));
        }
        if (!port.takesUdpSuperFrames() && VirtioNetHeader.isUdpSuperFrame(bytes, offset)) {
            scope.cutter.deliver(port, slot.recall(), sender, number, bytes, offset, length);
            return;
        }
        boolean taken = port.deliver(bytes, offset, length);
        slot.recall().given(sender, number, bytes, offset, length, taken);
    }

    /* HOT PATH */
    void message(Leg leg, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        inbox.message(leg, header, plain, bytes, offset, length);
    }

    // Time

    /** Asks to be woken no later than then. */
    void wake(long nanoTime) {
        if (nanoTime - wakeAt < 0 || wakeAt == Long.MAX_VALUE) {
            wakeAt = nanoTime;
            scope.wake(this, nanoTime);
        }
    }

    /** Something began whose time may run out. */
    void look(long now) {
        wake(now + LOOK_NANOS);
    }

    /** When it wants to be woken; {@link Long#MAX_VALUE} if not at all. */
    long wakeAt() {
        return wakeAt;
    }

    /** Whether the alarms know of it. */
    boolean isListed() {
        return listed;
    }

    void listed(boolean isListed) {
        listed = isListed;
    }

    void tick(long now) {
        wakeAt = Long.MAX_VALUE;
        if (closed) {
            return;
        }
        intake.tick(now);
        slot.recall().settle(this, now, intake);
        speak(now);
        sayDrained(now);
        if (state != SideState.YIELDED) {
            farSide.forgetClosed(now);
        }
        relays.tick(now);
        if (intake.isWaiting() || state == SideState.YIELDED && !drainedSaid) {
            wake(now + LOOK_NANOS);
        }
        for (Peer peer : peers()) {
            boolean incomplete =
                    peer.reassembly.open() > 0 || peer.relayedReassembly != null && peer.relayedReassembly.open() > 0;
            if (incomplete) {
                wake(now + scope.bounds.reassemblyNanos() / 4);
            }
        }
    }

    private void wakeFor(Repeater repeater) {
        if (repeater.isOn()) {
            wake(repeater.next());
        }
    }

    /** Says what is due to every peer, and to the successor. */
    void speak(long now) {
        RelayOut out = relays.out();
        for (int i = 0; i < peers().size(); i++) {
            Peer peer = peers().get(i);
            peer.speak(now);
            if (peer.relayEnd.due(now) && out != null) {
                out.end(peer);
            }
            wakeFor(peer.hello);
            wakeFor(peer.end);
            wakeFor(peer.relayEnd);
        }
    }

    private void sayDrained(long now) {
        if (state != SideState.YIELDED || drainedWell) {
            return;
        }
        RelayOut out = relays.out();
        boolean well = farSide.isDrained(out != null)
                && (out == null || out.ready())
                && !slot.recall().isSettling(this);
        boolean over = now - yieldedAt >= scope.bounds.giveUpNanos();
        if (well || over && !drainedSaid) {
            drainedSaid = true;
            drainedWell = well;
            scope.events.post(new SideEvent.Drained(wire, side, generation, well));
            slot.drained(this);
        }
    }

    // Events of the intake

    void peerClosed(Peer peer, CloseCause cause) {
        scope.events.post(new SideEvent.PeerClosed(wire, side, generation, peer.generation(), cause));
        look(scope.now());
    }

    void flipped(Peer from, Peer to) {
        scope.events.post(new SideEvent.Flipped(wire, side, generation, from.generation(), to.generation()));
    }

    void holdOpened(Peer peer, boolean expired, long frames, long nanos) {
        scope.events.post(new SideEvent.HoldOpened(wire, side, generation, peer.generation(), expired, frames, nanos));
    }

    void relayComplete(Peer peer) {
        scope.events.post(new SideEvent.RelayComplete(wire, side, generation, peer.generation(), peer.relayedIn));
    }

    void recalled(int frames, int unsure) {
        scope.events.post(new SideEvent.Recalled(wire, side, generation, frames, unsure));
    }

    void relayedOne() {
        framesRelayed++;
    }

    void lateRelay() {
        lateRelayed++;
    }

    void helloHeard(Peer peer) {
        if (!peer.helloHeard) {
            peer.helloHeard = true;
            activation.heard(scope.now());
            scope.events.post(new SideEvent.Heard(wire, side, generation, peer.identity(), peer.generation()));
        }
    }

    // State

    WireId wire() {
        return wire;
    }

    Side side() {
        return side;
    }

    Generation generation() {
        return generation;
    }

    ConnectOptions options() {
        return options;
    }

    SideState state() {
        return state;
    }

    boolean isSuperseded() {
        return superseded;
    }

    /** Whether it has yielded and has nothing left to say or relay, or has tried for long enough. */
    boolean isDrained() {
        return state == SideState.YIELDED && drainedSaid;
    }

    /** Whether both ends of one of its legs named each other. */
    boolean isAgreed() {
        return peers().stream().anyMatch(peer -> peer.leg().agreed());
    }

    boolean isClosed() {
        return closed;
    }

    FarSide farSide() {
        return farSide;
    }

    List<Peer> peers() {
        return farSide.peers();
    }

    /** The number of the last frame that was sent, to whomever. */
    long lastNumber() {
        return lastNumber;
    }

    DropTally drops() {
        return drops;
    }

    SideSlot slot() {
        return slot;
    }

    Relays relays() {
        return relays;
    }

    long yieldedAt() {
        return yieldedAt;
    }

    SideStatus status() {
        return new SideStatus(
                wire,
                side,
                generation,
                slot.endpoint(),
                slot.port() != null,
                options,
                state,
                superseded,
                activation.seen(),
                farSide.status(),
                relays.status(framesRelayed, drainedWell),
                intake.parkedFrames(),
                counters(),
                intake.statistics(),
                drops.snapshot());
    }

    private SideCounters counters() {
        return new SideCounters(
                framesOut, bytesOut, segmentsOut, framesIn, bytesIn, inbox.segments(), framesRelayed, lateRelayed);
    }

    // From one process to the next

    EngineImage.RecordImage image() {
        return new EngineImage.RecordImage(
                generation,
                options,
                state,
                activatesWhenAgreed,
                superseded,
                lastNumber,
                new EngineImage.Yield(scope.now() - yieldedAt, drainedSaid, drainedWell),
                counters(),
                drops.byName(),
                farSide.highestHeard(),
                relays.toImage(),
                relays.fromImage(),
                relays.leftAtImage(),
                farSide.image(),
                intake.parkedImage(),
                intake.copiesImage(),
                slot.recall().image(this));
    }

    /** Becomes what the record of another process was; says and does nothing before {@link #goOn}. */
    void restore(EngineImage.RecordImage image) {
        state = image.state();
        activatesWhenAgreed = image.activatesWhenAgreed();
        superseded = image.superseded();
        lastNumber = image.lastNumber();
        yieldedAt = scope.now() - image.yielded().since();
        drainedSaid = image.yielded().drainedSaid();
        drainedWell = image.yielded().drainedWell();
        SideCounters counted = image.counters();
        framesOut = counted.framesOut();
        bytesOut = counted.bytesOut();
        segmentsOut = counted.segmentsOut();
        framesIn = counted.framesIn();
        bytesIn = counted.bytesIn();
        framesRelayed = counted.framesRelayed();
        lateRelayed = counted.lateRelayed();
        inbox.restore(counted.segmentsIn());
        drops.addByName(image.drops());
        farSide.restore(image.peers(), image.heard());
        relays.restore(image, slot::record);
        intake.restore(image.parked(), image.copies());
        image.unread().ifPresent(unread -> slot.recall().restore(this, unread));
    }

    /** What was due while nobody was there is done soon. */
    void goOn(long now) {
        if (relays.out() != null && relays.out().ready()) {
            relays.expectSuccessor();
        }
        wake(now);
    }

    @Override
    public String toString() {
        return "side " + side + " of wire " + wire + " at generation " + generation;
    }
}
