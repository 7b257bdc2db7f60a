package io.virtualwire.testkit.fabric;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.CloseCause;
import io.virtualwire.wire.EngineImage;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MoveRules;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.Share;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import io.virtualwire.wire.WireObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A daemon with a real wire engine for each of its owner threads, one life after the other.
 *
 * <p>What one thread hands to another takes a moment, and keeps its order, as {@code Handover} does it.
 */
public final class VirtualDaemon implements WireObserver {
    private final VirtualFabric fabric;
    private final VirtualNetwork network;
    private final VirtualTime time;
    private final Trace trace;
    private final Identity identity;
    private final MoveRules rules;
    private final int threads;
    private final Map<String, Port> ports = new HashMap<>();
    /** On which thread each endpoint is. */
    private final Map<String, Integer> places = new HashMap<>();

    private final Map<String, Activation> activations = new HashMap<>();

    private final List<WireObserver> observers = new ArrayList<>();
    private final List<ConnectRequest> journal = new ArrayList<>();
    private final Map<SideName, Generation> disconnected = new HashMap<>();
    private final Set<String> activated = new HashSet<>();
    private final Set<WireId> exceeded = new HashSet<>();
    private final Successor successor = new Successor();

    private List<VirtualThread> all = List.of();
    private int life;
    private boolean up = true;
    private boolean dying;
    /** What arrives while one process takes the place of another. */
    private @Nullable Queue<Runnable> backlog;
    /** What the one that comes goes on with. */
    private @Nullable List<EngineImage> inherited;

    private record SideName(WireId wire, Side side) {}

    VirtualDaemon(
            VirtualFabric fabric,
            VirtualNetwork network,
            VirtualTime time,
            Trace trace,
            String name,
            MoveRules rules,
            int threads) {
        this.threads = threads;
        this.fabric = fabric;
        this.network = network;
        this.time = time;
        this.trace = trace;
        this.identity = new Identity("acme", name);
        this.rules = rules;
        this.life = fabric.nextLife();
        this.all = begin();
    }

    private List<VirtualThread> begin() {
        List<Share> shares = Share.among(threads, TenantQuotas.UNLIMITED);
        return IntStream.range(0, threads)
                .mapToObj(number -> new VirtualThread(this, fabric, network, time, number, shares.get(number), rules))
                .toList();
    }

    public String name() {
        return identity.name();
    }

    public Identity identity() {
        return identity;
    }

    /** The engine of a daemon that has one thread. */
    public WireEngine engine() {
        if (threads != 1) {
            throw new IllegalStateException(name() + " has several engines");
        }
        return all.getFirst().engine();
    }

    /** The engine that has this wire. */
    public WireEngine engine(WireId wire) {
        return all.get(owner(wire)).engine();
    }

    private int owner(WireId wire) {
        return Math.floorMod(wire.hashCode() + fabric.salt(), threads);
    }

    VirtualThread thread(int number) {
        return all.get(number);
    }

    VirtualThread ownerOf(int wireIndex) {
        return all.get(Integer.remainderUnsigned(wireIndex, threads));
    }

    int threads() {
        return threads;
    }

    public Optional<SideStatus> side(WireId wire, Side side) {
        return engine(wire).side(wire, side);
    }

    public List<SideStatus> sides() {
        return all.stream().flatMap(thread -> thread.engine().sides().stream()).toList();
    }

    /** The first thread's. */
    public VirtualLoop loop() {
        return all.getFirst().loop();
    }

    public boolean isUp() {
        return up;
    }

    /** Whether it is there to shake hands. */
    boolean isAwake() {
        return up && backlog == null;
    }

    int life() {
        return life;
    }

    // Commands

    /** Connects, and remembers it over a restart as a connector does. */
    public SideStatus connect(ConnectRequest request) {
        goOn();
        trace.add("%s connect %s", name(), request);
        bring(request);
        SideStatus status = engine(request.wire()).connect(request);
        journal.add(request);
        return status;
    }

    /** The endpoint is where its wire is. */
    private void bring(ConnectRequest request) {
        int owner = owner(request.wire());
        String endpoint = request.endpoint();
        int place = places.getOrDefault(endpoint, owner);
        if (place != owner) {
            all.get(place).engine().vacate(request);
            Port port = ports.get(endpoint);
            if (port != null) {
                all.get(owner)
                        .engine()
                        .addPort(endpoint, port, activations.getOrDefault(endpoint, Activation.BY_COMMAND));
            }
        }
        places.put(endpoint, owner);
    }

    /** Gives an endpoint its port, wherever its wire is. */
    public void addPort(String endpoint, Port port) {
        addPort(endpoint, port, Activation.BY_COMMAND);
    }

    /** The same for a port whose announcements activate a standby. */
    public void addPort(String endpoint, Port port, Activation activation) {
        ports.put(endpoint, port);
        activations.put(endpoint, activation);
        plug(endpoint, port);
    }

    private void plug(String endpoint, Port port) {
        all.get(places.computeIfAbsent(endpoint, _ -> 0))
                .engine()
                .addPort(endpoint, port, activations.getOrDefault(endpoint, Activation.BY_COMMAND));
    }

    /** Takes an endpoint's port away; its side stays. */
    public void removePort(String endpoint) {
        ports.remove(endpoint);
        activations.remove(endpoint);
        all.forEach(thread -> thread.engine().removePort(endpoint));
    }

    public void activate(WireId wire, Side side) {
        goOn();
        trace.add("%s activate %s", name(), side);
        engine(wire).activate(wire, side);
    }

    public void yieldSide(WireId wire, Side side) {
        goOn();
        trace.add("%s yield %s", name(), side);
        engine(wire).yieldSide(wire, side);
    }

    public void disconnect(WireId wire, Side side, Generation generation) {
        goOn();
        trace.add("%s disconnect %s %s", name(), side, generation);
        engine(wire).disconnect(wire, side, generation);
        journal.removeIf(request -> request.wire().equals(wire)
                && request.side() == side
                && !request.generation().isAfter(generation));
        disconnected.merge(new SideName(wire, side), generation, (known, now) -> known.isAfter(now) ? known : now);
    }

    /** The highest generation at which a side was disconnected, as its journal has it. */
    public Optional<Generation> disconnectedAt(WireId wire, Side side) {
        return Optional.ofNullable(disconnected.get(new SideName(wire, side)));
    }

    VirtualPort port(String endpoint, int wire, Side side) {
        VirtualPort port = new VirtualPort(name(), wire, side, fabric.ledger());
        addPort(endpoint, port);
        return port;
    }

    public void observe(WireObserver observer) {
        observers.add(observer);
    }

    // Life

    /** The process is killed: everything volatile is gone. */
    public void crash() {
        if (up) {
            trace.add("%s CRASH", name());
            up = false;
            backlog = null;
            inherited = null;
            all.forEach(VirtualThread::stop);
            virtualPorts().forEach(VirtualPort::unplug);
            noteBounds();
            observers.clear();
            fabric.ledger().crashed(name());
            fabric.crashed();
            network.lost(this);
        }
    }

    /** Nothing that it still does reaches anybody: it is about to be killed. */
    public void silence() {
        dying = true;
    }

    boolean isDying() {
        return dying;
    }

    /**
     * A new process begins.
     *
     * @param journalled whether it brings its sides back, as a connector does; a node holds no instance after a restart
     */
    public void restart(boolean journalled) {
        if (up) {
            crash();
        }
        trace.add("%s RESTART", name());
        up = true;
        dying = false;
        life = fabric.nextLife();
        all = begin();
        places.clear();
        ports.forEach(this::plug);
        if (journalled) {
            disconnected.forEach(
                    (side, generation) -> engine(side.wire()).disconnect(side.wire(), side.side(), generation));
            for (ConnectRequest request : journal) {
                bring(request);
                engine(request.wire()).connect(request);
            }
            for (SideStatus side : sides()) {
                if (activated.contains(key(side.wire(), side.side(), side.generation()))) {
                    engine(side.wire()).activate(side.wire(), side.side());
                }
            }
        } else {
            journal.clear();
            disconnected.clear();
        }
    }

    /**
     * Another process takes this one's place and goes on where it stopped; what arrives meanwhile waits, as in the kernel.
     *
     * @param gap how long nobody is there; zero: and the control streams stay, too
     */
    public void succeed(Duration gap) {
        if (!up || backlog != null) {
            return;
        }
        trace.add("%s SUCCEEDED, gap %s", name(), gap);
        settle();
        List<EngineImage> image = all.stream()
                .map(thread -> successor.passOn(thread.engine().image()))
                .toList();
        all.forEach(VirtualThread::stop);
        virtualPorts().forEach(VirtualPort::hold);
        backlog = new ArrayDeque<>();
        inherited = image;
        if (gap.isZero()) {
            goOn();
        } else {
            fabric.stumbled();
            network.lost(this);
            time.after(gap.toNanos(), () -> {
                if (inherited == image) {
                    goOn();
                }
            });
        }
    }

    /** The new process is there; at the latest when a command comes, because commands wait for it. */
    private void goOn() {
        Queue<Runnable> waiting = backlog;
        List<EngineImage> image = inherited;
        if (!up || waiting == null || image == null) {
            return;
        }
        backlog = null;
        inherited = null;
        List<VirtualThread> before = all;
        all = begin();
        for (int i = 0; i < threads; i++) {
            all.get(i).takePathsOf(before.get(i));
            all.get(i).engine().restore(image.get(i));
        }
        ports.forEach(this::plug);
        all.forEach(thread -> thread.engine().goOn());
        waiting.forEach(Runnable::run);
        virtualPorts().forEach(VirtualPort::unhold);
    }

    /** What is under way from one thread to another arrives. */
    private void settle() {
        boolean any = true;
        while (any) {
            any = false;
            for (VirtualThread thread : all) {
                any |= thread.settle();
            }
        }
    }

    private List<VirtualPort> virtualPorts() {
        return ports.values().stream()
                .filter(VirtualPort.class::isInstance)
                .map(VirtualPort.class::cast)
                .toList();
    }

    private static String key(WireId wire, Side side, Generation generation) {
        return wire + "/" + side + "/" + generation;
    }

    // Paths

    boolean wants(String peer) {
        return up && all.stream().anyMatch(thread -> thread.wants(peer));
    }

    /** A session was made; the first thread tells the others. */
    void up(String peer, VirtualSession session, int peerLife) {
        all.getFirst().path(peer).up(session, peerLife);
        for (VirtualThread thread : all.subList(1, threads)) {
            thread.give(() -> thread.path(peer).up(session, peerLife));
        }
    }

    void sessionUp(VirtualThread thread, VirtualPath path, boolean newInstance) {
        if (backlog != null) {
            return;
        }
        if (thread.number() == 0) {
            trace.add("%s session to %s%s", name(), path.peer().name(), newInstance ? ", another instance" : "");
        }
        thread.engine().sessionUp(path, newInstance);
    }

    void told(String from, PeerMessage message) {
        if (backlog != null) {
            backlog.add(() -> told(from, message));
            return;
        }
        all.getFirst().told(from, message);
        if (message instanceof PeerMessage.Offer || message instanceof PeerMessage.Withdraw) {
            for (VirtualThread thread : all.subList(1, threads)) {
                thread.give(() -> thread.told(from, message));
            }
        }
    }

    /** @param around whether it comes to the first thread, whatever its wire */
    void received(
            String from, VirtualSession session, boolean around, MessageHeader header, boolean plain, byte[] payload) {
        if (backlog != null) {
            backlog.add(() -> received(from, session, around, header, plain, payload));
            return;
        }
        VirtualThread owner = ownerOf(header.wireIndex());
        if (around && owner.number() > 0) {
            owner.give(() -> owner.received(from, session, header, plain, payload));
        } else {
            owner.received(from, session, header, plain, payload);
        }
    }

    // What the engine tells

    @Override
    public void happened(SideEvent event) {
        trace.add("%s %s", name(), event);
        if (event instanceof SideEvent.Activated) {
            activated.add(key(event.wire(), event.side(), event.generation()));
        }
        boolean bound = event instanceof SideEvent.PeerClosed closed
                        && (closed.cause() == CloseCause.MISSING || closed.cause() == CloseCause.EXPIRED)
                || event instanceof SideEvent.HoldOpened opened && opened.expired();
        if (bound) {
            exceeded.add(event.wire());
        }
        List.copyOf(observers).forEach(observer -> observer.happened(event));
        fabric.happened(this, event);
    }

    @Override
    public void told(Identity peer, PeerMessage message) {
        List.copyOf(observers).forEach(observer -> observer.told(peer, message));
    }

    @Override
    public void sessionUp(Identity peer, boolean newInstance) {
        List.copyOf(observers).forEach(observer -> observer.sessionUp(peer, newInstance));
    }

    /** Whether a bound was exceeded on this wire here, in this life or an earlier one. */
    boolean boundExceeded(WireId wire) {
        if (up && !exceeded.contains(wire)) {
            noteBounds();
        }
        return exceeded.contains(wire);
    }

    boolean anyBoundExceeded() {
        if (up) {
            noteBounds();
        }
        return !exceeded.isEmpty();
    }

    private void noteBounds() {
        for (SideStatus side : sides()) {
            boolean counted = side.drops().keySet().stream().anyMatch(reason -> switch (reason) {
                case HOLD_EXPIRED, LATE_RELAY, RELAY_OVERFLOW, REASSEMBLY_OVERFLOW -> true;
                default -> false;
            });
            if (counted) {
                exceeded.add(side.wire());
            }
        }
    }

    long dropped(WireId wire, DropReason reason) {
        return sides().stream()
                .filter(side -> side.wire().equals(wire))
                .mapToLong(side -> side.drops().getOrDefault(reason, 0L))
                .sum();
    }
}
