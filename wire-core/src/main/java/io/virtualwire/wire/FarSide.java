package io.virtualwire.wire;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The generations of the far side that one record knows: which one it sends to, and how that changes. */
final class FarSide {
    /** How long the leg to a generation that was closed stays, so that its holder learns that it is superseded. */
    private static final long LINGER_NANOS = 60_000_000_000L;

    private final Scope scope;
    private final SideRecord record;
    private final Intake intake;
    /** Lowest generation first. */
    private final List<Peer> peers = new ArrayList<>();

    private @Nullable Peer active;
    /** The highest generation that ever was ACTIVE. */
    private @Nullable Generation heard;

    FarSide(Scope scope, SideRecord record, Intake intake) {
        this.scope = scope;
        this.record = record;
        this.intake = intake;
    }

    List<Peer> peers() {
        return peers;
    }

    @Nullable
    Peer active() {
        return active;
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

    // From one process to the next

    List<EngineImage.PeerImage> image() {
        long now = scope.now();
        return peers.stream().map(peer -> peer.image(peers, now)).toList();
    }

    Optional<Generation> highestHeard() {
        return Optional.ofNullable(heard);
    }

    void restore(List<EngineImage.PeerImage> images, Optional<Generation> highestHeard) {
        heard = highestHeard.orElse(null);
        for (EngineImage.PeerImage image : images) {
            Peer peer = new Peer(scope, record, record.drops(), image);
            peers.add(peer);
            if (peer.state == PeerState.ACTIVE) {
                active = peer;
            }
        }
        intake.restoreHeld(images);
    }

    // What the tenant says

    /** Fails if {@code peer} cannot be expected. */
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
                                + " of the far side of " + record + ": that generation is held by another daemon",
                        "use a higher generation");
            case STALE ->
                throw new WireException(
                        ErrorCode.STALE_GENERATION,
                        "cannot expect generation " + peer.generation() + " of the far side of " + record
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
                        scope,
                        record,
                        record.drops(),
                        description.identity(),
                        description.generation(),
                        description.paths());
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
        record.speak(now);
        considerFlip(newest, now, false);
    }

    // What the peers say

    /** An authentic FRAME or HELLO of this peer came. */
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

    /** The leg to this peer is agreed, perhaps again. */
    void agreed(Peer peer, long now) {
        if (peer.state == PeerState.CLOSED || peer.state == PeerState.CLOSING) {
            tellSuperseded(peer, now);
            return;
        }
        considerFlip(peer, now, false);
        if (record.state() == SideState.ACTIVE && peer.state != PeerState.CLOSED && !peer.helloHeard) {
            peer.sayHello(now, peer.helloNumber);
        } else if (record.state() == SideState.YIELDED && peer.state != PeerState.CLOSED && !peer.end.isOn()) {
            peer.sayEnd(now, record.lastNumber(), false);
        }
    }

    private void considerFlip(Peer peer, long now, boolean heardNow) {
        if (peer.state != PeerState.EXPECTED) {
            return;
        }
        if (heard != null && heard.isAfter(peer.generation())) {
            intake.close(peer, CloseCause.EXPIRED, now);
            tellSuperseded(peer, now);
            record.speak(now);
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
            record.flipped(from, to);
        }
        record.speak(now);
        intake.work(now);
        record.look(now);
    }

    private void tellSuperseded(Peer lower, long now) {
        lower.hello.stop();
        if (lower.leg().agreed()) {
            lower.sayEnd(now, lower.saidSuperseded ? lower.saidEnd : record.lastNumber(), true);
        }
    }

    /** A generation that is not listened to still speaks: its holder has to learn that it is superseded. */
    void remind(Peer closed) {
        if (!closed.end.isOn()) {
            long now = scope.now();
            tellSuperseded(closed, now);
            record.speak(now);
        }
    }

    // What the record says to all of them

    void offer() {
        for (Peer peer : peers) {
            peer.leg().offer();
        }
    }

    /** @param number 0, or one that no frame has, to void an END */
    void sayHello(long now, long number) {
        for (Peer peer : peers) {
            if (peer.state != PeerState.CLOSED && peer.leg().agreed()) {
                peer.sayHello(now, number);
            }
        }
    }

    void sayEnd(long now) {
        for (Peer peer : peers) {
            peer.hello.stop();
            if (peer.leg().agreed() && peer.state != PeerState.CLOSING && peer.state != PeerState.CLOSED) {
                peer.sayEnd(now, record.lastNumber(), false);
            }
        }
    }

    void resume(long now, long number) {
        for (Peer peer : peers) {
            peer.relayEndSaid = false;
            peer.relayEnd.stop();
            if (peer.state == PeerState.ACTIVE || peer.state == PeerState.EXPECTED) {
                peer.end.stop();
                if (peer.leg().agreed()) {
                    peer.sayHello(now, number);
                }
            }
        }
    }

    /** Who has not confirmed yet that this side resumed; null if nobody is waited for. */
    @Nullable
    Peer unconfirmed() {
        for (Peer peer : peers) {
            if (peer.hello.isOn() && peer.helloNumber != 0 && peer.state == PeerState.ACTIVE) {
                return peer;
            }
        }
        return null;
    }

    /** Whether every peer that can be told knows that this side has yielded, and, if it relays, everything was relayed. */
    boolean isDrained(boolean relays) {
        for (Peer peer : peers) {
            boolean told = !peer.leg().agreed() || !peer.end.isOn() && !peer.end.gaveUp();
            boolean relayed = !relays || peer.relayEndAnswered || peer.state == PeerState.EXPECTED;
            if (!told || !relayed) {
                return false;
            }
        }
        return true;
    }

    /** Forgets generations that were closed long ago. */
    void forgetClosed(long now) {
        for (int i = 0; i < peers.size() - 1; ) {
            Peer peer = peers.get(i);
            if (peer.state == PeerState.CLOSED) {
                if (now - peer.changedAt >= LINGER_NANOS) {
                    peer.leg().close();
                    peer.forgetIncomplete();
                    peers.remove(i);
                    continue;
                }
                record.wake(peer.changedAt + LINGER_NANOS);
            }
            i++;
        }
    }

    void close() {
        for (Peer peer : peers) {
            peer.leg().close();
        }
        peers.clear();
        active = null;
    }

    List<PeerStatus> status() {
        return peers.stream().map(Peer::status).toList();
    }
}
