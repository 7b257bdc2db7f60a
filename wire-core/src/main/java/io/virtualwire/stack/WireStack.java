package io.virtualwire.stack;

import io.virtualwire.association.AssociationStatus;
import io.virtualwire.association.Associations;
import io.virtualwire.association.AssociationsImage;
import io.virtualwire.association.Berth;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import io.virtualwire.wire.WireObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One daemon's data path, assembled: the owner thread, the sockets, the associations on them, the wires over those.
 *
 * <p>Safe for every thread. A command is carried out on the owner thread; its stage completes there, exceptionally with a
 * {@link WireException} if it is refused, so what is chained to it must not block. {@link #await} waits for one.
 */
public final class WireStack implements AutoCloseable {
    private final DatapathLoop loop;
    private final Associations associations;
    private final WireEngine engine;
    private final Observers observers;
    private final UdpTransport transport;
    private final Map<String, Port> ports = new HashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    private WireStack(
            DatapathLoop loop,
            Associations associations,
            Observers observers,
            TenantQuotas quotas,
            UdpTransport transport) {
        this.loop = loop;
        this.transport = transport;
        this.associations = associations;
        this.observers = observers;
        this.engine = new WireEngine(loop, associations, observers, quotas);
    }

    /** Binds the sockets and lets peers in; {@code observer} is told from the first event on. */
    public static WireStack start(StackConfig config, WireObserver observer) {
        TlsContexts tls = new TlsContexts(config.identity());
        DatapathLoop loop = DatapathLoop.start("wire-" + tls.identity().name());
        try {
            StreamSockets streams = new StreamSockets(config.underlay());
            BoundSockets sockets = BoundSockets.bind(loop, config.underlay(), streams, config.bind());
            Observers observers = new Observers();
            observers.add(observer);
            Associations associations = new Associations(
                    tls, streams, sockets.server(), List.of(new Berth(loop, sockets.transport())), config.limits());
            WireStack stack = new WireStack(loop, associations, observers, config.quotas(), sockets.transport());
            associations.within(config.quotas());
            await(stack.<Void>onLoop(() -> {
                associations.start(stack.engine);
                return null;
            }));
            return stack;
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    /**
     * Takes up what another process has left. Nothing is sent or received before {@link #goOn}, so until then it can be closed
     * as if nothing had been.
     */
    public static WireStack takeUp(StackConfig config, Bequest bequest, WireObserver observer) {
        TlsContexts tls = new TlsContexts(config.identity());
        DatapathLoop loop = DatapathLoop.start("wire-" + tls.identity().name());
        try {
            StreamSockets streams = new StreamSockets(config.underlay());
            BoundSockets sockets =
                    BoundSockets.beside(loop, config.underlay(), streams, config.bind(), bequest.transport());
            Observers observers = new Observers();
            observers.add(observer);
            Associations associations = new Associations(
                    tls,
                    streams,
                    sockets.server(),
                    List.of(new Berth(loop, sockets.transport())),
                    config.limits(),
                    Optional.of(bequest.image().associations()));
            WireStack stack = new WireStack(loop, associations, observers, config.quotas(), sockets.transport());
            associations.within(config.quotas());
            await(stack.<Void>onLoop(() -> {
                associations.restore(bequest.image().associations());
                stack.engine.restore(bequest.image().engine());
                return null;
            }));
            return stack;
        } catch (RuntimeException e) {
            loop.close();
            throw e;
        }
    }

    /** Goes on where {@link #takeUp} found it: the ports are there, nobody else sends as this daemon any more. */
    public void goOn() {
        await(this.<Void>onLoop(() -> {
            engine.goOn();
            associations.start(engine);
            return null;
        }));
    }

    /**
     * Stands still while somebody takes over: the owner thread does nothing else until {@code heir} answers. If that is true,
     * this stack has ended without a word to its peers, and must not have been followed by another stack before; else it goes
     * on.
     */
    public boolean bequeath(Predicate<Bequest> heir) {
        boolean taken = await(onLoop(() -> {
            associations.settle(0);
            AssociationsImage image = associations.image();
            boolean answer = heir.test(new Bequest(new StackImage(image, engine.image()), transport.held()));
            if (answer) {
                closed.set(true);
                ports.values().forEach(Port::close);
                associations.leave();
            }
            return answer;
        }));
        if (taken) {
            loop.close();
        }
        return taken;
    }

    /** Who this daemon is. */
    public Identity identity() {
        return associations.self();
    }

    /** The port on which peers find it, TCP and UDP. */
    public int port() {
        return associations.port();
    }

    /** The owner thread, for those who make ports. */
    public DatapathLoop loop() {
        return loop;
    }

    /** Tells {@code observer} too, from now on. */
    public void addObserver(WireObserver observer) {
        observers.add(observer);
    }

    public void removeObserver(WireObserver observer) {
        observers.remove(observer);
    }

    /** {@link WireEngine#connect}. */
    public CompletionStage<SideStatus> connect(ConnectRequest request) {
        return onLoop(() -> engine.connect(request));
    }

    /** {@link WireEngine#disconnect}. */
    public CompletionStage<Void> disconnect(WireId wire, Side side, Generation generation) {
        return onLoop(() -> {
            engine.disconnect(wire, side, generation);
            return null;
        });
    }

    /** {@link WireEngine#activate}. */
    public CompletionStage<SideStatus> activate(WireId wire, Side side) {
        return onLoop(() -> engine.activate(wire, side));
    }

    /** {@link WireEngine#yieldSide}. */
    public CompletionStage<SideStatus> yieldSide(WireId wire, Side side) {
        return onLoop(() -> engine.yieldSide(wire, side));
    }

    /** {@link WireEngine#resume}. */
    public CompletionStage<SideStatus> resume(WireId wire, Side side) {
        return onLoop(() -> engine.resume(wire, side));
    }

    /** One side; empty if it is not connected here. */
    public CompletionStage<Optional<SideStatus>> side(WireId wire, Side side) {
        return onLoop(() -> engine.side(wire, side));
    }

    /** All sides. */
    public CompletionStage<List<SideStatus>> sides() {
        return onLoop(engine::sides);
    }

    /** All peers that something is shared with. */
    public CompletionStage<List<AssociationStatus>> associations() {
        return onLoop(associations::status);
    }

    /** What was dropped where no side and no port counts it. */
    public CompletionStage<StackDrops> drops() {
        return onLoop(() -> new StackDrops(
                associations.drops(), engine.drops(), associations.underlayDrops(), associations.refusedHandshakes()));
    }

    /**
     * Gives an endpoint its port, which belongs to this stack from now on; a former one is closed.
     *
     * @param port made on {@link #loop()}
     */
    public CompletionStage<Void> addPort(String endpoint, Port port, Activation activation) {
        return onLoop(() -> {
            engine.addPort(endpoint, port, activation);
            Port former = ports.put(endpoint, port);
            if (former != null && former != port) {
                former.close();
            }
            return null;
        });
    }

    /** Takes an endpoint's port away and closes it; its side stays. Succeeds if there is none. */
    public CompletionStage<Void> removePort(String endpoint) {
        return onLoop(() -> {
            engine.removePort(endpoint);
            Port port = ports.remove(endpoint);
            if (port != null) {
                port.close();
            }
            return null;
        });
    }

    /** What has passed an endpoint's port; empty if it has none. The counters are live. */
    public CompletionStage<Optional<PortCounters>> portCounters(String endpoint) {
        return onLoop(() -> Optional.ofNullable(ports.get(endpoint)).map(Port::counters));
    }

    /** Says something to another daemon; false if that is not possible now, then say it again on the next session. */
    public CompletionStage<Boolean> tell(Identity peer, PeerMessage message) {
        return onLoop(() -> engine.tell(peer, message));
    }

    /** Does several things with the engine in one step of the owner thread, between which nothing else happens. */
    public <T> CompletionStage<T> inOneStep(Function<WireEngine, T> work) {
        return onLoop(() -> work.apply(engine));
    }

    /** Waits for a command; throws the {@link WireException} with which it was refused. Not for the owner thread. */
    public static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof WireException refused) {
                throw refused;
            }
            throw e;
        }
    }

    /** Ends the sessions orderly, closes ports and sockets, and waits for the owner thread to end. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                await(this.<Void>onLoop(() -> {
                    ports.values().forEach(Port::close);
                    associations.close();
                    return null;
                }));
            } finally {
                loop.close();
            }
        }
    }

    private <T> CompletionStage<T> onLoop(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            loop.execute(() -> {
                try {
                    result.complete(work.call());
                } catch (Exception e) {
                    result.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(new WireException(
                    ErrorCode.UNAVAILABLE,
                    "the data path of " + identity() + " has ended",
                    "start the daemon again",
                    e));
        }
        return result;
    }
}
