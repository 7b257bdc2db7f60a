package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;
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
    private final ControlStream stream;
    private final boolean dialled;
    private final boolean rekey;
    private final Hello peerHello;
    private final int index;
    private final CipherSuite suite;
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
     * @param keys whoever calls this overwrites them afterwards
     */
    Session(
            Association association,
            ControlStream stream,
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

    Association association() {
        return association;
    }

    ControlStream stream() {
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
        for (SendLane lane : sendLanes) {
            lane.close();
        }
        for (ReceiveLane lane : receiveLanes) {
            lane.close();
        }
    }
}
