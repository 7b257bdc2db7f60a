package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * What one TLS handshake with a peer yielded: a control stream, and keys for datagrams both ways.
 *
 * <pre>
 *   INSTALLED ──peer's ready──▶ READY ──a newer one is preferred──▶ SUPERSEDED ──silent for the grace time──▶ CLOSED
 *       │  receives                │  receives, may be sent on         receives                                ▲
 *       └──────────────────────────┴── stream ended before ready · close · dead · other instance ──────────────┘
 * </pre>
 *
 * <p>The end of the stream alone closes nothing. Owner thread only.
 */
final class Session implements AutoCloseable {
    private final Association association;
    private final SessionStream stream;
    private final boolean dialled;
    private final boolean rekey;
    private final Hello peerHello;
    private final int index;
    private final CipherSuite suite;
    private final SessionKeys keys;
    private final SendLane[] sendLanes;
    private final ReceiveLane[] receiveLanes;
    private final long installedAt;
    private long heardAt;
    private boolean ready;
    private boolean superseded;

    /**
     * @param dialled whether we are the TLS client
     * @param rekey whether the side that dialled said that this session follows one that is alive
     * @param index our own index
     * @param keys belong to this from now on, which overwrites them when it is closed
     */
    Session(
            Association association,
            SessionStream stream,
            boolean dialled,
            boolean rekey,
            Hello peerHello,
            int index,
            CipherSuite suite,
            SessionKeys keys,
            int lanes,
            long now) {
        this.association = association;
        this.stream = stream;
        this.dialled = dialled;
        this.rekey = rekey;
        this.peerHello = peerHello;
        this.index = index;
        this.suite = suite;
        this.keys = keys;
        this.installedAt = now;
        this.heardAt = now;
        this.sendLanes = new SendLane[lanes];
        for (int lane = 0; lane < lanes; lane++) {
            sendLanes[lane] = new SendLane(
                    lane,
                    (int) peerHello.sessionIndex(),
                    DataCipher.sealing(suite, keys.dataKey(dialled)),
                    new HeaderTag(keys.headerKey(dialled)));
        }
        this.receiveLanes = new ReceiveLane[peerHello.lanes()];
        for (int lane = 0; lane < receiveLanes.length; lane++) {
            receiveLanes[lane] = new ReceiveLane(
                    DataCipher.opening(suite, keys.dataKey(!dialled)), new HeaderTag(keys.headerKey(!dialled)));
        }
    }

    /** The session that another process had, as far as datagrams go: its control stream has ended. */
    static Session restored(
            Association association, AssociationsImage.SessionImage image, LostStream stream, int lanes, long now) {
        Hello peerHello = new Hello(
                DatagramHeader.VERSION,
                List.of(),
                image.instance(),
                Integer.toUnsignedLong(image.peerIndex()),
                image.peerPorts().size(),
                image.peerPorts(),
                List.of(image.cipher()),
                image.rekey());
        Session session = new Session(
                association,
                stream,
                image.dialled(),
                image.rekey(),
                peerHello,
                image.index(),
                CipherSuite.named(image.cipher()),
                new SessionKeys(image.keys()),
                lanes,
                now - image.age());
        session.heardAt = now;
        // Without a stream one that is not ready never will be; its peer may send on it all the same.
        session.ready = true;
        session.superseded = image.superseded() || !image.ready();
        for (int lane = 0; lane < session.sendLanes.length; lane++) {
            session.sendLanes[lane].goOnAfter(image.sent().get(lane));
        }
        for (int lane = 0; lane < session.receiveLanes.length; lane++) {
            session.receiveLanes[lane].restore(image.received().get(lane));
        }
        return session;
    }

    AssociationsImage.SessionImage image(long now) {
        return new AssociationsImage.SessionImage(
                dialled,
                rekey,
                instance(),
                index,
                (int) peerHello.sessionIndex(),
                peerHello.udpPorts(),
                suite.wireName(),
                keys.image(),
                stream.standing().ownCertificate(),
                stream.standing().peerCertificate(),
                stream.remoteAddress().getHostAddress(),
                now - installedAt,
                ready,
                superseded,
                Arrays.stream(sendLanes).map(SendLane::sent).toList(),
                Arrays.stream(receiveLanes).map(ReceiveLane::image).toList());
    }

    Association association() {
        return association;
    }

    SessionStream stream() {
        return stream;
    }

    boolean dialled() {
        return dialled;
    }

    boolean rekey() {
        return rekey;
    }

    UUID instance() {
        return peerHello.instance();
    }

    int index() {
        return index;
    }

    CipherSuite suite() {
        return suite;
    }

    /** The peer's port for what one of our lanes sends. */
    int peerPort(int lane) {
        return peerHello.udpPorts().get(lane % peerHello.lanes());
    }

    SendLane sendLane(int lane) {
        return sendLanes[lane];
    }

    /** How many lanes the peer has announced. */
    int receiveLanes() {
        return receiveLanes.length;
    }

    ReceiveLane receiveLane(int lane) {
        return receiveLanes[lane];
    }

    long installedAt() {
        return installedAt;
    }

    /** When something authentic arrived last, or when the session was installed or superseded. */
    long heardAt() {
        return heardAt;
    }

    void heard(long now) {
        heardAt = now;
    }

    boolean ready() {
        return ready;
    }

    void becomeReady() {
        ready = true;
    }

    /** Whether another was preferred; it is then only received on, or sent on for want of a better one. */
    boolean superseded() {
        return superseded;
    }

    void supersede(long now) {
        superseded = true;
        heardAt = now;
    }

    /**
     * Whether a new session is to follow now. Who dialled this one sees to it; if that does not happen the other side does,
     * a little later.
     */
    boolean isRekeyDue(AssociationLimits limits, long now) {
        long age = limits.rekeyAfter().toNanos();
        long datagrams = limits.rekeyAtDatagrams();
        if (!dialled) {
            age += age / 10;
            datagrams += (limits.mostDatagrams() - datagrams) / 2;
        }
        return now - installedAt >= age
                || datagrams() >= datagrams
                || stream.standing().isFollowingDue(dialled, now);
    }

    /** The datagrams of the direction that has seen more. */
    long datagrams() {
        long most = 0;
        for (SendLane lane : sendLanes) {
            most = Math.max(most, lane.sent());
        }
        for (ReceiveLane lane : receiveLanes) {
            most = Math.max(most, lane.highest());
        }
        return most;
    }

    long sent() {
        long sum = 0;
        for (SendLane lane : sendLanes) {
            sum += lane.sent();
        }
        return sum;
    }

    long received() {
        long sum = 0;
        for (ReceiveLane lane : receiveLanes) {
            sum += lane.received();
        }
        return sum;
    }

    @Override
    public void close() {
        keys.close();
        for (SendLane lane : sendLanes) {
            lane.close();
        }
        for (ReceiveLane lane : receiveLanes) {
            lane.close();
        }
    }
}
