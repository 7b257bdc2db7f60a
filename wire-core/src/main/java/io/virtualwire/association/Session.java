package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * What one TLS handshake with a peer yielded: a control stream, and keys for datagrams both ways.
 *
 * <pre>
 *   INSTALLED ──peer's ready──▶ READY ──a newer one is preferred──▶ SUPERSEDED ──silent for the grace time──▶ CLOSED
 *       │  receives                │  receives, may be sent on         receives                                ▲
 *       └──────────────────────────┴── stream ended before ready · close · dead · other instance ──────────────┘
 * </pre>
 *
 * <p>The end of the stream alone closes nothing. First owner thread only, but for what cannot change; each owner thread has a
 * {@link Strand} of it.
 */
final class Session implements AutoCloseable {
    private final Association association;
    private final SessionStream stream;
    private final boolean dialled;
    private final boolean rekey;
    private final Hello peerHello;
    private final int index;
    private final Sealing sealing;
    private final SessionKeys keys;
    private final LanePlan plan;
    private final Allowance allowance;
    private final List<Strand> strands;
    private final long installedAt;
    private long heardAt;
    private boolean hearing;
    private boolean peerReady;
    private boolean ready;
    private volatile boolean superseded;
    /** What a datagram of the first thread's can carry; others send through it when their own lanes do not work. */
    private volatile int firstBudget = PathMtu.FLOOR - SendLane.OVERHEAD;

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
            Sealing sealing,
            SessionKeys keys,
            LanePlan plan,
            long mostDatagrams,
            long now) {
        this.association = association;
        this.stream = stream;
        this.dialled = dialled;
        this.rekey = rekey;
        this.peerHello = peerHello;
        this.index = index;
        this.sealing = sealing;
        this.keys = keys;
        this.installedAt = now;
        this.heardAt = now;
        this.plan = plan;
        this.allowance = new Allowance(mostDatagrams, plan.own() * plan.channels(0));
        this.strands = IntStream.range(0, plan.own())
                .mapToObj(thread -> new Strand(this, thread, sealing, keys, allowance))
                .toList();
    }

    /** The session that another process had, as far as datagrams go: its control stream has ended. */
    static Session restored(
            Association association,
            AssociationsImage.SessionImage image,
            LostStream stream,
            CipherLibrary library,
            int threads,
            long mostDatagrams,
            long now) {
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
                new Sealing(library, CipherSuite.named(image.cipher())),
                new SessionKeys(image.keys()),
                new LanePlan(threads, image.peerPorts().size(), image.paired()),
                mostDatagrams,
                now - image.age());
        session.heardAt = now;
        // Without a stream one that is not ready never will be; its peer may send on it all the same.
        session.ready = true;
        session.superseded = image.superseded() || !image.ready();
        Iterator<Long> sent = image.sent().iterator();
        Iterator<AssociationsImage.WindowImage> received = image.received().iterator();
        session.strands.forEach(strand -> strand.restore(sent, received));
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
                plan.paired(),
                suite().wireName(),
                keys.image(),
                stream.standing().ownCertificate(),
                stream.standing().peerCertificate(),
                stream.remoteAddress().getHostAddress(),
                now - installedAt,
                ready,
                superseded,
                strands.stream().flatMap(Strand::sentByLane).toList(),
                strands.stream().flatMap(Strand::windows).toList());
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

    /** Whether the peer understands this beyond the version. */
    boolean knows(String feature) {
        return peerHello.features().contains(feature);
    }

    UUID instance() {
        return peerHello.instance();
    }

    int index() {
        return index;
    }

    CipherSuite suite() {
        return sealing.suite();
    }

    /** The peer's port for what is sent to one of its threads. */
    int peerPort(int channel) {
        return peerHello.udpPorts().get(channel % peerHello.lanes());
    }

    int peerIndex() {
        return (int) peerHello.sessionIndex();
    }

    LanePlan plan() {
        return plan;
    }

    /** What one owner thread has of this. */
    Strand strand(int thread) {
        return strands.get(thread);
    }

    List<Strand> strands() {
        return strands;
    }

    int firstBudget() {
        return firstBudget;
    }

    void firstBudget(int bytes) {
        firstBudget = bytes;
    }

    /** Whether something can be said to the peer now; any thread. */
    boolean isHeard() {
        return !superseded && stream.isOpen();
    }

    long installedAt() {
        return installedAt;
    }

    /** When something authentic arrived last, or when the session was installed or superseded. */
    long heardAt() {
        long latest = heardAt;
        for (Strand strand : strands) {
            latest = strand.heardAt() - latest > 0 ? strand.heardAt() : latest;
        }
        return latest;
    }

    /** Every owner thread can receive on it; whether the peer was waiting for nothing else. */
    boolean becomeHearing() {
        hearing = true;
        return peerReady;
    }

    /** The peer can receive on it; whether we can, too. */
    boolean peerBecomesReady() {
        peerReady = true;
        return hearing;
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

    /** The datagrams of the direction that has seen more; what other threads count may be a moment old. */
    long datagrams() {
        long counters = 0;
        for (Strand strand : strands) {
            counters += strand.countersSeen();
        }
        return Math.max(allowance.taken(), counters);
    }

    long sent() {
        return strands.stream().mapToLong(Strand::sent).sum();
    }

    long received() {
        return strands.stream().mapToLong(Strand::received).sum();
    }

    /** Forgets the keys from which those of the strands were made; each strand is closed by its own thread. */
    @Override
    public void close() {
        keys.close();
    }
}
