package io.virtualwire.wire;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import java.nio.ByteBuffer;

/** Checks every message that arrives for a record and does what its kind asks for. */
final class Inbox {
    /** No side lives to send so many; what is beyond would overflow. */
    private static final long HIGHEST_NUMBER = 1L << 62;

    private final Scope scope;
    private final SideRecord record;
    private final Intake intake;
    private long segments;

    Inbox(Scope scope, SideRecord record, Intake intake) {
        this.scope = scope;
        this.record = record;
        this.intake = intake;
    }

    /* HOT PATH */
    void message(Leg leg, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        int kind = header.kind();
        if (header.receiverGeneration() != (int) record.generation().number()) {
            drop(DropReason.STALE_GENERATION);
            return;
        }
        if (plain && !(leg.plain() && (kind == MessageKind.FRAME || kind == MessageKind.RELAYED_FRAME))) {
            drop(DropReason.PLAIN_REFUSED);
            return;
        }
        Peer peer = leg.peer();
        if (peer == null) {
            relayed(leg, kind, header, bytes, offset, length);
        } else if (header.sideBit() != record.side().other().bit()) {
            drop(DropReason.WRONG_SIDE);
        } else if (header.senderGeneration() != (int) peer.generation().number()) {
            drop(DropReason.STALE_GENERATION);
        } else if (kind == MessageKind.FRAME) {
            frame(peer, header, bytes, offset, length);
        } else {
            direct(peer, kind, header);
        }
    }

    void restore(long segmentsSoFar) {
        segments = segmentsSoFar;
    }

    long segments() {
        return segments;
    }

    /* HOT PATH */
    private void frame(Peer peer, MessageHeader header, byte[] bytes, int offset, int length) {
        segments++;
        if (peer.state == PeerState.CLOSED) {
            drop(DropReason.STALE_GENERATION);
            record.farSide().remind(peer);
            return;
        }
        int at = header.byteOffset();
        int total = header.totalLength();
        if (isBad(header.frameNumber(), at, total, length)) {
            drop(DropReason.BAD_SEGMENT);
            return;
        }
        if (peer.state == PeerState.EXPECTED) {
            record.farSide().heard(peer);
        }
        if (peer.hello.isOn() && peer.helloNumber == 0) {
            peer.hello.stop();
            record.helloHeard(peer);
        }
        if (record.state() == SideState.STANDBY && record.slot().activation().onPeerFrame()) {
            record.activate(ActivationCause.PEER_FRAME);
        }
        if (length == total) {
            intake.direct(peer, header.frameNumber(), bytes, offset, length);
            return;
        }
        long now = scope.now();
        Assembly whole = peer.reassembly.add(header.frameNumber(), at, total, bytes, offset, length, now);
        if (whole != null) {
            intake.direct(peer, whole.number, whole.buffer, 0, whole.total);
            peer.reassembly.release(whole);
        } else {
            record.wake(now + scope.bounds.reassemblyNanos());
        }
    }

    private static boolean isBad(long number, int at, int total, int length) {
        return number <= 0
                || number > HIGHEST_NUMBER
                || length <= 0
                || total < Port.MIN_FRAME_BYTES
                || total > Port.MAX_FRAME_BYTES
                || at < 0
                || at > total - length;
    }

    private void direct(Peer peer, int kind, MessageHeader header) {
        long number = header.frameNumber();
        switch (kind) {
            case MessageKind.HELLO -> hello(peer, number);
            case MessageKind.HELLO_ACK -> {
                if (number == peer.helloNumber) {
                    peer.hello.stop();
                    record.helloHeard(peer);
                }
            }
            case MessageKind.END -> end(peer, number, header.superseded());
            case MessageKind.END_ACK -> {
                if (number == peer.saidEnd && header.superseded() == peer.saidSuperseded) {
                    peer.end.stop();
                    record.wake(scope.now());
                }
            }
            default -> drop(DropReason.UNKNOWN_KIND);
        }
    }

    private void hello(Peer peer, long number) {
        record.farSide().heard(peer);
        if (peer.state == PeerState.CLOSED) {
            record.farSide().remind(peer);
            return;
        }
        if (number > 0 && number <= HIGHEST_NUMBER) {
            // It took a number that no frame has, so an END that it said before is void.
            peer.window.add(number, scope.now());
            peer.ended &= number <= peer.endNumber;
        }
        if (peer.leg().agreed()) {
            peer.leg().send(MessageKind.HELLO_ACK, ownGeneration(), number, false);
        }
    }

    private void end(Peer peer, long number, boolean superseded) {
        peer.leg().send(MessageKind.END_ACK, ownGeneration(), number, superseded);
        if (number >= peer.window.highest() && !(peer.ended && peer.endNumber >= number)) {
            peer.ended = true;
            peer.endNumber = number;
            peer.endAt = scope.now();
            record.wake(peer.endAt);
        }
        if (superseded) {
            record.supersede(peer);
        }
        intake.work(scope.now());
    }

    // The relay leg

    private void relayed(Leg leg, int kind, MessageHeader header, byte[] bytes, int offset, int length) {
        if (header.sideBit() != record.side().bit()) {
            drop(DropReason.WRONG_SIDE);
            return;
        }
        Peer sender = record.farSide().peerOf(header.senderGeneration());
        switch (kind) {
            case MessageKind.RELAYED_FRAME -> {
                if (sender == null) {
                    drop(DropReason.STALE_GENERATION);
                } else {
                    relayedFrame(sender, header, bytes, offset, length);
                }
            }
            case MessageKind.RELAYED_END -> {
                if (length != Long.BYTES) {
                    drop(DropReason.BAD_SEGMENT);
                    return;
                }
                leg.send(MessageKind.RELAYED_END_ACK, header.senderGeneration(), header.frameNumber(), false);
                if (sender != null) {
                    relayEnded(
                            sender,
                            header.frameNumber(),
                            ByteBuffer.wrap(bytes, offset, length).getLong());
                }
            }
            case MessageKind.RELAYED_END_ACK -> {
                if (sender != null && sender.relayEndSaid && sender.relayEndNumber == header.frameNumber()) {
                    sender.relayEnd.stop();
                    sender.relayEndAnswered = true;
                    record.wake(scope.now());
                }
            }
            default -> drop(DropReason.UNKNOWN_KIND);
        }
    }

    private void relayedFrame(Peer sender, MessageHeader header, byte[] bytes, int offset, int length) {
        segments++;
        int at = header.byteOffset();
        int total = header.totalLength();
        if (isBad(header.frameNumber(), at, total, length)) {
            drop(DropReason.BAD_SEGMENT);
            return;
        }
        record.farSide().heardByRelay(sender);
        long number = header.frameNumber();
        if (length == total) {
            intake.relayed(sender, number, bytes, offset, length);
            return;
        }
        Reassembly reassembly = sender.relayedReassembly;
        if (reassembly == null) {
            reassembly = new Reassembly(
                    scope.bounds, scope.pool, scope.budget(record.wire().tenant()), record.drops());
            sender.relayedReassembly = reassembly;
        }
        long now = scope.now();
        Assembly whole = reassembly.add(number, at, total, bytes, offset, length, now);
        if (whole != null) {
            intake.relayed(sender, whole.number, whole.buffer, 0, whole.total);
            reassembly.release(whole);
        } else {
            record.wake(now + scope.bounds.reassemblyNanos());
        }
    }

    /** The old place says that no more frames of this sender will come by it. */
    void relayEnded(Peer sender, long number, long count) {
        if (!sender.relayEnded) {
            sender.relayEnded = true;
            sender.relayEndAt = scope.now();
            sender.window.startAfter(number);
            record.wake(sender.relayEndAt);
        }
        sender.relayEndCount = count;
        intake.work(scope.now());
    }

    private int ownGeneration() {
        return (int) record.generation().number();
    }

    private void drop(DropReason reason) {
        record.drops().add(reason);
    }
}
