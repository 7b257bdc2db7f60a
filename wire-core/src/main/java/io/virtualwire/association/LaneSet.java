package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PathListener;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One owner thread's lanes to one peer: what the wires of that thread see of the association.
 *
 * <pre>
 *   this thread ─┬─ channel 0 ── the peer's first thread        a channel: a lane there, a lane back, and their path
 *                ├─ channel 1 ── the peer's second
 *                └─ …
 * </pre>
 *
 * <p>A message goes by the channel that leads to the owner of its wire. Until that channel is proved to work, and when it works no
 * more, it goes by the first thread's first channel: the one that there always is.
 */
final class LaneSet implements WirePath {
    /** How long nothing must have gone the other way before a channel is taken into use: so nothing is overtaken. */
    private static final long QUIET_NANOS = 20_000_000L;

    /** After so long it is taken into use all the same. */
    private static final long IMPATIENT_NANOS = 1_000_000_000L;

    private final Hub hub;
    private final Identity peer;
    private final DropTally drops = new DropTally();
    private final List<Strand> strands = new ArrayList<>();
    private final Runnable endOfTurn = this::endOfTurn;
    /** Replaced, not changed: other threads look at it. */
    private Channel[] channels = {};

    private List<InetAddress> hosts = List.of();
    private @Nullable Strand current;
    private @Nullable Moved moved;
    private int holders;
    private long passedOn;
    private boolean willFlush;
    private boolean asleep;
    /** Since when there is no session, if there is none. */
    private long downSince;

    private int datagramsPerFrame = ANY_DATAGRAMS;

    /** Told when the first channel of the first thread leads elsewhere. */
    @FunctionalInterface
    interface Moved {
        void moved(UnderlayAddress before, boolean doubtful);
    }

    private static final class Channel {
        final Path path;
        boolean direct;
        long aroundAt;
        long provedAt;

        Channel(Path path, boolean direct) {
            this.path = path;
            this.direct = direct;
        }
    }

    LaneSet(Hub hub, Identity peer) {
        this.hub = hub;
        this.peer = peer;
        this.downSince = hub.now();
    }

    void onMoved(Moved listener) {
        moved = listener;
    }

    int thread() {
        return hub.number();
    }

    PathListener listener() {
        return hub.listener();
    }

    // What wires see.

    @Override
    public Identity peer() {
        return peer;
    }

    @Override
    public boolean isUp() {
        return current != null;
    }

    @Override
    public boolean isSilent() {
        long now = hub.now();
        if (current == null) {
            // One that has ended may be starting again.
            return now - downSince > hub.limits().suspectAfter().toNanos();
        }
        boolean silent = true;
        for (Channel channel : channels) {
            silent &= channel.path.isSilent(now);
        }
        return silent;
    }

    /** What every channel in use can carry: which of them a frame will take is not known yet. */
    @Override
    public int payloadBudget() {
        Strand strand = current;
        int budget = strand == null || isFirst()
                ? Integer.MAX_VALUE
                : strand.session().firstBudget();
        for (int i = 0; i < channels.length; i++) {
            Channel channel = channels[i];
            if (channel.direct) {
                budget = Math.min(budget, channel.path.mtu().size() - SendLane.OVERHEAD);
            }
        }
        return budget == Integer.MAX_VALUE ? PathMtu.FLOOR - SendLane.OVERHEAD : budget;
    }

    /** Which of the channels a frame will take is not known yet. */
    @Override
    public int datagramsPerFrame() {
        return datagramsPerFrame;
    }

    /** HOT PATH. */
    @Override
    public boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        return send(header, plain, payload, offset, length, false);
    }

    /** HOT PATH. */
    @Override
    public boolean sendTwice(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        return send(header, plain, payload, offset, length, true);
    }

    private boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length, boolean twice) {
        Strand strand = current;
        if (strand == null) {
            drops.add(DropReason.NO_SESSION);
            return false;
        }
        int number = strand.session().plan().owner(header.wireIndex(), channels.length);
        Channel channel = channels.length == 0 ? null : channels[number];
        if (channel == null || !channel.direct) {
            if (channel != null) {
                channel.aroundAt = hub.now();
            }
            if (!isFirst()) {
                return sendByFirstThread(header, plain, payload, offset, length);
            }
            number = 0;
            channel = channels[0];
        }
        if (length > channel.path.mtu().size() - SendLane.OVERHEAD) {
            drops.add(DropReason.UNDERLAY_TOO_BIG);
            return false;
        }
        if (!channel.path.mayCarry()) {
            drops.add(DropReason.UNPROVEN_DESTINATION);
            return false;
        }
        SendLane keys = strand.sendLane(number);
        if (!keys.mayWrite()) {
            drops.add(DropReason.KEY_EXHAUSTED);
            return false;
        }
        channel.path.queue(keys, header, plain, payload, offset, length);
        if (twice) {
            channel.path.copyLast(keys, SendLane.OVERHEAD + length);
        }
        flushAtEndOfTurn();
        return true;
    }

    private boolean sendByFirstThread(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        byte[] copy = HandedMessage.copy(header, payload, offset, length);
        Hub first = hub.first();
        boolean given = first.handover().offer(copy.length, () -> first.sendFor(peer, copy, plain));
        if (given) {
            passedOn++;
        } else {
            drops.add(DropReason.OWNER_BUSY);
        }
        return given;
    }

    @Override
    public void flush() {
        for (int i = 0; i < channels.length; i++) {
            channels[i].path.flush();
        }
    }

    @Override
    public boolean tell(PeerMessage message) {
        Strand strand = current;
        return strand != null && hub.tell(strand.session(), peer, message);
    }

    void hold() {
        holders++;
    }

    void release() {
        holders--;
    }

    /** Whether nobody holds this and nothing is left of it. */
    boolean isIdle() {
        return holders == 0 && strands.isEmpty();
    }

    // What the first thread says.

    /** A session to receive on. */
    void install(Strand strand) {
        strands.add(strand);
        strand.belongsTo(this);
        hub.table().install(strand);
    }

    /**
     * A session to send on.
     *
     * @param host where the peer was reached
     * @param newInstance whether the peer is another process than before
     */
    void lead(Strand strand, InetAddress host, boolean newInstance) {
        long now = hub.now();
        current = strand;
        takeUpChannels(strand);
        takeUpStream(strand);
        boolean relayed = strand.session().stream().isRelayed();
        for (int i = 0; i < channels.length; i++) {
            Path path = channels[i].path;
            if (relayed) {
                // The address beneath is the relay's, and nothing for the peer may go there.
                if (isFirst() && i == 0 && (newInstance || path.remote() == null || path.isSuspect(now))) {
                    path.moveToStream(now);
                }
            } else if (!path.staysByStream() && (newInstance || path.remote() == null || path.isSuspect(now))) {
                path.moveTo(UnderlayAddress.of(host, strand.session().peerPort(i)), now);
            }
            if (newInstance) {
                path.presumeAlive(now);
            }
            path.lead(strand.session().dialled());
        }
        offerCandidates();
        tickChannels(strand, now);
        hub.table().changed();
    }

    /** Where UDP does not pass, the first channel alone takes the control stream; the others lead to it. */
    private void takeUpStream(Strand strand) {
        if (isFirst()) {
            channels[0].path.stream(hub.streamFor(strand.session()));
        }
    }

    private void takeUpChannels(Strand strand) {
        int had = channels.length;
        if (had == strand.channels()) {
            return;
        }
        Channel[] all = Arrays.copyOf(channels, strand.channels());
        for (int i = had; i < all.length; i++) {
            boolean first = isFirst() && i == 0;
            all[i] = new Channel(hub.newPath(first, drops), first);
        }
        channels = all;
    }

    /** Another session to send on, or none: the one in use is gone. */
    void follow(@Nullable Strand strand) {
        if (strand == null) {
            leave();
        } else {
            current = strand;
            takeUpChannels(strand);
            takeUpStream(strand);
        }
    }

    void remove(Strand strand) {
        strands.remove(strand);
        hub.table().remove(strand);
        if (strand == current) {
            leave();
        }
        strand.close();
    }

    private void leave() {
        if (current != null) {
            downSince = hub.now();
        }
        current = null;
    }

    /** Where else the peer is said to be, the preferred address first. */
    void candidates(List<InetAddress> found) {
        hosts = found;
        offerCandidates();
    }

    private void offerCandidates() {
        Strand strand = current;
        for (int i = 0; strand != null && i < channels.length; i++) {
            channels[i].path.candidates(hosts, strand.session().peerPort(i));
        }
    }

    /** Goes on where another process was; nothing is sent before {@link #wake}. */
    void restore(@Nullable Strand strand, List<AssociationsImage.ChannelImage> images, long now) {
        asleep = true;
        follow(strand);
        for (AssociationsImage.ChannelImage image : images) {
            if (image.channel() < channels.length) {
                Channel channel = channels[image.channel()];
                channel.path.lead(strand != null && strand.session().dialled());
                channel.path.restore(image.path(), image.direct(), now);
                channel.direct |= image.direct();
            }
        }
        publishBudget();
    }

    void wake() {
        asleep = false;
    }

    List<AssociationsImage.ChannelImage> image() {
        flush();
        return IntStream.range(0, channels.length)
                .boxed()
                .flatMap(i -> channels[i].path.image().stream()
                        .map(path -> new AssociationsImage.ChannelImage(hub.number(), i, path, channels[i].direct)))
                .toList();
    }

    /** A relay sees the peer's first thread there. */
    void rumour(UnderlayAddress address) {
        if (isFirst()) {
            firstPath().rumour(address, hub.now());
        }
    }

    // Datagrams.

    /** Datagrams came on a control stream of the peer's. */
    void datagrams(StreamMessage.Datagrams run) {
        hub.datagramsByStream(run);
    }

    /** Gives every address at which the peer may be. */
    void addresses(Consumer<UnderlayAddress> each) {
        for (Channel channel : channels) {
            channel.path.addresses(each);
        }
    }

    /** Whether the peer has proved to be at this address. HOT PATH. */
    boolean isAt(UnderlayAddress address, int number) {
        if (number < channels.length && address.equals(channels[number].path.remote())) {
            return true;
        }
        for (int i = 0; i < channels.length; i++) {
            if (address.equals(channels[i].path.remote())) {
                return true;
            }
        }
        return false;
    }

    DropTally drops() {
        return drops;
    }

    /** An authentic message came. HOT PATH. */
    void message(
            Strand strand,
            int place,
            boolean newest,
            MessageHeader header,
            boolean plain,
            byte[] bytes,
            int offset,
            int length,
            UnderlayAddress from,
            long now) {
        strand.heard(now);
        int number = strand.session().plan().channel(place);
        Strand to = current;
        Channel channel = to == null || number >= channels.length ? null : channels[number];
        if (to != null && channel != null) {
            channel.path.heard(to.sendLane(number), header, from, newest, now);
        }
        if (header.wireIndex() != 0) {
            if (hub.owns(header.wireIndex())) {
                hub.listener().message(this, header, plain, bytes, offset, length);
            } else {
                passToOwner(header, plain, bytes, offset, length);
            }
        } else if (to != null && channel != null) {
            aboutThePath(to.sendLane(number), number, channel, header, bytes, offset, length, from, now);
            if (channel.path.hasQueued()) {
                flushAtEndOfTurn();
            }
        }
    }

    private void passToOwner(MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        byte[] copy = HandedMessage.copy(header, bytes, offset, length);
        Hub owner = hub.ownerOf(header.wireIndex());
        if (owner.handover().offer(copy.length, () -> owner.messageFor(peer, copy, plain))) {
            passedOn++;
        } else {
            drops.add(DropReason.OWNER_BUSY);
        }
    }

    /** Something is on its way to another owner thread. */
    void passedOn() {
        passedOn++;
    }

    private void aboutThePath(
            SendLane keys,
            int number,
            Channel channel,
            MessageHeader header,
            byte[] bytes,
            int offset,
            int length,
            UnderlayAddress from,
            long now) {
        Path path = channel.path;
        UnderlayAddress before = path.remote();
        boolean doubtful = path.isDoubtful(now);
        path.message(keys, header, bytes, offset, length, from, now);
        considerLoss();
        chooseRoute(channel, now);
        publishBudget();
        if (before == null || before.equals(path.remote())) {
            return;
        }
        hub.table().changed();
        if (moved != null && number == 0) {
            moved.moved(before, doubtful);
        }
    }

    private void flushAtEndOfTurn() {
        if (!willFlush) {
            willFlush = true;
            hub.loop().atEndOfTurn(endOfTurn);
        }
    }

    private void endOfTurn() {
        willFlush = false;
        flush();
    }

    // Time.

    /** Does what is due; called every few tens of milliseconds. */
    void tick(long now) {
        Strand strand = current;
        if (strand != null && !asleep) {
            tickChannels(strand, now);
        }
    }

    private void tickChannels(Strand strand, long now) {
        for (int i = 0; i < channels.length; i++) {
            channels[i].path.tick(strand.sendLane(i), strand.laneBack(i), now);
            chooseRoute(channels[i], now);
        }
        publishBudget();
    }

    /** A channel that does not work is left at once; one that works is taken when nothing can be overtaken by it. */
    private void chooseRoute(Channel channel, long now) {
        if (isFirst() && channel == channels[0]) {
            return;
        }
        if (!channel.path.isProved()) {
            channel.direct = false;
            channel.provedAt = 0;
        } else if (!channel.direct) {
            channel.provedAt = channel.provedAt == 0 ? now : channel.provedAt;
            channel.direct = channel.aroundAt == 0
                    || now - channel.aroundAt > QUIET_NANOS
                    || now - channel.provedAt > IMPATIENT_NANOS;
        }
    }

    private void considerLoss() {
        int most = ANY_DATAGRAMS;
        for (int i = 0; i < channels.length; i++) {
            most = Math.min(most, channels[i].path.datagramsPerFrame());
        }
        datagramsPerFrame = most;
    }

    private void publishBudget() {
        Strand strand = current;
        if (strand != null && isFirst() && channels.length > 0) {
            int budget = payloadBudget();
            if (strand.session().firstBudget() != budget) {
                strand.session().firstBudget(budget);
            }
        }
    }

    private boolean isFirst() {
        return hub.number() == 0;
    }

    /** The path of the first channel; of the first thread, which always has one. */
    Path firstPath() {
        if (channels.length == 0) {
            channels = new Channel[] {new Channel(hub.newPath(true, drops), true)};
        }
        return channels[0].path;
    }

    /** What can be seen of the channels; also by another thread, which may see it a moment late. */
    List<LaneStatus> status(Strand strand) {
        List<LaneStatus> lanes = new ArrayList<>();
        Channel[] seen = channels;
        for (int i = 0; i < Math.min(seen.length, strand.channels()); i++) {
            Channel channel = seen[i];
            lanes.add(LaneStatus.of(hub.number(), i, channel.path, channel.direct, strand));
        }
        return lanes;
    }

    long passed() {
        return passedOn;
    }
}
