package io.virtualwire.testkit.fabric;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import io.virtualwire.wire.CloseCause;
import io.virtualwire.wire.EngineImage;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MoveRules;
import io.virtualwire.wire.PathDirectory;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import io.virtualwire.wire.WireObserver;
import io.virtualwire.wire.WirePath;
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
import org.jspecify.annotations.Nullable;

/** A daemon with a real wire engine, one life after the other. */
public final class VirtualDaemon implements PathDirectory, WireObserver {
    private final VirtualFabric fabric;
    private final VirtualNetwork network;
    private final VirtualTime time;
    private final Trace trace;
    private final Identity identity;
    private final MoveRules rules;
    private final Map<String, VirtualPort> ports = new HashMap<>();
    private final List<WireObserver> observers = new ArrayList<>();
    private final List<ConnectRequest> journal = new ArrayList<>();
    private final Map<SideName, Generation> disconnected = new HashMap<>();
    private final Set<String> activated = new HashSet<>();
    private final Set<WireId> exceeded = new HashSet<>();
    private final Successor successor = new Successor();

    private Map<String, VirtualPath> paths = new HashMap<>();
    private VirtualLoop loop;
    private WireEngine engine;
    private int life;
    private boolean up = true;
    private boolean dying;
    /** What arrives while one process takes the place of another. */
    private @Nullable Queue<Runnable> backlog;
    /** What the one that comes goes on with. */
    private @Nullable EngineImage inherited;

    private record SideName(WireId wire, Side side) {}

    VirtualDaemon(
            VirtualFabric fabric, VirtualNetwork network, VirtualTime time, Trace trace, String name, MoveRules rules) {
        this.fabric = fabric;
        this.network = network;
        this.time = time;
        this.trace = trace;
        this.identity = new Identity("acme", name);
        this.rules = rules;
        this.life = fabric.nextLife();
        this.loop = new VirtualLoop(time);
        this.engine = new WireEngine(loop, this, this, rules);
    }

    public String name() {
        return identity.name();
    }

    public Identity identity() {
        return identity;
    }

    public WireEngine engine() {
        return engine;
    }

    public VirtualLoop loop() {
        return loop;
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
        SideStatus status = engine.connect(request);
        journal.add(request);
        return status;
    }

    public void activate(WireId wire, Side side) {
        goOn();
        trace.add("%s activate %s", name(), side);
        engine.activate(wire, side);
    }

    public void yieldSide(WireId wire, Side side) {
        goOn();
        trace.add("%s yield %s", name(), side);
        engine.yieldSide(wire, side);
    }

    public void disconnect(WireId wire, Side side, Generation generation) {
        goOn();
        trace.add("%s disconnect %s %s", name(), side, generation);
        engine.disconnect(wire, side, generation);
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
        ports.put(endpoint, port);
        engine.addPort(endpoint, port);
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
            loop.stop();
            ports.values().forEach(VirtualPort::unplug);
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
        loop = new VirtualLoop(time);
        paths = new HashMap<>();
        engine = new WireEngine(loop, this, this, rules);
        ports.forEach(engine::addPort);
        if (journalled) {
            disconnected.forEach((side, generation) -> engine.disconnect(side.wire(), side.side(), generation));
            journal.forEach(engine::connect);
            for (SideStatus side : engine.sides()) {
                if (activated.contains(key(side.wire(), side.side(), side.generation()))) {
                    engine.activate(side.wire(), side.side());
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
        EngineImage image = successor.passOn(engine.image());
        loop.stop();
        ports.values().forEach(VirtualPort::hold);
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
        EngineImage image = inherited;
        if (!up || waiting == null || image == null) {
            return;
        }
        backlog = null;
        inherited = null;
        loop = new VirtualLoop(time);
        paths.values().forEach(VirtualPath::letGo);
        engine = new WireEngine(loop, this, this, rules);
        engine.restore(image);
        ports.forEach(engine::addPort);
        engine.goOn();
        waiting.forEach(Runnable::run);
        ports.values().forEach(VirtualPort::unhold);
    }

    private static String key(WireId wire, Side side, Generation generation) {
        return wire + "/" + side + "/" + generation;
    }

    // Paths

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        VirtualPath path = path(peer);
        path.hold();
        network.want(name(), peer.name());
        return path;
    }

    @Override
    public void release(Identity peer) {
        VirtualPath path = paths.get(peer.name());
        if (path != null) {
            path.release();
        }
    }

    boolean wants(String peer) {
        VirtualPath path = paths.get(peer);
        return up && path != null && path.isHeld();
    }

    VirtualPath path(String peer) {
        VirtualPath known = paths.get(peer);
        return known != null ? known : path(new Identity(identity.tenant(), peer));
    }

    private VirtualPath path(Identity peer) {
        return paths.computeIfAbsent(peer.name(), name -> new VirtualPath(network, this, peer, fabric.payloadBudget()));
    }

    void sessionUp(VirtualPath path, boolean newInstance) {
        if (backlog != null) {
            return;
        }
        trace.add("%s session to %s%s", name(), path.peer().name(), newInstance ? ", another instance" : "");
        engine.sessionUp(path, newInstance);
    }

    void told(String from, PeerMessage message) {
        if (backlog != null) {
            backlog.add(() -> told(from, message));
            return;
        }
        engine.told(path(from), message);
    }

    void received(String from, VirtualSession session, MessageHeader header, boolean plain, byte[] payload) {
        if (backlog != null) {
            backlog.add(() -> received(from, session, header, plain, payload));
            return;
        }
        VirtualPath path = path(from);
        if (path.believes(session)) {
            engine.message(path, header, plain, payload, 0, payload.length);
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
        for (SideStatus side : engine.sides()) {
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
        return engine.sides().stream()
                .filter(side -> side.wire().equals(wire))
                .mapToLong(side -> side.drops().getOrDefault(reason, 0L))
                .sum();
    }
}
