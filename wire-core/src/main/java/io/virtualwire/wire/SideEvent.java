package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;

/** Something that happened to a side record, told on the owner thread right after it happened. */
public sealed interface SideEvent {
    WireId wire();

    Side side();

    /** The record's own generation. */
    Generation generation();

    /** The leg to this peer is agreed: frames may pass. */
    record Agreed(WireId wire, Side side, Generation generation, Identity peer, Generation peerGeneration)
            implements SideEvent {}

    /** The leg to this peer is not agreed any more: the peer withdrew it or restarted. */
    record Disagreed(WireId wire, Side side, Generation generation, Identity peer, Generation peerGeneration)
            implements SideEvent {}

    /** The relay leg to the other place of this side is agreed. */
    record RelayAgreed(
            WireId wire, Side side, Generation generation, Identity place, Generation placeGeneration, boolean outgoing)
            implements SideEvent {}

    record Activated(WireId wire, Side side, Generation generation, ActivationCause cause) implements SideEvent {}

    /** Its first HELLO since it became active has left for every far end that is agreed. */
    record Said(WireId wire, Side side, Generation generation) implements SideEvent {}

    /** Its port was given the first frame since it became active, relayed or direct. */
    record FirstFrame(WireId wire, Side side, Generation generation) implements SideEvent {}

    /** A far end has heard this side's HELLO: it sends here now. */
    record Heard(WireId wire, Side side, Generation generation, Identity peer, Generation peerGeneration)
            implements SideEvent {}

    record Yielded(WireId wire, Side side, Generation generation) implements SideEvent {}

    record Resumed(WireId wire, Side side, Generation generation) implements SideEvent {}

    /** A far end has heard a higher generation of this side, or was told to; this one is mute for ever. */
    record Superseded(WireId wire, Side side, Generation generation, Identity peer) implements SideEvent {}

    /** This side now sends to {@code peerGeneration} of the far side. */
    record Flipped(WireId wire, Side side, Generation generation, Generation previousPeer, Generation peerGeneration)
            implements SideEvent {}

    /** A generation of the far side is not listened to any more. */
    record PeerClosed(WireId wire, Side side, Generation generation, Generation peerGeneration, CloseCause cause)
            implements SideEvent {}

    /** Frames that waited for those of an earlier route are given to the port from now on. */
    record HoldOpened(
            WireId wire,
            Side side,
            Generation generation,
            Generation peerGeneration,
            boolean expired,
            long frames,
            long nanos)
            implements SideEvent {}

    /**
     * Old place: what its guest had not read was relayed.
     *
     * @param frames how many
     * @param unsure how many more the guest was given of which nobody can say whether it has them; they were not relayed
     */
    record Recalled(WireId wire, Side side, Generation generation, int frames, int unsure) implements SideEvent {}

    /** New place: everything that the old place relayed has come. */
    record RelayComplete(WireId wire, Side side, Generation generation, Generation peerGeneration, long frames)
            implements SideEvent {}

    /** Old place: end markers and relayed end markers are acknowledged or given up; the side can be disconnected. */
    record Drained(WireId wire, Side side, Generation generation, boolean acknowledged) implements SideEvent {}

    record Disconnected(WireId wire, Side side, Generation generation) implements SideEvent {}
}
