package io.virtualwire.association;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.transport.DatagramSink;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes what arrives at the sockets apart, believes nothing before its tag was verified, and hands on what is authentic.
 *
 * <p>Order of the checks, cheapest first: length, version, type, session index, lane, {@linkplain ForgeryLimit source}, replay window;
 * only then a key is touched. Nothing is allocated but what the JDK's cipher
 * allocates where there is no other.
 */
final class Receiver implements DatagramSink {
    private static final int SHORTEST = SendLane.OVERHEAD;

    private final Hub hub;
    private final StrandTable table;
    private final DropTally drops;
    private final Siege siege;
    private final ForgeryLimit forgeries = new ForgeryLimit();
    private final DatagramHeader header = new DatagramHeader();
    private final MessageHeader message = new MessageHeader();
    private final byte[] plaintext = new byte[1 << 16];

    Receiver(Hub hub, Siege siege) {
        this.hub = hub;
        this.table = hub.table();
        this.drops = hub.drops();
        this.siege = siege;
    }

    /** HOT PATH. */
    @Override
    public void datagrams(byte[] bytes, int offset, int length, int segmentSize, UnderlayAddress source) {
        long now = hub.now();
        int end = offset + length;
        for (int at = offset; at < end; at += segmentSize) {
            datagram(bytes, at, Math.min(segmentSize, end - at), source, now);
        }
    }

    private void datagram(byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        if (length < SHORTEST) {
            astray(DropReason.TRUNCATED, now);
            return;
        }
        header.wrap(bytes, offset);
        int type = header.type();
        if (header.version() != DatagramHeader.VERSION) {
            astray(DropReason.UNKNOWN_VERSION, now);
            return;
        }
        if (type != DatagramHeader.TYPE_SEALED && type != DatagramHeader.TYPE_PLAIN) {
            astray(DropReason.UNKNOWN_TYPE, now);
            return;
        }
        Strand strand = table.find(header.sessionIndex());
        if (strand == null) {
            astray(DropReason.UNKNOWN_SESSION, now);
            return;
        }
        LaneSet lanes = strand.lanes();
        LanePlan plan = strand.session().plan();
        int lane = header.lane();
        DropReason reason;
        if (!plan.isHeard(lane)) {
            reason = DropReason.UNKNOWN_LANE;
        } else if (plan.receiver(lane) != hub.number()) {
            reason = passOn(plan.receiver(lane), lanes, bytes, offset, length, source, now);
        } else {
            reason = lanes.isAt(source, plan.channel(plan.place(lane)))
                    ? open(strand, bytes, offset, length, source, now)
                    : openUnproven(strand, bytes, offset, length, source, now);
        }
        if (reason != null) {
            lanes.drops().add(reason);
        }
    }

    /** It came to another thread's socket than its lane leads to: only that thread can tell whether it is new. */
    private @Nullable DropReason passOn(
            int receiver, LaneSet lanes, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        if (forgeries.isReached(now)) {
            siege.stray(now);
            return DropReason.UNPROVEN_SOURCE;
        }
        Hub other = hub.hub(receiver);
        byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
        if (!other.handover().offer(length, () -> other.datagramFor(copy, source))) {
            return DropReason.OWNER_BUSY;
        }
        lanes.passedOn();
        return null;
    }

    private @Nullable DropReason openUnproven(
            Strand strand, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        if (forgeries.isReached(now)) {
            siege.stray(now);
            return DropReason.UNPROVEN_SOURCE;
        }
        DropReason reason = open(strand, bytes, offset, length, source, now);
        if (reason == DropReason.NOT_AUTHENTIC) {
            forgeries.forged(now);
            siege.stray(now);
        }
        return reason;
    }

    private void astray(DropReason reason, long now) {
        drops.add(reason);
        siege.stray(now);
    }

    private @Nullable DropReason open(
            Strand strand, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        return header.type() == DatagramHeader.TYPE_SEALED
                ? sealed(strand, bytes, offset, length, source, now)
                : plain(strand, bytes, offset, length, source, now);
    }

    private @Nullable DropReason sealed(
            Strand strand, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        int place = strand.session().plan().place(header.lane());
        ReceiveLane lane = strand.receiveLane(place);
        DropReason reason = lane.openSealed(header, bytes, offset, length, plaintext);
        if (reason == null) {
            strand.lanes()
                    .message(
                            strand,
                            place,
                            lane.highest() == header.counter(),
                            message.wrap(plaintext, 0),
                            false,
                            plaintext,
                            MessageHeader.LENGTH,
                            length - SendLane.OVERHEAD,
                            source,
                            now);
        }
        return reason;
    }

    private @Nullable DropReason plain(
            Strand strand, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        int place = strand.session().plan().place(header.lane());
        ReceiveLane lane = strand.receiveLane(place);
        DropReason reason = lane.verifyPlain(header, bytes, offset);
        if (reason != null) {
            return reason;
        }
        message.wrap(bytes, offset + DatagramHeader.LENGTH);
        int kind = message.kind();
        if (message.wireIndex() == 0 || kind != MessageKind.FRAME && kind != MessageKind.RELAYED_FRAME) {
            return DropReason.PLAIN_REFUSED;
        }
        strand.lanes()
                .message(
                        strand,
                        place,
                        lane.highest() == header.counter(),
                        message,
                        true,
                        bytes,
                        offset + SendLane.OVERHEAD,
                        length - SendLane.OVERHEAD,
                        source,
                        now);
        return null;
    }
}
