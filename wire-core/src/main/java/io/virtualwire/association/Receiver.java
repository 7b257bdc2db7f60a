package io.virtualwire.association;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.DatagramSink;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import org.jspecify.annotations.Nullable;

/**
 * Takes what arrives at the sockets apart, believes nothing before its tag was verified, and hands on what is authentic.
 *
 * <p>Order of the checks, cheapest first: length, version, type, session index, lane, {@linkplain ForgeryLimit source}, replay window;
 * only then a key is touched. Nothing is allocated but what the JDK's cipher allocates.
 */
final class Receiver implements DatagramSink {
    private static final int SHORTEST = SendLane.OVERHEAD;

    private final SessionTable table;
    private final Ticker ticker;
    private final DropTally drops;
    private final Siege siege;
    private final ForgeryLimit forgeries = new ForgeryLimit();
    private final DatagramHeader header = new DatagramHeader();
    private final MessageHeader message = new MessageHeader();
    private final byte[] plaintext = new byte[1 << 16];

    /** @param drops counts what cannot be ascribed to a session */
    Receiver(SessionTable table, Siege siege, Ticker ticker, DropTally drops) {
        this.table = table;
        this.siege = siege;
        this.ticker = ticker;
        this.drops = drops;
    }

    /** HOT PATH. */
    @Override
    public void datagrams(byte[] bytes, int offset, int length, int segmentSize, UnderlayAddress source) {
        long now = ticker.nanoTime();
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
        Session session = table.find(header.sessionIndex());
        if (session == null) {
            astray(DropReason.UNKNOWN_SESSION, now);
            return;
        }
        DropReason reason = header.lane() >= session.receiveLanes()
                ? DropReason.UNKNOWN_LANE
                : session.association().isAt(source)
                        ? open(session, bytes, offset, length, source, now)
                        : openUnproven(session, bytes, offset, length, source, now);
        if (reason != null) {
            session.association().drops().add(reason);
        }
    }

    private @Nullable DropReason openUnproven(
            Session session, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        if (forgeries.isReached(now)) {
            siege.stray(now);
            return DropReason.UNPROVEN_SOURCE;
        }
        DropReason reason = open(session, bytes, offset, length, source, now);
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
            Session session, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        return header.type() == DatagramHeader.TYPE_SEALED
                ? sealed(session, bytes, offset, length, source, now)
                : plain(session, bytes, offset, length, source, now);
    }

    private @Nullable DropReason sealed(
            Session session, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        ReceiveLane lane = session.receiveLane(header.lane());
        DropReason reason = lane.openSealed(header, bytes, offset, length, plaintext);
        if (reason == null) {
            session.association()
                    .message(
                            session,
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
            Session session, byte[] bytes, int offset, int length, UnderlayAddress source, long now) {
        ReceiveLane lane = session.receiveLane(header.lane());
        DropReason reason = lane.verifyPlain(header, bytes, offset);
        if (reason != null) {
            return reason;
        }
        message.wrap(bytes, offset + DatagramHeader.LENGTH);
        int kind = message.kind();
        if (message.wireIndex() == 0 || kind != MessageKind.FRAME && kind != MessageKind.RELAYED_FRAME) {
            return DropReason.PLAIN_REFUSED;
        }
        session.association()
                .message(
                        session,
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
