package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agreed way between one record and one generation of the far side, or, as a relay leg, another place of its own side.
 *
 * <p>Agreed once this daemon has made its offer and holds the one that mirrors it.
 */
final class Leg {
    private static final byte[] NOTHING = {};

    private final Scope scope;
    private final SideRecord record;
    private final Identity identity;
    private final WirePath path;
    private final Generation otherGeneration;
    private final boolean relay;
    private final int index;
    private final Segmenter segmenter = new Segmenter();
    private final MessageHeader header = new MessageHeader();
    private final byte[] count = new byte[Long.BYTES];
    /** The generation of the far side that this leads to; null for a relay leg. */
    private final @Nullable Peer peer;

    private boolean offered;
    private PeerMessage.@Nullable Offer theirs;
    private boolean closed;

    Leg(
            Scope scope,
            SideRecord record,
            Identity identity,
            List<String> addresses,
            Generation otherGeneration,
            @Nullable Peer peer) {
        this.scope = scope;
        this.record = record;
        this.identity = identity;
        this.path = scope.acquire(identity, addresses);
        this.otherGeneration = otherGeneration;
        this.relay = peer == null;
        this.peer = peer;
        this.index = scope.nextIndex();
    }

    /** The leg that another process had, under the same index; nothing is said. */
    Leg(Scope scope, SideRecord record, EngineImage.LegImage image, @Nullable Peer peer) {
        this.scope = scope;
        this.record = record;
        this.identity = image.identity();
        this.path = scope.acquire(image.identity(), image.paths());
        this.otherGeneration = image.otherGeneration();
        this.relay = peer == null;
        this.peer = peer;
        this.index = image.index();
        this.offered = image.offered();
        this.theirs = image.theirs().orElse(null);
        scope.register(this);
    }

    EngineImage.LegImage image(List<String> paths) {
        return new EngineImage.LegImage(identity, paths, otherGeneration, index, offered, Optional.ofNullable(theirs));
    }

    /** Makes the offer and looks for the one that mirrors it. */
    void open() {
        scope.register(this);
        offer();
        for (OfferBook.Key mirror : mirrors()) {
            if (theirs == null) {
                theirs = scope.daemon(identity).book().find(mirror);
            }
        }
        if (agreed()) {
            record.legAgreed(this);
        }
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (offered) {
            path.tell(new PeerMessage.Withdraw(Integer.toUnsignedLong(index)));
        }
        scope.unregister(this);
        scope.release(identity);
    }

    /** Where the peer may be reached has changed. */
    void readdress(List<String> addresses) {
        if (!addresses.isEmpty()) {
            scope.acquire(identity, addresses);
            scope.release(identity);
        }
    }

    /** Makes the offer, again if need be: a new session, or another role. */
    void offer() {
        if (closed) {
            return;
        }
        boolean told = path.tell(new PeerMessage.Offer(
                record.wire().bare(),
                record.side(),
                record.generation(),
                otherGeneration,
                Integer.toUnsignedLong(index),
                record.state() == SideState.ACTIVE ? Role.ACTIVE : Role.STANDBY,
                record.options().plain(),
                relay,
                record.wire().tenant(),
                vni()));
        offered |= told;
    }

    /** A session came up. */
    void sessionUp(boolean newInstance) {
        if (newInstance) {
            boolean was = agreed();
            offered = false;
            theirs = null;
            record.legRestarted(this, was);
        }
        boolean before = agreed();
        offer();
        if (agreed() && !before || agreed() && !newInstance) {
            record.legAgreed(this);
        }
    }

    void offered(PeerMessage.Offer offer) {
        theirs = offer;
        if (!offered) {
            offer();
        }
        if (agreed()) {
            record.legAgreed(this);
        }
    }

    void withdrawn() {
        boolean was = agreed();
        theirs = null;
        record.legWithdrawn(this, was);
    }

    boolean isOfferedAs(long otherIndex) {
        return theirs != null && theirs.index() == otherIndex;
    }

    boolean agreed() {
        return offered && theirs != null;
    }

    /** Whether payloads travel in the clear: both offers said so. */
    boolean plain() {
        return theirs != null && theirs.plain() && record.options().plain();
    }

    /** By which number the kernel here would hear the peer's; 0 if frames are to pass the processes. */
    private int vni() {
        return relay ? 0 : scope.vnis().vni(record.wire(), record.side(), record.generation(), otherGeneration);
    }

    boolean otherIsActive() {
        return theirs != null && theirs.role() == Role.ACTIVE;
    }

    /**
     * What the peer's offer must say to agree with this, in one of these ways.
     *
     * <p>A daemon that serves several tenants says for whom it offers, and consent is a tenant's: both ends belong to the
     * same one, or each to the tenant of its own daemon.
     */
    List<OfferBook.Key> mirrors() {
        String owner = record.wire().tenant();
        List<OfferBook.Key> mirrors = new ArrayList<>();
        if (owner.isEmpty()) {
            mirrors.add(mirror(""));
            if (!scope.tenant().isEmpty()) {
                mirrors.add(mirror(scope.tenant()));
            }
        } else {
            mirrors.add(mirror(owner));
            if (owner.equals(identity.tenant())) {
                mirrors.add(mirror(""));
            }
        }
        return mirrors;
    }

    private OfferBook.Key mirror(String tenant) {
        return new OfferBook.Key(
                record.wire().bare(),
                relay ? record.side() : record.side().other(),
                otherGeneration,
                record.generation(),
                relay,
                tenant);
    }

    /** Sends a frame; {@code slice} says whether it was cut out of a longer one. HOT PATH. */
    int sendFrame(int kind, Generation sender, long number, byte[] bytes, int offset, int length, boolean slice) {
        PeerMessage.Offer agreement = theirs;
        if (agreement == null || !offered) {
            return 0;
        }
        return segmenter.send(
                path,
                kind,
                record.side().bit(),
                (int) agreement.index(),
                (int) sender.number(),
                (int) otherGeneration.number(),
                agreement.plain() && record.options().plain(),
                number,
                bytes,
                offset,
                length,
                slice);
    }

    /** How long a frame may be that the loss on the path does not make much likelier to be lost than its parts would be. */
    int largestFrame() {
        int datagrams = path.datagramsPerFrame();
        return datagrams >= WirePath.ANY_DATAGRAMS ? Integer.MAX_VALUE : datagrams * path.payloadBudget();
    }

    /** Sends a message without a frame; nothing if the leg is not agreed. */
    void send(int kind, int senderGeneration, long number, boolean superseded) {
        fill(kind, senderGeneration, number, superseded, NOTHING);
    }

    void sendRelayedEnd(Generation sender, long number, long frames) {
        ByteBuffer.wrap(count).putLong(frames);
        fill(MessageKind.RELAYED_END, (int) sender.number(), number, false, count);
    }

    private void fill(int kind, int senderGeneration, long number, boolean superseded, byte[] payload) {
        if (theirs == null || closed) {
            return;
        }
        header.kind(kind)
                .sideBit(record.side().bit())
                .superseded(superseded)
                .wireIndex((int) theirs.index())
                .senderGeneration(senderGeneration)
                .receiverGeneration((int) otherGeneration.number())
                .frameNumber(number)
                .byteOffset(0)
                .totalLength(payload.length);
        path.send(header, false, payload, 0, payload.length);
        // What steers a wire does not wait for what else is done in this turn.
        path.flush();
    }

    int index() {
        return index;
    }

    WirePath path() {
        return path;
    }

    Identity identity() {
        return identity;
    }

    Generation otherGeneration() {
        return otherGeneration;
    }

    boolean isRelay() {
        return relay;
    }

    @Nullable
    Peer peer() {
        return peer;
    }

    SideRecord record() {
        return record;
    }

    LegStatus status() {
        boolean up = path.isUp();
        return new LegStatus(
                agreed(),
                up,
                path.isSilent(),
                plain(),
                up ? path.payloadBudget() : 0,
                vni(),
                theirs == null ? 0 : theirs.vni());
    }
}
