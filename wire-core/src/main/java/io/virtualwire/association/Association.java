package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Close;
import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.association.StreamMessage.Ready;
import io.virtualwire.association.StreamMessage.Told;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.Standing;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.port.DropReason;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.PeerMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that two daemons share: one peer, its sessions, and the way to it. First owner thread only; the others have
 * their {@link LaneSet}s, and hear from here which sessions there are.
 */
final class Association implements ControlStream.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(Association.class);

    private final AssociationContext context;
    private final Identity peer;
    private final Executor owner;
    private final Sessions sessions;
    private final SessionMaker maker;
    private final Dials dials;
    private final LaneSet lanes;
    private final Path path;
    private final Demand demand = new Demand();
    private final Hearing hearing = new Hearing();
    private @Nullable UUID knownInstance;
    private int sessionsSoFar;
    /** What the peer proved last. */
    private @Nullable Standing proof;

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
        this.lanes = context.hubs().getFirst().lanesTo(peer);
        this.path = lanes.firstPath();
        lanes.onMoved(this::moved);
    }

    /** The association that another process had; sends nothing before {@link #goOn}. */
    Association(AssociationContext context, AssociationsImage.AssociationImage image, Executor owner, TlsContexts tls) {
        this(context, image.peer(), owner);
        long now = context.now();
        asleep = true;
        knownInstance = image.knownInstance().orElse(null);
        hearing.restore(image.hearing());
        demand.restore(image.interest(), image.neededAgo(), now);
        lanes.drops().addByName(image.drops());
        List<Session> restored = image.sessions().stream()
                .map(each -> Session.restored(
                        this,
                        each,
                        new LostStream(
                                InetAddress.ofLiteral(each.address()),
                                tls.standing(each.ownCertificate(), each.peerCertificate())),
                        context.library(),
                        context.hubs().size(),
                        context.limits().mostDatagrams(),
                        now))
                .toList();
        sessions.restore(restored, image.current());
        restored.forEach(session -> context.indices().take(session.index()));
        Session current = sessions.current();
        proof = current == null ? null : current.stream().standing();
        List<AssociationsImage.ChannelImage> channels = Stream.concat(
                        image.path().map(known -> new AssociationsImage.ChannelImage(0, 0, known, true)).stream(),
                        image.further().stream())
                .toList();
        everywhere(set -> {
            restored.forEach(session -> set.install(session.strand(set.thread())));
            set.restore(
                    current == null ? null : current.strand(set.thread()),
                    channels.stream().filter(it -> it.thread() == set.thread()).toList(),
                    now);
        });
        dials.addresses(image.addresses().stream().map(PeerAddress::parse).toList(), now, this::offerCandidates);
    }

    /** Does something with the lanes of every owner thread: here now, there as soon as may be and in order. */
    private void everywhere(Consumer<LaneSet> what) {
        what.accept(lanes);
        for (Hub hub : context.hubs().subList(1, context.hubs().size())) {
            hub.handover().give(() -> what.accept(hub.lanesTo(peer)));
        }
    }

    AssociationsImage.AssociationImage image() {
        long now = context.now();
        List<AssociationsImage.ChannelImage> channels = new ArrayList<>();
        for (Hub hub : context.hubs()) {
            LaneSet set = hub.lanesIfAny(peer);
            channels.addAll(set == null ? List.of() : set.image());
        }
        channels.removeIf(it -> it.thread() == 0 && it.channel() == 0);
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
                lanes.drops().byName(),
                channels.isEmpty() ? null : channels);
    }

    void goOn() {
        asleep = false;
        lanes.wake();
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

    Identity peer() {
        return peer;
    }

    boolean isUp() {
        return sessions.current() != null;
    }

    boolean tell(PeerMessage message) {
        Session session = sessions.current();
        return session != null
                && !session.superseded()
                && session.stream().send(new Told(message, context.numbers().getAsLong()));
    }

    // Relays.

    /** Says something that concerns no wire; false if that is not possible now. */
    boolean say(StreamMessage message) {
        Session session = sessions.current();
        return session != null && session.stream().send(message);
    }

    /** Whether the peer understands this beyond the version. */
    boolean knows(String feature) {
        Session session = sessions.current();
        return session != null && session.knows(feature);
    }

    /** Where the peer's datagrams come from, proved; null if they do not come by UDP. */
    @Nullable
    UnderlayAddress direct() {
        return isUp() ? path.direct() : null;
    }

    /** Rises with each session that there was. */
    int sessionsSoFar() {
        return sessionsSoFar;
    }

    /** The daemons through which the peer is reached, and where these are; none unless wires here ask for it. */
    Map<Identity, List<PeerAddress>> relays() {
        return demand.isHeld() ? dials.relays() : Map.of();
    }

    /** Where such a daemon is dialled. */
    List<PeerAddress> dialled() {
        return dials.addresses();
    }

    /** A relay sees the peer there. */
    void rumour(UnderlayAddress address) {
        lanes.rumour(address);
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

    AssociationStatus status() {
        long now = context.now();
        long rtt = path.roundTrip().nanos();
        return new AssociationStatus(
                peer,
                isUp(),
                address(),
                way(),
                rtt < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(rtt)),
                path.mtu().size(),
                isUp() && path.isSuspect(now),
                sessions.all().stream()
                        .map(session -> SessionStatus.of(session, session == sessions.current(), now))
                        .toList(),
                drops(),
                lanesNow(),
                setsNow().mapToLong(LaneSet::passed).sum(),
                Optional.ofNullable(proof).map(it -> it.withdrawn(now)));
    }

    private Map<DropReason, Long> drops() {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        setsNow()
                .forEach(set -> set.drops().snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum)));
        return sum;
    }

    private List<LaneStatus> lanesNow() {
        Session current = sessions.current();
        return current == null
                ? List.of()
                : current.strands().stream()
                        .flatMap(strand ->
                                Stream.ofNullable(strand.lanesIfAny()).flatMap(set -> set.status(strand).stream()))
                        .toList();
    }

    /** The lanes of every thread that is known to have some. */
    private Stream<LaneSet> setsNow() {
        Session current = sessions.current();
        return current == null
                ? Stream.of(lanes)
                : current.strands().stream().flatMap(strand -> Stream.ofNullable(strand.lanesIfAny()));
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
        context.indices().take(session.index());
        // The peer may send to any thread as soon as it hears "ready", so all must be.
        AtomicInteger missing = new AtomicInteger(context.hubs().size());
        everywhere(set -> {
            set.install(session.strand(set.thread()));
            if (missing.decrementAndGet() == 0) {
                context.hubs().getFirst().onThread(() -> installed(session));
            }
        });
    }

    /** Every thread hears this session now. Nothing may be said on it before "ready": the peer would forget it then. */
    private void installed(Session session) {
        session.stream().send(new Ready());
        if (session.becomeHearing() && sessions.all().contains(session)) {
            becameReady(session);
        }
    }

    /** The peer is ready; it matters when we are. */
    private void peerIsReady(Session session) {
        if (session.peerBecomesReady()) {
            becameReady(session);
        }
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
        sessionsSoFar++;
        demand.renewed();
        proof = session.stream().standing();
        boolean newInstance = !session.instance().equals(knownInstance);
        knownInstance = session.instance();
        InetAddress host = session.stream().remoteAddress();
        List<InetAddress> hosts = dials.hosts();
        everywhere(set -> {
            set.candidates(hosts);
            set.lead(session.strand(set.thread()), host, newInstance);
        });
        LOG.info(
                "session with {} is ready: {} {}",
                peer,
                session.dialled() ? "dialled" : "accepted",
                session.suite().wireName());
        tellLists();
        everywhere(set -> set.listener().sessionUp(set, newInstance));
    }

    /** Tells the peer of the revocations that concern it. */
    void tellLists() {
        Session current = sessions.current();
        if (current != null) {
            context.lists().concerning(peer).forEach(current.stream()::send);
        }
    }

    private void offerCandidates() {
        List<InetAddress> hosts = dials.hosts();
        everywhere(set -> set.candidates(hosts));
    }

    private void remove(Session session, String reason) {
        LOG.info("session with {} ended: {}", peer, reason);
        boolean wasUp = isUp();
        boolean wasCurrent = sessions.remove(session);
        context.indices().giveBack(session.index());
        session.stream().finish(new Close());
        Session current = sessions.current();
        everywhere(set -> {
            set.remove(session.strand(set.thread()));
            if (wasCurrent) {
                set.follow(current == null ? null : current.strand(set.thread()));
            }
        });
        session.close();
        if (wasCurrent && current != null && !current.superseded()) {
            everywhere(set -> set.listener().sessionUp(set, false));
        } else if (wasUp && !isUp()) {
            everywhere(set -> set.listener().sessionDown(set));
        }
    }

    @Override
    public void received(ControlStream stream, StreamMessage message) {
        Session session = sessionOf(stream);
        if (session == null) {
            return;
        }
        switch (message) {
            case Ready ready -> peerIsReady(session);
            case Told told -> told(session, told);
            case Close close -> remove(session, "the peer closed it");
            case Failure failure -> remove(session, "the peer says " + failure.code() + ": " + failure.message());
            case Hello hello -> remove(session, "the peer greeted twice");
            case StreamMessage.Datagrams run -> {
                if (session.knows(StreamWay.FEATURE)) {
                    lanes.datagrams(run);
                } else {
                    remove(session, "the peer sent datagrams where it said it would not");
                }
            }
            case StreamMessage.Call call -> context.introductions().called(peer, call);
            case StreamMessage.Seen seen -> context.introductions().seen(peer, seen);
            case StreamMessage.Relay _, StreamMessage.Relayed _, StreamMessage.Answer _ ->
                remove(session, "the peer said " + message);
            case StreamMessage.Revocations list -> context.lists().heard(peer, list);
            case StreamMessage.Ignored ignored -> LOG.debug("{} said {}", peer, ignored.type());
        }
    }

    private void told(Session session, Told told) {
        if (hearing.isNews(session.instance(), told.number())) {
            demand.told(told.message());
            switch (told.message()) {
                case PeerMessage.Offer _, PeerMessage.Withdraw _ ->
                    everywhere(set -> set.listener().told(set, told.message()));
                default -> lanes.listener().told(lanes, told.message());
            }
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

    private void moved(UnderlayAddress before, boolean doubtful) {
        LOG.info("path to {} moves from {} to {}", peer, place(before), place(path.remote()));
        Session current = sessions.current();
        if (current != null
                && doubtful
                && !path.isByStream()
                && current.dialled()
                && before.isAt(current.stream().remoteAddress())) {
            // The control stream goes the way that answers no more; another is dialled now instead of when TCP gives
            // up.
            current.stream().cut();
        }
    }

    private static Object place(@Nullable UnderlayAddress address) {
        return StreamWay.ADDRESS.equals(address) ? "TCP" : String.valueOf(address);
    }

    private Way way() {
        Session current = sessions.current();
        return !path.isByStream()
                ? Way.DIRECT
                : current != null && current.stream().isRelayed() ? Way.RELAY : Way.TCP;
    }

    private Optional<String> address() {
        Session current = sessions.current();
        return path.isByStream()
                ? Optional.ofNullable(current)
                        .map(it -> it.stream().remoteAddress().getHostAddress())
                : Optional.ofNullable(path.remote()).map(UnderlayAddress::toString);
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
            lanes.tick(now);
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
            LOG.info("path to {} at {} {}", peer, place(path.remote()), suspect ? "is silent" : "answers again");
        }
    }

    /** Says goodbye; the keys of each thread are its own to forget. */
    void close() {
        closed = true;
        for (Session session : List.copyOf(sessions.all())) {
            sessions.remove(session);
            session.stream().finish(new Close());
            session.close();
        }
    }
}
