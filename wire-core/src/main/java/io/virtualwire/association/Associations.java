package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.control.Identity;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.port.DropReason;
import io.virtualwire.transport.Handover;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.UnderlayAddress;
import io.virtualwire.wire.PathDirectory;
import io.virtualwire.wire.PathListener;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.WirePath;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All associations of one daemon: dials and is dialled on TCP, sends and receives datagrams on UDP, one port for both.
 *
 * <p>First owner thread only, but for what is said otherwise; the others reach it through their {@link #directory}.
 */
public final class Associations implements PathDirectory, AutoCloseable {
    private static final List<String> FEATURES =
            List.of("frames", LanePlan.FEATURE, "kernel-wires", StreamWay.FEATURE, RelayDesk.FEATURE);

    private static final Logger LOG = LoggerFactory.getLogger(Associations.class);

    private final Loop loop;
    private final TlsContexts tls;
    private final AssociationContext context;
    private long told;
    private final List<Hub> hubs = new ArrayList<>();
    private final Hub first;
    private final List<StreamAcceptor> acceptors;
    private final PendingSockets pending = new PendingSockets();
    private final Map<Identity, Association> associations = new HashMap<>();
    private TenantQuotas quotas = TenantQuotas.UNLIMITED;
    private volatile boolean closed;
    private Runnable stopNews = () -> {};
    private final RelayDesk relayDesk;
    /** Which relays are held for whom. */
    private final Map<Identity, Set<Identity>> heldRelays = new HashMap<>();

    /**
     * @param streams where peers are dialled from
     * @param servers the first bound to the port number that the first of {@code berths} is bound to; owned by this from now on
     * @param berths one for each owner thread; owned by this from now on
     */
    public Associations(
            TlsContexts tls,
            StreamSockets streams,
            List<ServerSocket> servers,
            List<Berth> berths,
            AssociationLimits limits) {
        this(tls, streams, servers, berths, limits, Optional.empty());
    }

    /** @param image what another process left; nothing is sent before {@link #start} */
    public Associations(
            TlsContexts tls,
            StreamSockets streams,
            List<ServerSocket> servers,
            List<Berth> berths,
            AssociationLimits limits,
            Optional<AssociationsImage> image) {
        this(tls, streams, servers, berths, limits, image, FEATURES);
    }

    /** @param features what peers are told that this daemon understands */
    Associations(
            TlsContexts tls,
            StreamSockets streams,
            List<ServerSocket> servers,
            List<Berth> berths,
            AssociationLimits limits,
            Optional<AssociationsImage> image,
            List<String> features) {
        if (berths.size() > LanePlan.MOST_THREADS) {
            throw new IllegalArgumentException(berths.size() + " owner threads");
        }
        this.loop = berths.getFirst().loop();
        this.tls = tls;
        this.told = image.map(AssociationsImage::told).orElse(0L);
        SecureRandom random = new SecureRandom();
        StreamCodec codec = new StreamCodec();
        this.context = new AssociationContext(
                loop,
                tls.identity(),
                image.map(AssociationsImage::instance).orElseGet(UUID::randomUUID),
                features,
                CipherSuite.offered(new Processor().hasAes()),
                CipherLibrary.here(),
                limits,
                random,
                new SessionIndices(random),
                Collections.unmodifiableList(hubs),
                new StreamDialler(streams, tls, codec, pending, limits.handshake(), owner()),
                new ListExchange(tls.self()),
                new Relays(),
                () -> ++told);
        this.relayDesk = new RelayDesk(owner(), context::now, limits.handshake().toNanos() * 4 / 5, associations::get);
        for (Berth berth : berths) {
            hubs.add(new Hub(context, new Desk(), hubs.size(), berth));
        }
        this.first = hubs.getFirst();
        this.acceptors = servers.stream()
                .map(server -> new StreamAcceptor(server, tls, codec, pending, limits, new Door()))
                .toList();
    }

    /** How many associations each tenant's daemons may have besides those that wires here ask for. Before {@link #start}. */
    public void within(TenantQuotas tenants) {
        quotas = tenants;
        relayDesk.within(tenants);
    }

    /** Begins to receive and to accept; {@code listener} is told what comes. Called once, before all else. */
    public void start(PathListener listener) {
        start(List.of(listener));
    }

    /** The same with a listener for each owner thread, told on that thread. */
    public void start(List<? extends PathListener> listeners) {
        loop.assertInLoop();
        for (Hub hub : hubs.subList(1, hubs.size())) {
            hub.handover().give(() -> hub.start(listeners.get(hub.number())));
        }
        first.start(listeners.getFirst());
        acceptors.forEach(acceptor -> acceptor.start(owner()));
        associations.values().forEach(Association::goOn);
        stopNews = tls.self()
                .revocations()
                .onChange(list -> owner().execute(() -> associations.values().forEach(Association::tellLists)));
        tick();
    }

    /** How the wires of one owner thread reach peers; called on that thread. */
    public PathDirectory directory(int thread) {
        return hubs.get(thread);
    }

    /** What that owner thread is given to do by others. */
    public Handover handover(int thread) {
        return hubs.get(thread).handover();
    }

    /** Takes up what another process left: before anything else, and before {@link #start}. */
    public void restore(AssociationsImage image) {
        loop.assertInLoop();
        hubs.forEach(hub -> hub.onThread(() -> hub.loopback().restore(image.loopback())));
        image.associations()
                .forEach(each -> associations.put(each.peer(), new Association(context, each, owner(), tls)));
    }

    /** Delivers what is under way within this daemon; called on that owner thread. Whether there was anything. */
    public boolean settle(int thread) {
        return hubs.get(thread).settle();
    }

    /**
     * What another process needs to go on; nothing may be sent or received from now on, or the one who asked must drop it. All owner
     * threads stand still, and {@linkplain #settle have settled}.
     */
    public AssociationsImage image() {
        loop.assertInLoop();
        return new AssociationsImage(
                context.instance(),
                told,
                hubs.stream().anyMatch(hub -> hub.loopback().isAnnounced()),
                associations.values().stream().map(Association::image).toList());
    }

    /** Another process goes on with what {@link #image} said: leaves without a word to the peers. Then each thread {@linkplain #leave(int) leaves}. */
    public void leave() {
        loop.assertInLoop();
        closed = true;
        stopNews.run();
        acceptors.forEach(StreamAcceptor::close);
        pending.close();
        relayDesk.close();
        associations.values().forEach(Association::leave);
        associations.clear();
    }

    /**
     * The same for an owner thread, called on it while it still stands still: a timer that is due when it goes on would send with
     * counters that the other process uses already.
     */
    public void leave(int thread) {
        hubs.get(thread).close();
    }

    /** Who this daemon is. */
    public Identity self() {
        return context.self();
    }

    /** The port that peers dial, and send datagrams to. Any thread. */
    public int port() {
        return first.port();
    }

    @Override
    public String tenant() {
        return context.self().tenant();
    }

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        return first.acquire(peer, addresses);
    }

    @Override
    public void release(Identity peer) {
        first.release(peer);
    }

    /** Who comes in. */
    private final class Door implements StreamAcceptor.Guests {
        @Override
        public void greeted(ControlStream stream, Hello hello) {
            Associations.this.greeted(stream, hello);
        }

        @Override
        public void asksForRelay(ControlStream stream, StreamMessage.Relay request) {
            if (closed) {
                stream.cut();
            } else {
                relayDesk.asked(stream, request);
            }
        }

        @Override
        public void answersCall(ControlStream stream, StreamMessage.Answer answer) {
            if (closed) {
                stream.cut();
            } else {
                relayDesk.answered(stream, answer);
            }
        }
    }

    /** What relays say is believed of peers only that wires here expect through them. */
    private final class Relays implements Introductions {
        @Override
        public void called(Identity relay, StreamMessage.Call call) {
            Association association = associations.get(relay);
            if (association != null && isReachedBy(call.from(), relay)) {
                context.dialler().answer(relay, association.dialled(), call.ticket(), acceptors.getFirst());
            }
        }

        @Override
        public void seen(Identity relay, StreamMessage.Seen seen) {
            Association association = associations.get(seen.peer());
            if (association == null || !isReachedBy(seen.peer(), relay)) {
                return;
            }
            try {
                PeerAddress place = PeerAddress.parse(seen.address());
                InetAddress host = InetAddress.ofLiteral(place.host());
                if (quotas.mayGoTo(seen.peer().tenant(), host)) {
                    association.rumour(UnderlayAddress.of(host, place.port()));
                }
            } catch (IllegalArgumentException | WireException e) {
                LOG.debug("{} says that {} is at {}", relay, seen.peer(), seen.address());
            }
        }

        private boolean isReachedBy(Identity peer, Identity relay) {
            Association association = associations.get(peer);
            return association != null && association.relays().containsKey(relay);
        }
    }

    /** Holds the associations with those who lead to this peer, as long as it is held. */
    private void keepRelays(Association association) {
        Map<Identity, List<PeerAddress>> wanted = new HashMap<>(association.relays());
        wanted.keySet().remove(context.self());
        wanted.keySet().remove(association.peer());
        Set<Identity> held = heldRelays.getOrDefault(association.peer(), Set.of());
        if (held.equals(wanted.keySet())) {
            return;
        }
        heldRelays.put(association.peer(), Set.copyOf(wanted.keySet()));
        wanted.forEach((relay, addresses) -> {
            if (!held.contains(relay)) {
                Association to = associations.get(relay);
                (to == null ? add(relay) : to).hold(addresses);
            }
        });
        held.stream().filter(relay -> !wanted.containsKey(relay)).forEach(relay -> {
            Association to = associations.get(relay);
            if (to != null) {
                to.release();
            }
        });
    }

    /** What passes through this daemon from one peer to another. */
    public List<RelayStatus> relayed() {
        loop.assertInLoop();
        return relayDesk.status();
    }

    /** What the wires of all threads ask of the first. */
    private final class Desk implements Hub.Control {
        @Override
        public void hold(Identity peer, List<PeerAddress> addresses) {
            if (!closed) {
                Association association = associations.get(peer);
                Association held = association == null ? add(peer) : association;
                held.hold(addresses);
                keepRelays(held);
            }
        }

        @Override
        public void release(Identity peer) {
            Association association = associations.get(peer);
            if (association != null) {
                association.release();
            }
        }

        @Override
        public boolean tell(Identity peer, PeerMessage message) {
            Association association = associations.get(peer);
            return association != null && association.tell(message);
        }
    }

    /** Every association as it is now. */
    public List<AssociationStatus> status() {
        loop.assertInLoop();
        return associations.values().stream().map(Association::status).toList();
    }

    List<Session> sessions() {
        return associations.values().stream()
                .flatMap(association -> association.sessions().all().stream())
                .toList();
    }

    /** What was dropped so far, and why. */
    public Map<DropReason, Long> drops() {
        return dropsOf(0);
    }

    /** What one owner thread has dropped so far, and why; called there. */
    public Map<DropReason, Long> dropsOf(int thread) {
        Hub hub = hubs.get(thread);
        hub.loop().assertInLoop();
        return hub.allDrops();
    }

    /** What the sockets could not send or receive, and why. */
    public Map<DropReason, Long> underlayDrops() {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        for (Hub hub : hubs) {
            hub.transport()
                    .counters()
                    .drops()
                    .snapshot()
                    .forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        }
        return sum;
    }

    /** Connections that were refused before they proved anything. Any thread. */
    public long refusedHandshakes() {
        return acceptors.stream().mapToLong(StreamAcceptor::refused).sum();
    }

    /** Ends every session orderly and closes the sockets. */
    @Override
    public void close() {
        loop.assertInLoop();
        closed = true;
        stopNews.run();
        acceptors.forEach(StreamAcceptor::close);
        pending.close();
        relayDesk.close();
        associations.values().forEach(Association::close);
        associations.clear();
        hubs.forEach(hub -> hub.onThread(hub::close));
    }

    private void greeted(ControlStream stream, Hello hello) {
        Association association = associations.get(stream.peer());
        if (closed) {
            stream.cut();
            return;
        }
        String tenant = stream.peer().tenant();
        if ((association == null || !association.isHeld()) && unasked(tenant, association) >= quotas.peers(tenant)) {
            stream.refuse(new Failure(Failure.LIMIT, "tenant " + tenant + " may have no more peers here"), owner());
            return;
        }
        if (association == null) {
            if (associations.size() >= context.limits().mostAssociations()) {
                stream.refuse(new Failure(Failure.LIMIT, "this daemon has as many peers as it may"), owner());
                return;
            }
            association = add(stream.peer());
        }
        association.greeted(stream, hello);
    }

    /** How many associations this tenant's daemons have that no wire here asked for, but for this one. */
    private int unasked(String tenant, @Nullable Association besides) {
        if (quotas.peers(tenant) == Integer.MAX_VALUE) {
            return 0;
        }
        int number = 0;
        for (Association other : associations.values()) {
            if (other != besides && !other.isHeld() && other.peer().tenant().equals(tenant)) {
                number++;
            }
        }
        return number;
    }

    private Association add(Identity peer) {
        Association association = new Association(context, peer, owner());
        associations.put(peer, association);
        return association;
    }

    private void tick() {
        if (closed) {
            return;
        }
        for (Association association : List.copyOf(associations.values())) {
            association.tick();
            keepRelays(association);
            if (!association.isHeld() && quotas.peers(association.peer().tenant()) == 0) {
                association.endAll("its tenant has no grant here any more");
            }
            if (association.isIdle()) {
                associations.remove(association.peer());
                heldRelays.remove(association.peer());
                first.forget(association.peer());
            }
        }
        first.tickSiege();
        relayDesk.tick();
        loop.schedule(Hub.TICK, this::tick);
    }

    /** The loop for threads that may outlive it. */
    private Executor owner() {
        return task -> {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException e) {
                // The loop has ended, and with it everybody who could be interested.
            }
        };
    }
}
