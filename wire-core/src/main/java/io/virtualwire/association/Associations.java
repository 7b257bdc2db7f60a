package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Failure;
import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.control.Identity;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.Transport;
import io.virtualwire.wire.PathDirectory;
import io.virtualwire.wire.PathListener;
import io.virtualwire.wire.WirePath;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * All associations of one daemon: dials and is dialled on TCP, sends and receives datagrams on UDP, one port for both.
 *
 * <p>Owner thread only, but for what is said otherwise.
 */
public final class Associations implements PathDirectory, AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(50);

    private final Loop loop;
    private final TlsContexts tls;
    private final AssociationContext context;
    private long told;
    private final LoopbackPath loopback;
    private final StreamAcceptor acceptor;
    private final PendingSockets pending = new PendingSockets();
    private final DropTally drops = new DropTally();
    private final List<Siege> sieges = new ArrayList<>();
    private final Map<Identity, Association> associations = new HashMap<>();
    private @Nullable PathListener listener;
    private TenantQuotas quotas = TenantQuotas.UNLIMITED;
    private volatile boolean closed;
    private Runnable stopNews = () -> {};

    /**
     * @param streams where peers are dialled from
     * @param server bound to the port number that {@code transports} are bound to; owned by this from now on
     * @param transports one for each lane; owned by this from now on
     */
    public Associations(
            Loop loop,
            TlsContexts tls,
            StreamSockets streams,
            ServerSocket server,
            List<Transport> transports,
            AssociationLimits limits) {
        this(loop, tls, streams, server, transports, limits, Optional.empty());
    }

    /** @param image what another process left; nothing is sent before {@link #start} */
    public Associations(
            Loop loop,
            TlsContexts tls,
            StreamSockets streams,
            ServerSocket server,
            List<Transport> transports,
            AssociationLimits limits,
            Optional<AssociationsImage> image) {
        this.loop = loop;
        this.tls = tls;
        this.told = image.map(AssociationsImage::told).orElse(0L);
        SecureRandom random = new SecureRandom();
        StreamCodec codec = new StreamCodec();
        List<Lane> lanes = new ArrayList<>();
        for (Transport transport : transports) {
            lanes.add(new Lane(lanes.size(), transport));
        }
        this.context = new AssociationContext(
                loop,
                tls.identity(),
                image.map(AssociationsImage::instance).orElseGet(UUID::randomUUID),
                CipherSuite.offered(new Processor().hasAes()),
                limits,
                random,
                new SessionTable(random),
                List.copyOf(lanes),
                new StreamDialler(streams, tls, codec, pending, limits.handshake(), owner()),
                new ListExchange(tls.self()),
                () -> ++told,
                this::listener);
        this.loopback = new LoopbackPath(context);
        this.acceptor = new StreamAcceptor(server, tls, codec, pending, limits);
    }

    /** How many associations each tenant's daemons may have besides those that wires here ask for. Before {@link #start}. */
    public void within(TenantQuotas tenants) {
        quotas = tenants;
    }

    /** Begins to receive and to accept; {@code newListener} is told what comes. Called once, before all else. */
    public void start(PathListener newListener) {
        loop.assertInLoop();
        listener = newListener;
        for (Lane lane : context.lanes()) {
            Siege siege = new Siege(context.table(), lane.transport());
            sieges.add(siege);
            lane.transport().attach(new Receiver(context.table(), siege, loop.ticker(), drops));
        }
        acceptor.start(owner(), this::greeted);
        associations.values().forEach(Association::goOn);
        stopNews = tls.self()
                .revocations()
                .onChange(list -> owner().execute(() -> associations.values().forEach(Association::tellLists)));
        tick();
    }

    /** Takes up what another process left: before anything else, and before {@link #start}. */
    public void restore(AssociationsImage image) {
        loop.assertInLoop();
        loopback.restore(image.loopback());
        image.associations()
                .forEach(each -> associations.put(each.peer(), new Association(context, each, owner(), tls)));
    }

    /** What another process needs to go on; nothing may be sent or received from now on, or the one who asked must drop it. */
    public AssociationsImage image() {
        loop.assertInLoop();
        loopback.settle();
        return new AssociationsImage(
                context.instance(),
                told,
                loopback.isAnnounced(),
                associations.values().stream().map(Association::image).toList());
    }

    /** Another process goes on with what {@link #image} said: leaves without a word to the peers. */
    public void leave() {
        loop.assertInLoop();
        closed = true;
        stopNews.run();
        acceptor.close();
        pending.close();
        associations.values().forEach(Association::leave);
        associations.clear();
        context.lanes().forEach(lane -> lane.transport().close());
    }

    /** Who this daemon is. */
    public Identity self() {
        return context.self();
    }

    /** The port that peers dial, and send datagrams to. Any thread. */
    public int port() {
        return context.lanes().getFirst().port();
    }

    @Override
    public String tenant() {
        return context.self().tenant();
    }

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        loop.assertInLoop();
        if (peer.equals(context.self())) {
            loopback.hold();
            return loopback;
        }
        List<PeerAddress> parsed = addresses.stream().map(PeerAddress::parse).toList();
        Association association = associations.get(peer);
        if (association == null) {
            association = add(peer);
        }
        association.hold(parsed);
        return association;
    }

    @Override
    public void release(Identity peer) {
        loop.assertInLoop();
        if (peer.equals(context.self())) {
            loopback.release();
            return;
        }
        Association association = associations.get(peer);
        if (association != null) {
            association.release();
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
        loop.assertInLoop();
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        drops.snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        loopback.drops().snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        for (Association association : associations.values()) {
            association.drops().snapshot().forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        }
        return sum;
    }

    /** What the sockets could not send or receive, and why. */
    public Map<DropReason, Long> underlayDrops() {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        for (Lane lane : context.lanes()) {
            lane.transport()
                    .counters()
                    .drops()
                    .snapshot()
                    .forEach((reason, count) -> sum.merge(reason, count, Long::sum));
        }
        return sum;
    }

    /** Connections that were refused before they proved anything. Any thread. */
    public long refusedHandshakes() {
        return acceptor.refused();
    }

    /** Ends every session orderly and closes the sockets. */
    @Override
    public void close() {
        loop.assertInLoop();
        closed = true;
        stopNews.run();
        acceptor.close();
        pending.close();
        associations.values().forEach(Association::close);
        associations.clear();
        context.lanes().forEach(lane -> lane.transport().close());
    }

    private PathListener listener() {
        return Objects.requireNonNull(listener, "not started");
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
            if (!association.isHeld() && quotas.peers(association.peer().tenant()) == 0) {
                association.endAll("its tenant has no grant here any more");
            }
            if (association.isIdle()) {
                associations.remove(association.peer());
                association.drops().snapshot().forEach(drops::add);
            }
        }
        sieges.forEach(siege -> siege.tick(context.now()));
        loop.schedule(TICK, this::tick);
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
