package io.virtualwire.wire;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.port.Port;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One side of a wire at one generation, as this daemon holds it: what it may do, and to which peers. */
final class SideRecord {
    /** How long the leg to a generation that was closed stays, so that its holder learns that it is superseded. */
    private static final long LINGER_NANOS = 60_000_000_000L;
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
    /** Lowest generation first. */
    private final List<Peer> peers = new ArrayList<>();

    private SideState state = SideState.STANDBY;
    /** Connected as active in place of another record: becomes ACTIVE when a leg is agreed. */
    private boolean activatesWhenAgreed;

    private boolean superseded;
    private boolean closed;
    private @Nullable Peer active;
    /** The highest peer generation that ever was ACTIVE. */
    private @Nullable Generation heard;

    private @Nullable RelayOut relayOut;
    private @Nullable RelayIn relayIn;
    /** The old place has withdrawn. */
    private boolean relayLeft;

    private long relayLeftAt;

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
        scope.events.post(new SideEvent.Activated(wire, side, generation, cause));
        reoffer();
        for (Peer peer : peers) {
            if (peer.leg().agreed() && peer.state != PeerState.CLOSED) {
                peer.sayHello(now, 0);
            }
        }
        speak(now);
        intake.unpark();
        intake.work(now);
    }

    /** Fails if it may not yield now. */
    void requireMayYield() {
        if (state == SideState.STANDBY) {
            throw new WireException(
                    ErrorCode.WRONG_STATE, "cannot yield " + this + ": it is on standby", "activate or disconnect it");
        }
        for (Peer peer : peers) {
            if (peer.hello.isOn() && peer.helloNumber != 0 && peer.state == PeerState.ACTIVE) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot yield " + this + ": " + peer.identity() + " has not confirmed that it resumed",
                        "try again when the peer is reachable");
            }
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
        for (Peer peer : peers) {
            peer.hello.stop();
            if (peer.leg().agreed() && peer.state != PeerState.CLOSING && peer.state != PeerState.CLOSED) {
                peer.sayEnd(now, lastNumber, false);
            }
        }
        speak(now);
        reoffer();
        intake.unpark();
        intake.work(now);
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
        for (Peer peer : peers) {
            peer.relayEndSaid = false;
            peer.relayEnd.stop();
            if (peer.state == PeerState.ACTIVE || peer.state == PeerState.EXPECTED) {
                peer.end.stop();
                if (peer.leg().agreed()) {
                    peer.sayHello(now, lastNumber);
                }
            }
        }
        scope.events.post(new SideEvent.Resumed(wire, side, generation));
        reoffer();
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
        intake.discardAll();
        for (Peer peer : peers) {
            peer.leg().close();
        }
        peers.clear();
        active = null;
        if (relayOut != null) {
            relayOut.close();
        }
        if (relayIn != null) {
            relayIn.close();
        }
        scope.events.post(new SideEvent.Disconnected(wire, side, generation));
    }

    // Peers

    /** Fails if {@code peer} cannot be expected by this record. */
    Fencing.Peering decide(PeerDescription peer) {
        Peer highest = peers.isEmpty() ? null : peers.getLast();
        Fencing.Peering decision = Fencing.peer(
                highest == null ? null : highest.generation(),
                peer.generation(),
                highest != null && highest.identity().equals(peer.identity()));
        switch (decision) {
            case CONFLICT ->
                throw new WireException(
                        ErrorCode.GENERATION_CONFLICT,
                        "cannot expect " + peer.identity() + " as generation " + peer.generation()
                                + " of the far side of " + this + ": that generation is held by another daemon",
                        "use a higher generation");
            case STALE ->
                throw new WireException(
                        ErrorCode.STALE_GENERATION,
                        "cannot expect generation " + peer.generation() + " of the far side of " + this
                                + ": a higher one is known",
                        "read the wire again");
            case FIRST, SUCCESSOR, UPDATE -> {}
        }
        return decision;
    }

    void expect(PeerDescription description) {
        long now = scope.now();
        switch (decide(description)) {
            case FIRST, SUCCESSOR -> {
                Peer peer = new Peer(
                        scope, this, drops, description.identity(), description.generation(), description.paths());
                peers.add(peer);
                if (description.fence()) {
                    fence(peer, now);
                }
                peer.leg().open();
            }
            case UPDATE -> {
                peers.getLast().readdress(description.paths());
                if (description.fence()) {
                    fence(peers.getLast(), now);
                }
            }
            case CONFLICT, STALE -> throw new IllegalStateException("refused before");
        }
        intake.work(now);
    }

    private void fence(Peer newest, long now) {
        if (!scope.rules.fence()) {
            return;
        }
        for (Peer lower : List.copyOf(peers)) {
            if (lower != newest && lower.state == PeerState.CLOSED) {
                lower.fenced = true;
            } else if (lower != newest) {
                if (lower == active) {
                    active = null;
                }
                intake.close(lower, CloseCause.FENCED, now);
                tellSuperseded(lower, now);
            }
        }
        speak(now);
        considerFlip(newest, now, false);
    }

    /** An authentic FRAME or HELLO of this peer came, or its frame by the old place. */
    void heard(Peer peer) {
        if (peer.state != PeerState.EXPECTED) {
            return;
        }
        if (peer.leg().agreed()) {
            considerFlip(peer, scope.now(), true);
        } else {
            peer.heardEarly = true;
        }
    }

    /** The old place, which has flipped to this peer, passes its frame on; that is proof, whether the leg is agreed or not. */
    void heardByRelay(Peer peer) {
        if (peer.state == PeerState.EXPECTED
                && (heard == null || peer.generation().isAfter(heard))) {
            flip(peer, scope.now());
        }
    }

    private void considerFlip(Peer peer, long now, boolean heardNow) {
        if (peer.state != PeerState.EXPECTED) {
            return;
        }
        if (heard != null && heard.isAfter(peer.generation())) {
            intake.close(peer, CloseCause.EXPIRED, now);
            tellSuperseded(peer, now);
            speak(now);
            return;
        }
        boolean takesOver = heardNow || peer.heardEarly;
        boolean first = active == null && peer.leg().otherIsActive();
        if (peer.leg().agreed() && (takesOver || first)) {
            flip(peer, now);
        }
    }

    private void flip(Peer to, long now) {
        Peer from = active;
        active = to;
        heard = to.generation();
        to.state = PeerState.ACTIVE;
        to.changedAt = now;
        for (Peer lower : List.copyOf(peers)) {
            if (lower == to) {
                break;
            }
            if (lower.state == PeerState.ACTIVE || lower.state == PeerState.EXPECTED) {
                // Also one that was never heard: its first frames may still be under way.
                lower.state = PeerState.CLOSING;
                lower.changedAt = now;
                tellSuperseded(lower, now);
            }
        }
        if (from != null) {
            scope.events.post(new SideEvent.Flipped(wire, side, generation, from.generation(), to.generation()));
        }
        speak(now);
        intake.work(now);
        wake(now + LOOK_NANOS);
    }

    private void tellSuperseded(Peer lower, long now) {
        lower.hello.stop();
        if (lower.leg().agreed()) {
            lower.sayEnd(now, lower.saidSuperseded ? lower.saidEnd : lastNumber, true);
        }
    }

    /** A generation that is not listened to still speaks: its holder has to learn that it is superseded. */
    void remind(Peer closed) {
        if (!closed.end.isOn()) {
            long now = scope.now();
            tellSuperseded(closed, now);
            speak(now);
        }
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
        if (peer.state == PeerState.CLOSED || peer.state == PeerState.CLOSING) {
            tellSuperseded(peer, now);
        } else {
            considerFlip(peer, now, false);
            if (state == SideState.ACTIVE && peer.state != PeerState.CLOSED && !peer.helloHeard) {
                peer.sayHello(now, peer.helloNumber);
            } else if (state == SideState.YIELDED && peer.state != PeerState.CLOSED && !peer.end.isOn()) {
                peer.sayEnd(now, lastNumber, false);
            }
        }
        speak(now);
        intake.work(now);
    }

    private void relayAgreed(Leg leg, long now) {
        boolean outgoing = relayOut instanceof LegRelay out && out.leg() == leg;
        relayLeft &= outgoing;
        scope.events.post(
                new SideEvent.RelayAgreed(wire, side, generation, leg.identity(), leg.otherGeneration(), outgoing));
        if (outgoing) {
            intake.unpark();
            intake.work(now);
        }
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
        } else if (relayIn != null && relayIn.leg() == leg && wasAgreed) {
            // The old place has gone. What it relayed last may still be under way, so the leg stays a little longer.
            relayLeft = true;
            relayLeftAt = scope.now();
            wake(relayLeftAt + scope.bounds.patienceNanos());
        }
    }

    // Relays

    void relayTo(RelayDescription to) {
        if (!to.generation().isAfter(generation)) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot relay from " + this + " to generation " + to.generation() + ": it is not higher",
                    "relay to the successor");
        }
        if (relayOut != null && !to.generation().isAfter(relayOut.generation())) {
            if (relayOut instanceof LegRelay known && known.generation().equals(to.generation())) {
                known.leg().readdress(to.paths());
            }
            return;
        }
        Leg leg = new Leg(scope, this, to.identity(), to.paths(), to.generation(), null);
        setRelayOut(new LegRelay(leg));
        leg.open();
    }

    void setRelayOut(RelayOut out) {
        if (relayOut != null) {
            relayOut.close();
        }
        relayOut = out;
        intake.unpark();
        intake.work(scope.now());
    }

    void relayFrom(RelayDescription from) {
        if (!generation.isAfter(from.generation())) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot be relayed from generation " + from.generation() + " to " + this + ": it is not lower",
                    "name the predecessor");
        }
        if (relayIn != null && !from.generation().isAfter(relayIn.generation())) {
            if (relayIn.leg() != null && relayIn.generation().equals(from.generation())) {
                relayIn.leg().readdress(from.paths());
            }
            return;
        }
        Leg leg = new Leg(scope, this, from.identity(), from.paths(), from.generation(), null);
        setRelayIn(new RelayIn(from.generation(), leg));
        leg.open();
    }

    void setRelayIn(RelayIn in) {
        if (relayIn != null) {
            relayIn.close();
        }
        relayIn = in;
        relayLeft = false;
        for (Peer peer : peers) {
            if (peer.received == 0) {
                peer.relayDone = false;
                peer.relayLate = false;
            }
        }
        intake.work(scope.now());
    }

    /** The old place, in this daemon, has disconnected. */
    void relayGone() {
        if (relayIn != null && relayIn.leg() == null) {
            relayIn = null;
            intake.work(scope.now());
        }
    }

    boolean relayedHere(Generation sender, long number, byte[] bytes, int offset, int length) {
        Peer peer = peerOf((int) sender.number());
        if (peer == null) {
            return false;
        }
        heardByRelay(peer);
        intake.relayed(peer, number, bytes, offset, length);
        return true;
    }

    void relayEndedHere(Generation sender, long number, long count) {
        Peer peer = peerOf((int) sender.number());
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
        Peer to = active;
        if (to == null || !to.leg().agreed()) {
            drops.add(DropReason.NOT_AGREED);
            return;
        }
        if (length < Port.MIN_FRAME_BYTES || length > Port.MAX_FRAME_BYTES) {
            drops.add(DropReason.BAD_FRAME_LENGTH);
            return;
        }
        long number = ++lastNumber;
        int segments = to.leg().sendFrame(MessageKind.FRAME, generation, number, bytes, offset, length);
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
    void toPort(byte[] bytes, int offset, int length) {
        Port port = slot.port();
        if (port == null) {
            drops.add(DropReason.PORT_CLOSED);
            return;
        }
        framesIn++;
        bytesIn += length;
        port.deliver(bytes, offset, length);
    }

    /* HOT PATH */
    void message(Leg leg, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        inbox.message(leg, header, plain, bytes, offset, length);
    }

    /** The peer of this generation number; the highest, if two proposers chose the same. */
    @Nullable
    Peer peerOf(int generationNumber) {
        for (int i = peers.size() - 1; i >= 0; i--) {
            if ((int) peers.get(i).generation().number() == generationNumber) {
                return peers.get(i);
            }
        }
        return null;
    }

    // Time

    /** Asks to be woken no later than then. */
    void wake(long nanoTime) {
        if (nanoTime - wakeAt < 0 || wakeAt == Long.MAX_VALUE) {
            wakeAt = nanoTime;
            scope.wake(this, nanoTime);
        }
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
        speak(now);
        sayDrained(now);
        dropClosedLegs(now);
        if (relayLeft && relayIn != null) {
            if (now - relayLeftAt >= scope.bounds.giveUpNanos()) {
                relayIn.close();
                relayIn = null;
                relayLeft = false;
            } else {
                wake(relayLeftAt + scope.bounds.giveUpNanos());
            }
        }
        if (intake.isWaiting() || state == SideState.YIELDED && !drainedSaid) {
            wake(now + LOOK_NANOS);
        }
        for (Peer peer : peers) {
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
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            peer.speak(now);
            if (peer.relayEnd.due(now) && relayOut != null) {
                relayOut.end(peer);
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
        boolean well = true;
        boolean over = now - yieldedAt >= scope.bounds.giveUpNanos();
        for (Peer peer : peers) {
            boolean heardOfIt = !peer.leg().agreed() || !peer.end.isOn() && !peer.end.gaveUp();
            boolean relayed = relayOut == null || peer.relayEndAnswered || peer.state == PeerState.EXPECTED;
            well &= heardOfIt && relayed;
        }
        if (well && (relayOut == null || relayOut.ready()) || over && !drainedSaid) {
            drainedSaid = true;
            drainedWell = well;
            scope.events.post(new SideEvent.Drained(wire, side, generation, well));
            slot.drained(this);
        }
    }

    private void dropClosedLegs(long now) {
        for (int i = 0; i < peers.size() - 1; ) {
            Peer peer = peers.get(i);
            if (peer.state == PeerState.CLOSED && state != SideState.YIELDED) {
                if (now - peer.changedAt >= LINGER_NANOS) {
                    peer.leg().close();
                    peers.remove(i);
                    continue;
                }
                wake(peer.changedAt + LINGER_NANOS);
            }
            i++;
        }
    }

    // Events of the intake

    void peerClosed(Peer peer, CloseCause cause) {
        scope.events.post(new SideEvent.PeerClosed(wire, side, generation, peer.generation(), cause));
        wake(scope.now() + LINGER_NANOS);
    }

    void holdOpened(Peer peer, boolean expired, long frames, long nanos) {
        scope.events.post(new SideEvent.HoldOpened(wire, side, generation, peer.generation(), expired, frames, nanos));
    }

    void relayComplete(Peer peer) {
        scope.events.post(new SideEvent.RelayComplete(wire, side, generation, peer.generation(), peer.relayedIn));
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
            scope.events.post(new SideEvent.Heard(wire, side, generation, peer.identity(), peer.generation()));
        }
    }

    private void reoffer() {
        for (Peer peer : peers) {
            peer.leg().offer();
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

    boolean isClosed() {
        return closed;
    }

    List<Peer> peers() {
        return peers;
    }

    DropTally drops() {
        return drops;
    }

    SideSlot slot() {
        return slot;
    }

    @Nullable
    RelayOut relayOut() {
        return relayOut;
    }

    boolean hasRelayIn() {
        return relayIn != null;
    }

    /** Whether the old place has gone so long ago that nothing of it is under way any more. */
    boolean relayHasLeft(long now) {
        return relayLeft && now - relayLeftAt >= scope.bounds.patienceNanos();
    }

    boolean relayIsLeaving() {
        return relayLeft;
    }

    long yieldedAt() {
        return yieldedAt;
    }

    SideStatus status() {
        List<PeerStatus> peerStatus = new ArrayList<>();
        for (Peer peer : peers) {
            peerStatus.add(peer.status());
        }
        List<RelayStatus> relays = new ArrayList<>();
        if (relayOut instanceof LegRelay out) {
            relays.add(out.status(framesRelayed, drainedWell));
        }
        if (relayIn != null && relayIn.leg() != null) {
            long relayedIn = 0;
            boolean all = true;
            for (Peer peer : peers) {
                relayedIn += peer.relayedIn;
                all &= peer.relayDone;
            }
            relays.add(new RelayStatus(
                    false,
                    relayIn.leg().identity(),
                    relayIn.generation(),
                    relayIn.leg().status(),
                    relayedIn,
                    all));
        }
        return new SideStatus(
                wire,
                side,
                generation,
                slot.endpoint(),
                slot.port() != null,
                options,
                state,
                superseded,
                peerStatus,
                relays,
                intake.parkedFrames(),
                new SideCounters(
                        framesOut,
                        bytesOut,
                        segmentsOut,
                        framesIn,
                        bytesIn,
                        inbox.segments(),
                        framesRelayed,
                        lateRelayed),
                intake.statistics(),
                drops.snapshot());
    }

    @Override
    public String toString() {
        return "side " + side + " of wire " + wire + " at generation " + generation;
    }
}
