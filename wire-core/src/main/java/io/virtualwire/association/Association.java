package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Close;
import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.association.StreamMessage.Ready;
import io.virtualwire.association.StreamMessage.Told;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that two daemons share: one peer, its sessions, and the way to it. Owner thread only. */
final class Association implements WirePath, ControlStream.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Association.class);

    /** The one lane that is sent on; flows will be spread over several one day. */
    private static final int LANE = 0;

    private final AssociationContext context;
    private final Identity peer;
    private final Executor owner;
    private final Sessions sessions;
    private final SessionMaker maker;
    private final Dials dials;
    private final Path path;
    private final Demand demand = new Demand();
    private final DropTally drops = new DropTally();
    private final Hearing hearing = new Hearing();
    private final Runnable endOfTurn = this::endOfTurn;
    private @Nullable UUID knownInstance;
    private boolean willFlush;
    private boolean suspect;
    private boolean asleep;
    private boolean closed;

    Association(AssociationContext context, Identity peer, Executor owner) {
        this.context = context;
        this.peer = peer;
        this.owner = owner;
        this.sessions = new Sessions(context.self().toString().compareTo(peer.toString()) < 0);
        this.maker = new SessionMaker(context, this, owner);
        this.dials = new Dials(context, peer);
        this.path = new Path(
                context.lanes().get(LANE), context.limits(), context.loop().ticker(), drops, context.random());
    }

    /** The association that another process had; sends nothing before {@link #goOn}. */
    Association(AssociationContext context, AssociationsImage.AssociationImage image, Executor owner, TlsContexts tls) {
        this(context, image.peer(), owner);
        long now = context.now();
        asleep = true;
        knownInstance = image.knownInstance().orElse(null);
        hearing.restore(image.hearing());
        demand.restore(image.interest(), image.neededAgo(), now);
        drops.addByName(image.drops());
        List<Session> restored = image.sessions().stream()
                .map(each -> Session.restored(
                        this,
                        each,
                        new LostStream(
                                InetAddress.ofLiteral(each.address()),
                                tls.standing(each.ownCertificate(), each.peerCertificate())),
                        context.lanes().size(),
                        now))
                .toList();
        sessions.restore(restored, image.current());
        restored.forEach(context.table()::install);
        Session current = sessions.current();
        path.lead(current != null && current.dialled());
        image.path().ifPresent(known -> path.restore(known, now));
        dials.addresses(image.addresses().stream().map(PeerAddress::parse).toList(), now, this::offerCandidates);
    }

    AssociationsImage.AssociationImage image() {
        long now = context.now();
        path.flush();
        return new AssociationsImage.AssociationImage(
                peer,
                dials.addresses().stream().map(PeerAddress::toString).toList(),
                demand.interest(),
                demand.neededAgo(now),
                hearing.image(),
                Optional.ofNullable(knownInstance),
                path.image(),
                sessions.all().stream().map(session -> session.image(now)).toList(),
                sessions.currentPlace(),
                drops.byName());
    }

    void goOn() {
        asleep = false;
        tick();
    }

    /** Another process goes on: it has the sessions, so they are not ended. */
    void leave() {
        closed = true;
        for (Session session : sessions.all()) {
            session.stream().leave();
            session.close();
        }
    }

    // What wires see.

    @Override
    public Identity peer() {
        return peer;
    }

    @Override
    public boolean isUp() {
        return sessions.current() != null;
    }

    @Override
    public int payloadBudget() {
        return path.mtu().size() - SendLane.OVERHEAD;
    }

    /** HOT PATH. */
    @Override
    public boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        Session session = sessions.current();
        if (session == null) {
            drops.add(DropReason.NO_SESSION);
            return false;
        }
        if (length > payloadBudget()) {
            drops.add(DropReason.UNDERLAY_TOO_BIG);
            return false;
        }
        SendLane keys = session.sendLane(LANE);
        if (keys.sent() >= context.limits().mostDatagrams()) {
            drops.add(DropReason.KEY_EXHAUSTED);
            return false;
        }
        path.queue(keys, header, plain, payload, offset, length);
        flushAtEndOfTurn();
        return true;
    }

    @Override
    public void flush() {
        path.flush();
    }

    @Override
    public boolean tell(PeerMessage message) {
        Session session = sessions.current();
        return session != null
                && !session.superseded()
                && session.stream().send(new Told(message, context.numbers().getAsLong()));
    }

    // What the directory asks.

    void hold(List<PeerAddress> addresses) {
        demand.hold();
        dials.addresses(addresses, context.now(), this::offerCandidates);
        tick();
    }

    void release() {
        demand.release(context.now());
    }

    /** Whether wires here ask for it. */
    boolean isHeld() {
        return demand.isHeld();
    }

    /** Ends every session. */
    void endAll(String reason) {
        List.copyOf(sessions.all()).forEach(session -> remove(session, reason));
    }

    /** Whether nobody holds this and nothing is left of it. */
    boolean isIdle() {
        return !demand.isHeld() && sessions.all().isEmpty() && !dials.isUnderway();
    }

    Sessions sessions() {
        return sessions;
    }

    DropTally drops() {
        return drops;
    }

    AssociationStatus status() {
        long now = context.now();
        long rtt = path.roundTrip().nanos();
        return new AssociationStatus(
                peer,
                isUp(),
                Optional.ofNullable(path.remote()).map(UnderlayAddress::toString),
                rtt < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(rtt)),
                path.mtu().size(),
                isUp() && path.isSuspect(now),
                sessions.all().stream()
                        .map(session -> SessionStatus.of(session, session == sessions.current(), now))
                        .toList(),
                drops.snapshot());
    }

    // Sessions.

    /** A peer that dialled us has proved who it is and greeted. */
    void greeted(ControlStream stream, Hello hello) {
        if (sessions.isDuplicate(hello.instance(), hello.rekey())) {
            stream.refuse(new Failure(Failure.DUPLICATE_SESSION, "this instance was dialled already"), owner);
            return;
        }
        install(maker.accepted(stream, hello));
    }

    private void answered(ControlStream stream, boolean rekey, Hello hello, int index) {
        if (closed) {
            stream.cut();
            return;
        }
        install(maker.dialled(stream, rekey, hello, index));
    }

    private void install(@Nullable Session session) {
        if (session == null) {
            return;
        }
        for (Session old : List.copyOf(sessions.all())) {
            if (!old.instance().equals(session.instance())) {
                remove(old, "its process was replaced");
            }
        }
        sessions.install(session);
        context.table().install(session);
        session.stream().send(new Ready());
    }

    private void becameReady(Session session) {
        if (session.ready()) {
            return;
        }
        long now = context.now();
        dials.succeeded(now);
        if (!sessions.becameReady(session, now)) {
            return;
        }
        demand.renewed();
        boolean newInstance = !session.instance().equals(knownInstance);
        knownInstance = session.instance();
        if (newInstance || path.remote() == null || path.isSuspect(now)) {
            path.moveTo(UnderlayAddress.of(session.stream().remoteAddress(), session.peerPort(LANE)), now);
        }
        if (newInstance) {
            path.presumeAlive(now);
        }
        path.lead(session.dialled());
        offerCandidates();
        LOG.info(
                "session with {} is ready: {} {}",
                peer,
                session.dialled() ? "dialled" : "accepted",
                session.suite().wireName());
        path.tick(session.sendLane(LANE), now);
        context.table().changed();
        tellLists();
        context.listener().sessionUp(this, newInstance);
    }

    /** Tells the peer of the revocations that concern it. */
    void tellLists() {
        Session current = sessions.current();
        if (current != null) {
            context.lists().concerning(peer).forEach(current.stream()::send);
        }
    }

    private void offerCandidates() {
        Session current = sessions.current();
        if (current != null) {
            path.candidates(dials.hosts(), current.peerPort(LANE));
        }
    }

    private void remove(Session session, String reason) {
        LOG.info("session with {} ended: {}", peer, reason);
        boolean wasUp = isUp();
        boolean wasCurrent = sessions.remove(session);
        context.table().remove(session);
        session.stream().finish(new Close());
        session.close();
        Session current = sessions.current();
        if (wasCurrent && current != null && !current.superseded()) {
            context.listener().sessionUp(this, false);
        } else if (wasUp && !isUp()) {
            context.listener().sessionDown(this);
        }
    }

    @Override
    public void received(ControlStream stream, StreamMessage message) {
        Session session = sessionOf(stream);
        if (session == null) {
            return;
        }
        switch (message) {
            case Ready ready -> becameReady(session);
            case Told told -> told(session, told);
            case Close close -> remove(session, "the peer closed it");
            case Failure failure -> remove(session, "the peer says " + failure.code() + ": " + failure.message());
            case Hello hello -> remove(session, "the peer greeted twice");
            case StreamMessage.Revocations list -> context.lists().heard(peer, list);
            case StreamMessage.Ignored ignored -> LOG.debug("{} said {}", peer, ignored.type());
        }
    }

    private void told(Session session, Told told) {
        if (hearing.isNews(session.instance(), told.number())) {
            demand.told(told.message());
            context.listener().told(this, told.message());
        }
    }

    @Override
    public void ended(ControlStream stream, String reason) {
        Session session = sessionOf(stream);
        if (session != null && !session.ready()) {
            remove(session, reason);
        } else if (session != null) {
            LOG.info("control stream to {} ended: {}", peer, reason);
        }
        tick();
    }

    private @Nullable Session sessionOf(ControlStream stream) {
        for (Session session : sessions.all()) {
            if (session.stream() == stream) {
                return session;
            }
        }
        return null;
    }

    // Datagrams.

    /** Gives every address at which the peer may be. */
    void addresses(Consumer<UnderlayAddress> each) {
        path.addresses(each);
    }

    /** Whether the peer has proved to be at this address. HOT PATH. */
    boolean isAt(UnderlayAddress address) {
        return address.equals(path.remote());
    }

    /** An authentic message came. HOT PATH. */
    void message(
            Session session,
            boolean newest,
            MessageHeader header,
            boolean plain,
            byte[] bytes,
            int offset,
            int length,
            UnderlayAddress from,
            long now) {
        session.heard(now);
        Session current = sessions.current();
        if (current != null) {
            path.heard(current.sendLane(LANE), header, from, newest, now);
        }
        if (header.wireIndex() != 0) {
            context.listener().message(this, header, plain, bytes, offset, length);
        } else if (current != null) {
            aboutThePath(current, header, bytes, offset, length, from, now);
            if (path.hasQueued()) {
                flushAtEndOfTurn();
            }
        }
    }

    private void aboutThePath(
            Session current,
            MessageHeader header,
            byte[] bytes,
            int offset,
            int length,
            UnderlayAddress from,
            long now) {
        UnderlayAddress before = path.remote();
        boolean doubtful = path.isDoubtful(now);
        path.message(current.sendLane(LANE), header, bytes, offset, length, from, now);
        if (before == null || before.equals(path.remote())) {
            return;
        }
        LOG.info("path to {} moves from {} to {}", peer, before, path.remote());
        context.table().changed();
        if (doubtful && current.dialled() && before.isAt(current.stream().remoteAddress())) {
            // The control stream goes the way that answers no more; another is dialled now instead of when TCP gives
            // up.
            current.stream().cut();
        }
    }

    private void flushAtEndOfTurn() {
        if (!willFlush) {
            willFlush = true;
            context.loop().atEndOfTurn(endOfTurn);
        }
    }

    private void endOfTurn() {
        willFlush = false;
        path.flush();
    }

    // Time.

    /** Does what is due; called every few tens of milliseconds. */
    void tick() {
        long now = context.now();
        if (closed || asleep) {
            return;
        }
        for (Session session : List.copyOf(sessions.all())) {
            boolean superseded = session.ready() && session != sessions.current();
            long patience =
                    (superseded ? context.limits().grace() : context.limits().deadAfter()).toNanos();
            if (now - session.heardAt() > patience) {
                remove(session, superseded ? "a newer one took over" : "nothing authentic arrived");
                continue;
            }
            String fault = session.stream().standing().fault(now);
            if (fault != null) {
                remove(session, fault);
            }
        }
        Session current = sessions.current();
        if (current != null) {
            path.tick(current.sendLane(LANE), now);
            closeIfNotNeeded(current, now);
            noteSuspicion(now);
        }
        if (demand.isHeld() || isUp() && demand.exists()) {
            dials.tick(sessions, path, now, this::answered);
        }
    }

    /**
     * Who dialled closes what neither side has needed for a while. Not at once, because a component that moves away often comes
     * back soon; and not while the peer needs it, which may be unable to dial.
     */
    private void closeIfNotNeeded(Session current, long now) {
        Duration linger = context.limits().linger();
        if (demand.hasLapsed(linger, now) && current.dialled()) {
            remove(current, "no wire has needed it for " + linger.toSeconds() + " s");
        }
    }

    private void noteSuspicion(long now) {
        if (path.isSuspect(now) != suspect) {
            suspect = !suspect;
            LOG.info("path to {} at {} {}", peer, path.remote(), suspect ? "is silent" : "answers again");
        }
    }

    void close() {
        closed = true;
        for (Session session : List.copyOf(sessions.all())) {
            sessions.remove(session);
            context.table().remove(session);
            session.stream().finish(new Close());
            session.close();
        }
    }
}
