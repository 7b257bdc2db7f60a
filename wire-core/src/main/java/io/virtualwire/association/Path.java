package io.virtualwire.association;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The way of one lane to the peer: its address, what fits, how long it takes, whether it answers
 * (docs/wire-protocol.md section 3.4).
 */
final class Path {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int TOKEN_LENGTH = 8;

    /** How long an answer to a probe may take at least, and at most. */
    private static final long SHORTEST_PATIENCE_NANOS = 200_000_000L;

    private static final long LONGEST_PATIENCE_NANOS = 1_000_000_000L;

    private final Lane lane;
    private final AssociationLimits limits;
    private final Ticker ticker;
    private final DropTally drops;
    private final AddressCheck check;
    private final PathMtu mtu = new PathMtu();
    private final RoundTrip roundTrip = new RoundTrip();
    private final Batch batch = new Batch();
    private final MessageHeader header = new MessageHeader();
    private final byte[] scratch = new byte[PathMtu.CEILING];
    private final byte[] padding = new byte[PathMtu.CEILING];
    private @Nullable UnderlayAddress remote;
    private long heardAt;
    private long keepaliveAt;
    private long keepaliveToken;

    Path(Lane lane, AssociationLimits limits, Ticker ticker, DropTally drops, AddressCheck check) {
        this.lane = lane;
        this.limits = limits;
        this.ticker = ticker;
        this.drops = drops;
        this.check = check;
    }

    /** Where datagrams go; null before the first session. */
    @Nullable
    UnderlayAddress remote() {
        return remote;
    }

    PathMtu mtu() {
        return mtu;
    }

    RoundTrip roundTrip() {
        return roundTrip;
    }

    long heardAt() {
        return heardAt;
    }

    boolean isSuspect(long now) {
        return now - heardAt > limits.suspectAfter().toNanos();
    }

    /** Sends to {@code address} from now on, whose owner is proved to be the peer. */
    void moveTo(UnderlayAddress address, long now) {
        flush();
        keepaliveAt = now;
        if (!address.equals(remote)) {
            remote = address;
            heardAt = now;
            roundTrip.forget();
            mtu.begin(lane.transport().linkBudget(address), !address.isIpv4(), now);
        }
    }

    /** Forgives past silence: the peer is another process now. */
    void presumeAlive(long now) {
        heardAt = now;
    }

    /** Queues a message. HOT PATH. */
    void queue(SendLane keys, MessageHeader message, boolean plain, byte[] payload, int offset, int length) {
        if (!batch.takes(SendLane.OVERHEAD + length)) {
            flush();
        }
        batch.added(keys.write(batch.bytes(), batch.length(), message, plain, payload, offset, length));
    }

    boolean hasQueued() {
        return !batch.isEmpty();
    }

    /** Hands what is queued to the kernel. HOT PATH. */
    void flush() {
        if (batch.isEmpty()) {
            return;
        }
        UnderlayAddress to = remote;
        if (to != null) {
            SendOutcome outcome = lane.transport().send(to, batch.bytes(), 0, batch.length(), batch.segmentSize());
            if (outcome == SendOutcome.TOO_BIG) {
                mtu.refused(batch.segmentSize(), ticker.nanoTime());
            }
        }
        batch.clear();
    }

    /** Sends what is due: probes and keep-alive. */
    void tick(SendLane keys, long now) {
        long patience = Math.clamp(2 * roundTrip.nanos(), SHORTEST_PATIENCE_NANOS, LONGEST_PATIENCE_NANOS);
        for (int size = mtu.nextProbe(now, heardAt, patience);
                size != 0;
                size = mtu.nextProbe(now, heardAt, patience)) {
            if (size == mtu.size()) {
                // Something small goes with it: its answer shows that it is the size that does not arrive.
                keepaliveAt = now;
            }
            queue(keys, header(MessageKind.PROBE).totalLength(size), false, padding, 0, size - SendLane.OVERHEAD);
            flush();
        }
        if (now - keepaliveAt >= 0) {
            keepaliveAt = now + limits.keepalive().toNanos();
            keepaliveToken = now;
            LONG.set(scratch, 0, keepaliveToken);
            queue(keys, header(MessageKind.KEEPALIVE), false, scratch, 0, TOKEN_LENGTH);
            flush();
        }
    }

    /** An authentic datagram came from {@code from}. HOT PATH. */
    void heard(SendLane keys, UnderlayAddress from, boolean newest, long now) {
        heardAt = now;
        if (newest && !from.equals(remote) && check.isDue(from, now)) {
            LONG.set(scratch, 0, check.challenge());
            sendTo(from, keys, MessageKind.PATH_CHALLENGE, scratch, 0);
        }
    }

    /** Takes an authentic message that is about the path itself. */
    void message(
            SendLane keys,
            MessageHeader message,
            byte[] bytes,
            int offset,
            int length,
            UnderlayAddress from,
            long now) {
        int kind = message.kind();
        if (kind == MessageKind.PROBE) {
            if (message.totalLength() == SendLane.OVERHEAD + length) {
                header(MessageKind.PROBE_ACK).totalLength(message.totalLength());
                queue(keys, header, false, bytes, offset, 0);
            }
        } else if (kind == MessageKind.PROBE_ACK) {
            mtu.acknowledged(message.totalLength(), now);
        } else if (length < TOKEN_LENGTH) {
            drops.add(kind <= MessageKind.PATH_RESPONSE ? DropReason.TRUNCATED : DropReason.UNKNOWN_KIND);
        } else if (kind == MessageKind.KEEPALIVE) {
            queue(keys, header(MessageKind.KEEPALIVE_ACK), false, bytes, offset, TOKEN_LENGTH);
        } else if (kind == MessageKind.KEEPALIVE_ACK) {
            if ((long) LONG.get(bytes, offset) == keepaliveToken) {
                roundTrip.sample(now - keepaliveToken);
            }
        } else if (kind == MessageKind.PATH_CHALLENGE) {
            sendTo(from, keys, MessageKind.PATH_RESPONSE, bytes, offset);
        } else if (kind == MessageKind.PATH_RESPONSE) {
            if (check.proves(from, (long) LONG.get(bytes, offset))) {
                moveTo(from, now);
            }
        } else {
            drops.add(DropReason.UNKNOWN_KIND);
        }
    }

    private void sendTo(UnderlayAddress to, SendLane keys, int kind, byte[] token, int offset) {
        byte[] datagram = new byte[SendLane.OVERHEAD + TOKEN_LENGTH];
        int length = keys.write(datagram, 0, header(kind), false, token, offset, TOKEN_LENGTH);
        lane.transport().send(to, datagram, 0, length, length);
    }

    private MessageHeader header(int kind) {
        return header.kind(kind).totalLength(0);
    }
}
