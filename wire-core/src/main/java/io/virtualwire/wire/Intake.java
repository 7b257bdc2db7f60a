package io.virtualwire.wire;

import io.virtualwire.port.DropReason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of whole frames that arrive at a record: held until every earlier route is complete, then given to where
 * the record's state says.
 *
 * <pre>
 *   direct frames  ──▶ gate: relay of this peer complete ─┐
 *                                                         ├─▶ gate: lower generations complete ──▶ sink
 *   relayed frames ───────────────────────────────────────┘
 *
 *   sink:  STANDBY parked   ACTIVE port   YIELDED relay leg
 * </pre>
 */
final class Intake implements Hold.Sink {
    private final Scope scope;
    private final SideRecord record;
    private final Bounds bounds;
    /** Frames that passed the gates and wait for the sink. */
    private final Hold parked;
    /** What was relayed since the yield, for a side that resumes because its successor never came up. */
    private final Hold copies;

    private int heldWeight;
    private boolean working;
    private boolean again;
    /** Nothing is waited for: frames go straight to the port. */
    private boolean steady;

    // Statistics
    private long holds;
    private long expired;
    private long framesHeld;
    private long longest;

    Intake(Scope scope, SideRecord record) {
        this.scope = scope;
        this.record = record;
        this.bounds = scope.bounds;
        BufferBudget budget = scope.budget(record.wire().tenant());
        this.parked = new Hold(scope.pool, budget);
        this.copies = new Hold(scope.pool, budget);
    }

    /** A whole frame came straight from the peer. */
    /* HOT PATH */
    void direct(Peer peer, long number, byte[] bytes, int offset, int length) {
        long now = scope.now();
        peer.window.add(number, now);
        if (peer.ended && number > peer.endNumber) {
            peer.ended = false;
        }
        peer.received++;
        if (peer.directOpen) {
            frame(peer, false, number, bytes, offset, length);
            if (steady) {
                return;
            }
        } else if (peer.state == PeerState.CLOSED) {
            record.drops().add(DropReason.STALE_GENERATION);
            return;
        } else {
            if (number == 1 && peer.relayedIn == 0 && !peer.relayDone) {
                // The very first frame came here, so none can be under way by the old place.
                relayDone(peer);
                work(now);
            }
            admit(peer, false, number, bytes, offset, length, now);
        }
        work(now);
    }

    /** A whole frame came by the old place of this side. */
    void relayed(Peer peer, long number, byte[] bytes, int offset, int length) {
        long now = scope.now();
        peer.relayedIn++;
        peer.received++;
        if (peer.fenced) {
            record.drops().add(DropReason.STALE_GENERATION);
            return;
        }
        if (peer.relayLate) {
            record.drops().add(DropReason.LATE_RELAY);
            record.lateRelay();
        }
        if (peer.state == PeerState.CLOSED) {
            frame(peer, true, number, bytes, offset, length);
        } else {
            admit(peer, true, number, bytes, offset, length, now);
        }
        work(now);
    }

    /** Puts a frame behind what waits at its gate, or lets it pass. */
    private void admit(Peer peer, boolean relayed, long number, byte[] bytes, int offset, int length, long now) {
        Hold hold = relayed ? peer.relayed : peer.direct;
        if (heldWeight + Hold.weightOf(length) > bounds.holdBytes()) {
            expire(peer, now);
        }
        if ((relayed ? peer.relayedOpen : peer.directOpen) && hold.isEmpty()) {
            frame(peer, relayed, number, bytes, offset, length);
            return;
        }
        if (heldWeight + Hold.weightOf(length) > bounds.holdBytes()) {
            record.drops().add(DropReason.RELAY_OVERFLOW);
            return;
        }
        if (peer.waiting() == 0) {
            peer.heldSince = now;
            peer.heldFrames = 0;
            record.wake(now + bounds.holdNanos());
        }
        if (!hold.add(peer, relayed, number, bytes, offset, length)) {
            record.drops().add(DropReason.BUFFER_QUOTA);
            return;
        }
        heldWeight += Hold.weightOf(length);
        peer.heldFrames++;
        framesHeld++;
    }

    /** The sink. */
    /* HOT PATH */
    @Override
    public void frame(Peer peer, boolean relayed, long number, byte[] bytes, int offset, int length) {
        switch (record.state()) {
            case ACTIVE -> record.toPort(peer, number, bytes, offset, length);
            case STANDBY -> park(peer, relayed, number, bytes, offset, length);
            case YIELDED -> {
                RelayOut out = record.relays().out();
                if (!scope.rules.relay()) {
                    return;
                }
                if (out == null || !out.ready() || !parked.isEmpty()) {
                    park(peer, relayed, number, bytes, offset, length);
                } else {
                    relayOut(out, peer, number, bytes, offset, length);
                }
            }
        }
    }

    /** The sink has changed: what is parked goes there. */
    void unpark() {
        switch (record.state()) {
            case STANDBY -> {}
            case ACTIVE ->
                parked.drainTo((peer, relayed, number, bytes, offset, length) ->
                        record.toPort(peer, number, bytes, offset, length));
            case YIELDED -> {
                RelayOut out = record.relays().out();
                if (out != null && out.ready()) {
                    parked.drainTo((peer, relayed, number, bytes, offset, length) ->
                            relayOut(out, peer, number, bytes, offset, length));
                }
            }
        }
    }

    /** The successor's place never came up: what was relayed to it goes to the port here. */
    void takeBack() {
        copies.drainTo(
                (peer, relayed, number, bytes, offset, length) -> record.toPort(peer, number, bytes, offset, length));
    }

    void dropCopies() {
        copies.clear();
    }

    private void park(Peer peer, boolean relayed, long number, byte[] bytes, int offset, int length) {
        if (parked.weight() + Hold.weightOf(length) > bounds.holdBytes()) {
            record.drops().add(DropReason.RELAY_OVERFLOW);
        } else if (!parked.add(peer, relayed, number, bytes, offset, length)) {
            record.drops().add(DropReason.BUFFER_QUOTA);
        }
    }

    private void relayOut(RelayOut out, Peer peer, long number, byte[] bytes, int offset, int length) {
        if (out.frame(peer, number, bytes, offset, length)) {
            peer.relayedOut++;
            record.relayedOne();
            if (!record.isSuperseded() && copies.weight() + Hold.weightOf(length) <= bounds.holdBytes()) {
                copies.add(peer, false, number, bytes, offset, length);
            }
        } else {
            record.drops().add(DropReason.RELAY_OVERFLOW);
        }
    }

    /** Looks at every gate and end marker again, and does what has become possible. */
    void work(long now) {
        if (working) {
            again = true;
            return;
        }
        working = true;
        do {
            again = false;
            boolean lowerClosed = true;
            for (int i = 0; i < record.peers().size(); i++) {
                Peer peer = record.peers().get(i);
                look(peer, lowerClosed, now);
                lowerClosed &= peer.state != PeerState.CLOSING;
            }
        } while (again);
        working = false;
        steady = record.state() == SideState.ACTIVE && !isWaiting();
    }

    private void look(Peer peer, boolean lowerClosed, long now) {
        boolean listened = peer.state == PeerState.ACTIVE || peer.state == PeerState.CLOSING;
        if (!peer.relayDone && relayComplete(peer, now)) {
            relayDone(peer);
        }
        peer.relayedOpen = lowerClosed && listened || peer.state == PeerState.CLOSED && !peer.fenced;
        peer.directOpen = lowerClosed && listened && peer.relayDone;
        boolean waited = peer.waiting() > 0;
        if (peer.relayedOpen) {
            drain(peer.relayed);
        }
        if (peer.directOpen) {
            drain(peer.direct);
        }
        if (waited && peer.waiting() == 0) {
            opened(peer, now);
        }
        if (peer.state == PeerState.CLOSING && lowerClosed && peer.waiting() == 0) {
            CloseCause cause = complete(peer, peer.changedAt, now);
            if (cause != null) {
                close(peer, cause, now);
            }
        }
        if (record.state() == SideState.YIELDED && !peer.relayEndSaid && mayEndRelay(peer, now)) {
            peer.relayEndSaid = true;
            peer.relayEndNumber = peer.ended ? peer.endNumber : peer.window.highest();
            peer.relayEnd.start(now);
            record.speak(now);
        }
    }

    private void drain(Hold hold) {
        while (!hold.isEmpty()) {
            int before = hold.weight();
            hold.drainTo(this);
            heldWeight -= before - hold.weight();
        }
    }

    private boolean relayComplete(Peer peer, long now) {
        return !record.relays().hasIn()
                || !scope.rules.hold()
                || record.relays().hasLeft(now)
                || peer.relayEnded
                        && (peer.relayedIn >= peer.relayEndCount || now - peer.relayEndAt >= bounds.patienceNanos());
    }

    private void relayDone(Peer peer) {
        peer.relayDone = true;
        if (record.relays().hasIn()) {
            record.relayComplete(peer);
            peer.relayLate = scope.rules.hold();
        }
    }

    /** Why this generation can be closed: everything it sent has come, or was waited for long enough; null if neither. */
    private @Nullable CloseCause complete(Peer peer, long since, long now) {
        if (!scope.rules.hold()) {
            return CloseCause.COMPLETE;
        }
        if (!peer.relayDone) {
            return null;
        }
        if (!peer.ended) {
            // Without a leg no END can be asked for; what it sent before is soon here.
            boolean silent = !peer.leg().agreed() && now - since >= bounds.patienceNanos();
            return silent ? peer.received == 0 ? CloseCause.COMPLETE : CloseCause.MISSING : null;
        }
        if (peer.window.hasAllUpTo(peer.endNumber, now)) {
            return CloseCause.COMPLETE;
        }
        long start = Math.max(peer.endAt - now, since - now);
        return -start >= bounds.patienceNanos() ? CloseCause.MISSING : null;
    }

    private boolean mayEndRelay(Peer peer, long now) {
        RelayOut out = record.relays().out();
        if (out == null || !out.ready() || !parked.isEmpty() || peer.waiting() > 0) {
            return false;
        }
        return peer.state == PeerState.CLOSED || peer.relayedOpen && complete(peer, record.yieldedAt(), now) != null;
    }

    void close(Peer peer, CloseCause cause, long now) {
        if (cause != CloseCause.FENCED) {
            drain(peer.relayed);
            drain(peer.direct);
        }
        peer.state = PeerState.CLOSED;
        peer.changedAt = now;
        peer.directOpen = false;
        peer.relayedOpen = cause != CloseCause.FENCED;
        peer.reassembly.clear();
        if (cause == CloseCause.FENCED) {
            peer.fenced = true;
            int dropped = discard(peer.direct) + discard(peer.relayed);
            record.drops().add(DropReason.STALE_GENERATION, dropped);
        }
        record.peerClosed(peer, cause);
    }

    int discard(Hold hold) {
        heldWeight -= hold.weight();
        return hold.clear();
    }

    private void opened(Peer peer, long now) {
        holds++;
        long lasted = now - peer.heldSince;
        longest = Math.max(longest, lasted);
        record.holdOpened(peer, false, peer.heldFrames, lasted);
    }

    /** Lets pass what waits at this peer's gates, whatever it waits for: a bound is exceeded. */
    private void expire(Peer peer, long now) {
        if (peer.state == PeerState.EXPECTED) {
            return;
        }
        boolean changed = false;
        for (Peer lower : record.peers()) {
            if (lower == peer) {
                break;
            }
            if (lower.state == PeerState.CLOSING) {
                close(lower, CloseCause.EXPIRED, now);
                changed = true;
            }
        }
        if (!peer.relayDone) {
            peer.relayDone = true;
            peer.relayLate = true;
            changed = true;
        }
        if (changed) {
            expired++;
            record.drops().add(DropReason.HOLD_EXPIRED);
        }
        work(now);
    }

    /** Looks whether a bound on time is exceeded; called when the record wakes. */
    void tick(long now) {
        for (Peer peer : record.peers()) {
            peer.reassembly.expire(now);
            if (peer.relayedReassembly != null) {
                peer.relayedReassembly.expire(now);
            }
        }
        work(now);
        for (int i = 0; i < record.peers().size(); i++) {
            Peer peer = record.peers().get(i);
            if (peer.waiting() > 0) {
                if (peer.state == PeerState.EXPECTED) {
                    if (now - peer.heldSince >= bounds.giveUpNanos()) {
                        record.drops().add(DropReason.NOT_AGREED, discard(peer.direct) + discard(peer.relayed));
                    }
                } else if (now - holdBegan(peer) >= bounds.holdNanos()) {
                    expire(peer, now);
                }
            }
            if (peer.state == PeerState.CLOSING && now - peer.changedAt >= bounds.holdNanos()) {
                expireClosing(peer, now);
            }
        }
    }

    /** A hold for a flip begins at the flip, one for a relay with its first frame. */
    private long holdBegan(Peer peer) {
        return peer.relayDone ? peer.changedAt : peer.heldSince;
    }

    private void expireClosing(Peer peer, long now) {
        expired++;
        record.drops().add(DropReason.HOLD_EXPIRED);
        peer.relayDone = true;
        peer.relayLate = true;
        work(now);
        if (peer.state == PeerState.CLOSING) {
            close(peer, CloseCause.EXPIRED, now);
            work(now);
        }
    }

    /** Whether something is being waited for whose time may run out. */
    boolean isWaiting() {
        for (int i = 0; i < record.peers().size(); i++) {
            Peer peer = record.peers().get(i);
            boolean waits = peer.waiting() > 0
                    || peer.state == PeerState.CLOSING
                    || (peer.relayEnded || record.relays().isLeaving()) && !peer.relayDone
                    || record.state() == SideState.YIELDED && peer.ended && !peer.relayEndSaid;
            if (waits) {
                return true;
            }
        }
        return false;
    }

    List<EngineImage.FrameImage> parkedImage() {
        return parked.image(record.peers());
    }

    List<EngineImage.FrameImage> copiesImage() {
        return copies.image(record.peers());
    }

    /** What waited at the gates of another process's peers waits at those of this one's. */
    void restoreHeld(List<EngineImage.PeerImage> images) {
        for (int i = 0; i < images.size(); i++) {
            Peer peer = record.peers().get(i);
            peer.direct.restore(images.get(i).waiting().direct(), record.peers());
            peer.relayed.restore(images.get(i).waiting().relayed(), record.peers());
            heldWeight += peer.direct.weight() + peer.relayed.weight();
        }
    }

    void restore(List<EngineImage.FrameImage> parkedFrames, List<EngineImage.FrameImage> copiedFrames) {
        parked.restore(parkedFrames, record.peers());
        copies.restore(copiedFrames, record.peers());
    }

    int parkedFrames() {
        return parked.frames();
    }

    HoldStatistics statistics() {
        return new HoldStatistics(
                holds, expired, framesHeld, (long) heldWeight + parked.weight() + copies.weight(), longest);
    }

    void discardAll() {
        parked.clear();
        copies.clear();
        for (Peer peer : record.peers()) {
            discard(peer.direct);
            discard(peer.relayed);
            peer.forgetIncomplete();
        }
    }
}
