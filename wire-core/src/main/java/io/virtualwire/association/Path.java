package io.virtualwire.association;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.time.Ticker;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.Transport;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
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

    /** For how long one that is not the first is asked for often, so that it is soon known to work. */
    private static final long HURRY_NANOS = 3_000_000_000L;

    /** How soon after another keep-alive the peer is told of losses, and of how many at least. */
    private static final long REPORT_NANOS = 100_000_000L;

    private static final long WORTH_A_REPORT = 3;

    /** Places told by relays that are kept. */
    private static final int MOST_RUMOURS = 4;

    private static final byte[] PADDING = new byte[PathMtu.CEILING];

    private final Transport transport;
    private final Batches batches;
    private final boolean first;
    private final AssociationLimits limits;
    private final Ticker ticker;
    private final DropTally drops;
    private final AddressCheck check;
    private final Candidates candidates;
    private final PathMtu mtu = new PathMtu();
    private final RoundTrip roundTrip = new RoundTrip();
    private final LossEstimate loss = new LossEstimate();
    private final MessageHeader header = new MessageHeader();
    private final byte[] scratch = new byte[TOKEN_LENGTH];
    private @Nullable Batch batch;
    private @Nullable Batch copies;
    private @Nullable UnderlayAddress remote;
    private long heardAt;
    private long movedAt;
    private long answeredAt;
    private long keepaliveAt;
    private @Nullable ReceiveLane back;
    private long reportedAt;
    private long reportedMissing;
    private long tickedAt;
    private boolean unreachable;
    private boolean leading;
    private boolean proved;
    private boolean vouched;
    private boolean muted;
    private @Nullable SessionStream stream;
    private List<UnderlayAddress> named = List.of();
    private final List<UnderlayAddress> rumours = new ArrayList<>();

    /** @param first whether it is the one that is in use as long as there is a session */
    Path(
            Transport transport,
            Batches batches,
            boolean first,
            AssociationLimits limits,
            Ticker ticker,
            DropTally drops,
            RandomGenerator random) {
        this.transport = transport;
        this.batches = batches;
        this.first = first;
        this.limits = limits;
        this.ticker = ticker;
        this.drops = drops;
        this.check = new AddressCheck(random);
        this.candidates = new Candidates(limits, random);
    }

    /** What takes datagrams where UDP does not pass; null: nothing does. */
    void stream(@Nullable SessionStream way) {
        stream = way;
    }

    /** Whether datagrams go by the control stream. */
    boolean isByStream() {
        return StreamWay.ADDRESS.equals(remote);
    }

    /** Whether they may stay there: the session in use can do that, too. */
    boolean staysByStream() {
        return isByStream() && stream != null;
    }

    /** Where else the peer is said to be, the preferred address first. */
    void candidates(List<InetAddress> hosts, int port) {
        named = hosts.stream().map(host -> UnderlayAddress.of(host, port)).toList();
        offer();
    }

    /** A relay sees the peer there. It is asked at once, and often: the peer does the same, so that both translators let it pass. */
    void rumour(UnderlayAddress address, long now) {
        rumours.remove(address);
        rumours.addFirst(address);
        if (rumours.size() > MOST_RUMOURS) {
            rumours.removeLast();
        }
        offer();
        candidates.hurry(now);
    }

    private void offer() {
        candidates.set(Stream.of(
                        named.stream(),
                        rumours.stream(),
                        Stream.ofNullable(stream).map(_ -> StreamWay.ADDRESS))
                .flatMap(Function.identity())
                .toList());
    }

    /** The control stream is the way, whose handshake has proved the peer. */
    void moveToStream(long now) {
        moveTo(StreamWay.ADDRESS, now);
        vouch();
    }

    /** Where the peer has answered, other than by the control stream; null if nowhere. */
    @Nullable
    UnderlayAddress direct() {
        return vouched && !isByStream() ? remote : null;
    }

    /** Whether this side chooses among addresses that work, and the other follows: else both might for ever follow the other. */
    void lead(boolean leads) {
        leading = leads;
    }

    /** Where datagrams go; null before the first session. */
    @Nullable
    UnderlayAddress remote() {
        return remote;
    }

    /** Gives every address at which the peer may be. */
    void addresses(Consumer<UnderlayAddress> each) {
        if (remote != null && !isByStream()) {
            each.accept(remote);
        }
        for (int i = 0; i < candidates.count(); i++) {
            if (!candidates.at(i).equals(StreamWay.ADDRESS)) {
                each.accept(candidates.at(i));
            }
        }
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

    /** Whether the peer is, and it was not this process that slept. */
    boolean isSilent(long now) {
        return isSuspect(now)
                && now - answeredAt > limits.suspectAfter().toNanos()
                && now - tickedAt <= SHORTEST_PATIENCE_NANOS;
    }

    /** Whether the address in use is so late to answer that others are to be tried. */
    boolean isDoubtful(long now) {
        return unreachable || now - answeredAt > limits.doubtAfter().toNanos();
    }

    /** Sends to {@code address} from now on, whose owner is proved to be the peer. */
    void moveTo(UnderlayAddress address, long now) {
        flush();
        keepaliveAt = now;
        if (!address.equals(remote)) {
            remote = address;
            heardAt = now;
            movedAt = now;
            answeredAt = now;
            unreachable = false;
            proved = false;
            vouched = false;
            muted = false;
            candidates.moved();
            roundTrip.forget();
            mtu.begin(isByStream() ? PathMtu.CEILING : transport.linkBudget(address), !address.isIpv4(), now);
        }
    }

    Optional<AssociationsImage.PathImage> image() {
        return Optional.ofNullable(remote)
                .map(to -> new AssociationsImage.PathImage(
                        to.high(), to.low(), to.port(), to.scope(), mtu.size(), roundTrip.nanos()));
    }

    /** Goes on where another process sent, whose peer answered there; nothing is sent yet. */
    void restore(AssociationsImage.PathImage image, boolean works, long now) {
        moveTo(image.remote(), now);
        proved = works;
        vouched = true;
        mtu.resume(image.datagramBytes());
        roundTrip.restore(image.roundTrip());
    }

    /** Forgives past silence: the peer is another process now. */
    void presumeAlive(long now) {
        heardAt = now;
        answeredAt = now;
    }

    /** Queues a message. HOT PATH. */
    void queue(SendLane keys, MessageHeader message, boolean plain, byte[] payload, int offset, int length) {
        if (batch != null && !batch.takes(SendLane.OVERHEAD + length)) {
            flushBatch();
        }
        Batch to = batch;
        if (to == null) {
            to = batches.take();
            batch = to;
        }
        to.added(keys.write(to.bytes(), to.length(), message, plain, payload, offset, length));
    }

    /**
     * Sends the datagram that was queued last once more, byte for byte, behind what else there is to send in this turn. HOT PATH.
     *
     * @param size its length
     */
    void copyLast(SendLane keys, int size) {
        Batch from = batch;
        if (from == null || isByStream()) {
            return;
        }
        if (copies != null && !copies.takes(size)) {
            flushCopies();
        }
        Batch to = copies;
        if (to == null) {
            to = batches.take();
            copies = to;
        }
        System.arraycopy(from.bytes(), from.length() - size, to.bytes(), to.length(), size);
        to.added(size);
        keys.copied();
    }

    boolean hasQueued() {
        return batch != null;
    }

    /** Hands what is queued to the kernel. HOT PATH. */
    void flush() {
        flushBatch();
        flushCopies();
    }

    private void flushBatch() {
        Batch queued = batch;
        if (queued != null) {
            batch = null;
            flush(queued);
        }
    }

    private void flushCopies() {
        Batch queued = copies;
        if (queued != null) {
            copies = null;
            flush(queued);
        }
    }

    private void flush(Batch queued) {
        UnderlayAddress to = remote;
        if (to != null) {
            SendOutcome outcome = give(to, queued.bytes(), queued.length(), queued.segmentSize());
            if (outcome == SendOutcome.TOO_BIG) {
                mtu.refused(queued.segmentSize(), ticker.nanoTime());
            } else if (outcome == SendOutcome.UNREACHABLE) {
                unreachable = true;
            }
        }
        batches.give(queued);
    }

    private SendOutcome give(UnderlayAddress to, byte[] bytes, int length, int segmentSize) {
        if (!to.equals(StreamWay.ADDRESS)) {
            return transport.send(to, bytes, 0, length, segmentSize);
        }
        SessionStream way = stream;
        if (way == null || !way.isOpen()) {
            return SendOutcome.UNREACHABLE;
        }
        if (way.send(bytes, 0, length, segmentSize)) {
            return SendOutcome.SENT;
        }
        drops.add(DropReason.STREAM_CONGESTED, (length + segmentSize - 1) / segmentSize);
        return SendOutcome.CONGESTED;
    }

    /**
     * Whether frames may go there: not for long before the peer has answered. It has proved to be at that host, but the port is
     * only what it says, and behind a network address translation it may lead to somebody else.
     */
    boolean mayCarry() {
        return !muted;
    }

    private void vouch() {
        vouched = true;
        muted = false;
    }

    /** Whether a question was answered at the address in use, not long ago. */
    boolean isProved() {
        return proved;
    }

    /** Of how many datagrams a frame should consist at most, for the loss on the way. */
    int datagramsPerFrame() {
        return loss.datagramsPerFrame();
    }

    /**
     * Sends what is due: probes and keep-alive.
     *
     * @param heard the lane on which the peer sends to where this path begins
     */
    void tick(SendLane keys, ReceiveLane heard, long now) {
        if (back != heard) {
            back = heard;
            reportedMissing = 0;
        }
        muted = !vouched && isDoubtful(now);
        long patience = Math.clamp(2 * roundTrip.nanos(), SHORTEST_PATIENCE_NANOS, LONGEST_PATIENCE_NANOS);
        for (int size = nextProbe(now, patience); size != 0; size = nextProbe(now, patience)) {
            if (size == mtu.size()) {
                // Something small goes with it: its answer shows that it is the size that does not arrive.
                keepaliveAt = now;
            }
            queue(keys, header(MessageKind.PROBE).totalLength(size), false, PADDING, 0, size - SendLane.OVERHEAD);
            flush();
        }
        if (now - tickedAt > SHORTEST_PATIENCE_NANOS) {
            // It was not the peer that slept.
            answeredAt = now - Math.max(0, tickedAt - answeredAt);
        }
        tickedAt = now;
        boolean doubtful = isDoubtful(now);
        proved &= !doubtful;
        if (now - keepaliveAt >= 0 || hurries() && now - movedAt < HURRY_NANOS || mustReport(heard, now)) {
            keepaliveAt = now + limits.keepalive().toNanos();
            keepalive(keys, now);
        }
        if (candidates.isDue(doubtful, now)) {
            ask(keys, doubtful, now);
        }
    }

    private int nextProbe(long now, long patience) {
        return muted ? 0 : mtu.nextProbe(now, heardAt, patience);
    }

    private boolean mustReport(ReceiveLane heard, long now) {
        return now - reportedAt >= REPORT_NANOS && heard.missing() - reportedMissing >= WORTH_A_REPORT;
    }

    private boolean hurries() {
        return !first && !proved;
    }

    private void keepalive(SendLane keys, long now) {
        LONG.set(scratch, 0, now);
        header(MessageKind.KEEPALIVE);
        ReceiveLane heard = back;
        if (heard != null) {
            reportedAt = now;
            reportedMissing = heard.missing();
            header.byteOffset((int) (heard.highest() + 1))
                    .frameNumber(Integer.toUnsignedLong(heard.gaps()) << 32
                            | Integer.toUnsignedLong((int) heard.received()));
        }
        queue(keys, header, false, scratch, 0, TOKEN_LENGTH);
        flush();
    }

    /** Asks at other addresses whether the peer is there: at all if this one is in doubt, else at better ones. */
    private void ask(SendLane keys, boolean doubtful, long now) {
        UnderlayAddress used = remote;
        if (used == null) {
            return;
        }
        int end = doubtful ? candidates.count() : leading || isByStream() ? candidates.indexOf(used) : 0;
        for (int i = 0; i < end; i++) {
            if (!candidates.at(i).equals(used)) {
                LONG.set(scratch, 0, candidates.challenge(i));
                sendTo(candidates.at(i), keys, MessageKind.PATH_CHALLENGE, scratch, 0);
            }
        }
        if (doubtful) {
            unreachable = false;
            keepalive(keys, now);
        }
    }

    /** An authentic datagram came from {@code from}. HOT PATH. */
    void heard(SendLane keys, MessageHeader message, UnderlayAddress from, boolean newest, long now) {
        heardAt = now;
        if (newest && !from.equals(remote) && mayFollow(message.kind(), from, now) && check.isDue(from, now)) {
            LONG.set(scratch, 0, check.challenge());
            sendTo(from, keys, MessageKind.PATH_CHALLENGE, scratch, 0);
        }
    }

    /** A question about a path does not say that the path is taken. */
    private boolean mayFollow(int kind, UnderlayAddress from, long now) {
        return kind != MessageKind.PATH_CHALLENGE
                && kind != MessageKind.PATH_RESPONSE
                && (!leading || isDoubtful(now) || candidates.indexOf(from) < 0);
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
            if (message.byteOffset() != 0) {
                loss.said(
                        message.byteOffset(),
                        (int) message.frameNumber(),
                        (int) (message.frameNumber() >>> 32),
                        keys.twice(),
                        now);
            }
            queue(keys, header(MessageKind.KEEPALIVE_ACK), false, bytes, offset, TOKEN_LENGTH);
            if (hurries()) {
                // The peer is there, perhaps since just now.
                keepalive(keys, now);
            }
        } else if (kind == MessageKind.KEEPALIVE_ACK) {
            answered((long) LONG.get(bytes, offset), now);
        } else if (kind == MessageKind.PATH_CHALLENGE) {
            sendTo(from, keys, MessageKind.PATH_RESPONSE, bytes, offset);
        } else if (kind == MessageKind.PATH_RESPONSE) {
            proved(from, (long) LONG.get(bytes, offset), now);
        } else {
            drops.add(DropReason.UNKNOWN_KIND);
        }
    }

    /** A keep-alive of that time was answered; if it was sent to the address in use, that works. */
    private void answered(long sentAt, long now) {
        long took = now - sentAt;
        if (took >= 0 && took < limits.deadAfter().toNanos() && sentAt - movedAt >= 0) {
            answeredAt = now;
            proved = true;
            vouch();
            roundTrip.sample(took);
        }
    }

    private void proved(UnderlayAddress from, long answer, long now) {
        int candidate = candidates.answered(answer);
        UnderlayAddress used = remote;
        if (candidate >= 0 && used != null) {
            boolean better = leading && candidate < candidates.indexOf(used);
            if (isDoubtful(now) || better && candidates.isTrusted(candidate)) {
                moveTo(candidates.at(candidate), now);
                vouch();
            }
        } else if (check.proves(from, answer)) {
            moveTo(from, now);
            vouch();
        }
    }

    private void sendTo(UnderlayAddress to, SendLane keys, int kind, byte[] token, int offset) {
        byte[] datagram = new byte[SendLane.OVERHEAD + TOKEN_LENGTH];
        int length = keys.write(datagram, 0, header(kind), false, token, offset, TOKEN_LENGTH);
        give(to, datagram, length, length);
    }

    private MessageHeader header(int kind) {
        return header.kind(kind).frameNumber(0).byteOffset(0).totalLength(0);
    }
}
