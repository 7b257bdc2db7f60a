package io.virtualwire.stack;

import io.virtualwire.association.AssociationStatus;
import io.virtualwire.association.Associations;
import io.virtualwire.association.AssociationsImage;
import io.virtualwire.association.Berth;
import io.virtualwire.association.RelayStatus;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.EngineImage;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.Share;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import io.virtualwire.wire.WireObserver;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.EnumMap;
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
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One daemon's data path, assembled: the owner threads, the sockets, the associations on them, the wires over those.
 *
 * <p>A wire is owned whole by one of the {@linkplain Owners threads}. An endpoint is where its wire is, and moves there.
 *
 * <p>Safe for every thread. A command is carried out on an owner thread; its stage completes there, exceptionally with a
 * {@link WireException} if it is refused, so what is chained to it must not block. {@link #await} waits for one. Commands take
 * effect in the order in which one thread gives them.
 */
public final class WireStack implements AutoCloseable {
    private static final int MOST_ROUNDS = 1_000;

    private final List<DatapathLoop> loops;
    private final Associations associations;
    private final List<WireEngine> engines;
    private final Observers observers;
    private final List<UdpTransport> transports;
    private final Places places = new Places();
    private final Owners owners;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** The last command; the next begins when it is over. */
    private CompletionStage<?> last = CompletableFuture.completedStage(null);

    private WireStack(
            List<DatapathLoop> loops,
            Associations associations,
            Observers observers,
            StackConfig config,
            List<UdpTransport> transports) {
        this.loops = loops;
        this.transports = transports;
        this.associations = associations;
        this.observers = observers;
        this.owners = new Owners(loops.size(), loops.size() * WireEngine.REMEMBERED_FENCES);
        List<Share> shares = Share.among(loops.size(), config.quotas());
        this.engines = IntStream.range(0, loops.size())
                .mapToObj(thread -> new WireEngine(
                        loops.get(thread), associations.directory(thread), observers, shares.get(thread)))
                .toList();
        engines.forEach(engine -> engine.offering(config.vnis()));
    }

    /** Binds the sockets and lets peers in; {@code observer} is told from the first event on. */
    public static WireStack start(StackConfig config, WireObserver observer) {
        TlsContexts tls = new TlsContexts(config.identity());
        List<DatapathLoop> loops = loops(tls, config.threads());
        try {
            StreamSockets streams = new StreamSockets(config.underlay());
            BoundSockets sockets = BoundSockets.bind(loops, config.underlay(), streams, config.bind());
            WireStack stack = assemble(config, tls, loops, streams, sockets, Optional.empty(), observer);
            await(stack.<Void>on(0, () -> {
                stack.associations.start(stack.engines);
                return null;
            }));
            return stack;
        } catch (RuntimeException e) {
            loops.forEach(DatapathLoop::close);
            throw e;
        }
    }

    /**
     * Takes up what another process has left, with as many owner threads as that had. Nothing is sent or received before
     * {@link #goOn}, so until then it can be closed as if nothing had been.
     */
    public static WireStack takeUp(StackConfig config, Bequest bequest, WireObserver observer) {
        TlsContexts tls = new TlsContexts(config.identity());
        List<DatapathLoop> loops = loops(tls, bequest.transports().size());
        try {
            StreamSockets streams = new StreamSockets(config.underlay());
            BoundSockets sockets =
                    BoundSockets.beside(loops, config.underlay(), streams, config.bind(), bequest.transports());
            AssociationsImage image = bequest.image().associations();
            WireStack stack = assemble(config, tls, loops, streams, sockets, Optional.of(image), observer);
            await(stack.<Void>on(0, () -> {
                stack.associations.restore(image);
                return null;
            }));
            List<EngineImage> images = bequest.image().engines();
            for (int i = 0; i < images.size(); i++) {
                int thread = i;
                await(stack.<Void>on(thread, () -> {
                    stack.associations.settle(thread);
                    stack.engines.get(thread).restore(images.get(thread));
                    images.get(thread).sides().forEach(side -> {
                        stack.places.put(side.endpoint(), thread);
                        stack.owners.restore(side.wire(), thread, true);
                    });
                    images.get(thread).fences().forEach(fence -> stack.owners.restore(fence.wire(), thread, false));
                    return null;
                }));
            }
            return stack;
        } catch (RuntimeException e) {
            loops.forEach(DatapathLoop::close);
            throw e;
        }
    }

    private static List<DatapathLoop> loops(TlsContexts tls, int threads) {
        String name = "wire-" + tls.identity().name();
        return IntStream.range(0, threads)
                .mapToObj(thread -> DatapathLoop.start(thread == 0 ? name : name + "-" + thread))
                .toList();
    }

    private static WireStack assemble(
            StackConfig config,
            TlsContexts tls,
            List<DatapathLoop> loops,
            StreamSockets streams,
            BoundSockets sockets,
            Optional<AssociationsImage> image,
            WireObserver observer) {
        Observers observers = new Observers();
        observers.add(observer);
        List<ServerSocket> servers = new ArrayList<>();
        try {
            servers.addAll(BoundSockets.further(streams, config.bind().getAddress(), config.streamPorts()));
        } catch (WireException e) {
            sockets.close();
            throw e;
        }
        servers.addFirst(sockets.server());
        List<Berth> berths = IntStream.range(0, loops.size())
                .mapToObj(thread ->
                        new Berth(loops.get(thread), sockets.transports().get(thread)))
                .toList();
        Associations associations = new Associations(tls, streams, servers, berths, config.limits(), image);
        associations.within(config.quotas());
        return new WireStack(loops, associations, observers, config, sockets.transports());
    }

    /** Goes on where {@link #takeUp} found it: the ports are there, nobody else sends as this daemon any more. */
    public void goOn() {
        for (int i = 1; i < loops.size(); i++) {
            int thread = i;
            await(this.<Void>on(thread, () -> {
                associations.settle(thread);
                engines.get(thread).goOn();
                return null;
            }));
        }
        await(this.<Void>on(0, () -> {
            associations.settle(0);
            engines.getFirst().goOn();
            associations.start(engines);
            return null;
        }));
    }

    /**
     * Stands still while somebody takes over: the owner threads do nothing else until {@code heir} answers. If that is true,
     * this stack has ended without a word to its peers, and must not have been followed by another stack before; else it goes
     * on.
     */
    public boolean bequeath(Predicate<Bequest> heir) {
        boolean taken = await(on(0, () -> {
            try (Standstill standstill = Standstill.of(loops)) {
                settle(standstill);
                AssociationsImage image = associations.image();
                List<EngineImage> images = new ArrayList<>();
                List<UdpTransport.Held> held = new ArrayList<>();
                for (int i = 0; i < loops.size(); i++) {
                    int thread = i;
                    images.add(standstill.on(thread, () -> engines.get(thread).image()));
                    held.add(standstill.on(thread, () -> transports.get(thread).held()));
                }
                boolean answer = heir.test(new Bequest(StackImage.of(image, images), held));
                if (answer) {
                    closed.set(true);
                    associations.leave();
                    for (int i = 0; i < loops.size(); i++) {
                        int thread = i;
                        standstill.on(thread, () -> {
                            places.on(thread).forEach(Port::close);
                            associations.leave(thread);
                            return thread;
                        });
                    }
                }
                return answer;
            }
        }));
        if (taken) {
            endLoops();
        }
        return taken;
    }

    /** What is under way from one thread to another arrives. */
    private void settle(Standstill standstill) {
        boolean any = true;
        for (int round = 0; any && round < MOST_ROUNDS; round++) {
            any = false;
            for (int i = 0; i < loops.size(); i++) {
                int thread = i;
                any |= standstill.on(thread, () -> associations.settle(thread));
            }
        }
    }

    /** Who this daemon is. */
    public Identity identity() {
        return associations.self();
    }

    /** The port on which peers find it, TCP and UDP. */
    public int port() {
        return associations.port();
    }

    /** How many owner threads there are. */
    public int threads() {
        return loops.size();
    }

    /** The first owner thread. */
    public DatapathLoop loop() {
        return loops.getFirst();
    }

    /** The owner thread of this wire; of one that is new, the thread that it would be given to now. */
    public DatapathLoop loop(WireId wire) {
        return loops.get(owners.of(wire));
    }

    /** Tells {@code observer} too, from now on; on the owner thread of each wire. */
    public void addObserver(WireObserver observer) {
        observers.add(observer);
    }

    public void removeObserver(WireObserver observer) {
        observers.remove(observer);
    }

    /** {@link WireEngine#connect}. */
    public CompletionStage<SideStatus> connect(ConnectRequest request) {
        WireId wire = request.wire();
        int owner = owners.connect(wire);
        CompletionStage<SideStatus> connected = inTurn(() -> bring(request, owner)
                .thenCompose(_ -> on(owner, () -> {
                    SideStatus status = engines.get(owner).connect(request);
                    note(wire, owner);
                    return status;
                })));
        connected.whenComplete((_, refusal) -> {
            if (refusal != null) {
                this.<Void>on(owner, () -> {
                    note(wire, owner);
                    return null;
                });
            }
        });
        return connected;
    }

    /** Brings the request's endpoint to the thread of its wire. */
    private CompletionStage<Void> bring(ConnectRequest request, int owner) {
        String endpoint = request.endpoint();
        int place = places.of(endpoint, owner);
        if (place == owner) {
            places.put(endpoint, owner);
            return CompletableFuture.completedStage(null);
        }
        return this.<Void>on(place, () -> {
                    engines.get(place).vacate(request);
                    places.plugged(endpoint).ifPresent(it -> it.port().moveTo(loops.get(owner)));
                    places.put(endpoint, owner);
                    return null;
                })
                .thenCompose(_ -> this.<Void>on(owner, () -> {
                    places.plugged(endpoint)
                            .ifPresent(it -> engines.get(owner).addPort(endpoint, it.port(), it.activation()));
                    return null;
                }));
    }

    /** {@link WireEngine#disconnect}. */
    public CompletionStage<Void> disconnect(WireId wire, Side side, Generation generation) {
        int owner = owners.disconnect(wire);
        return inTurn(() -> this.<Void>on(owner, () -> {
            engines.get(owner).disconnect(wire, side, generation);
            note(wire, owner);
            return null;
        }));
    }

    /** {@link WireEngine#activate}. */
    public CompletionStage<SideStatus> activate(WireId wire, Side side) {
        return command(wire, engine -> engine.activate(wire, side));
    }

    /** {@link WireEngine#yieldSide}. */
    public CompletionStage<SideStatus> yieldSide(WireId wire, Side side) {
        return command(wire, engine -> engine.yieldSide(wire, side));
    }

    /** {@link WireEngine#resume}. */
    public CompletionStage<SideStatus> resume(WireId wire, Side side) {
        return command(wire, engine -> engine.resume(wire, side));
    }

    /** {@link WireEngine#offerAgain}. */
    public CompletionStage<Void> offerAgain(WireId wire, Side side) {
        int owner = owners.of(wire);
        return inTurn(() -> this.<Void>on(owner, () -> {
            engines.get(owner).offerAgain(wire, side);
            return null;
        }));
    }

    /** One side; empty if it is not connected here. */
    public CompletionStage<Optional<SideStatus>> side(WireId wire, Side side) {
        return command(wire, engine -> engine.side(wire, side));
    }

    /** All sides. */
    public CompletionStage<List<SideStatus>> sides() {
        return everywhere(thread -> engines.get(thread).sides())
                .thenApply(parts -> parts.stream().flatMap(List::stream).toList());
    }

    /** All peers that something is shared with. */
    public CompletionStage<List<AssociationStatus>> associations() {
        return on(0, associations::status);
    }

    /** What was dropped where no side and no port counts it. */
    public CompletionStage<StackDrops> drops() {
        return everywhere(thread -> List.of(
                        associations.dropsOf(thread), engines.get(thread).drops()))
                .thenApply(parts -> new StackDrops(
                        sum(parts.stream().map(List::getFirst)),
                        sum(parts.stream().map(List::getLast)),
                        associations.underlayDrops(),
                        associations.refusedHandshakes()));
    }

    /** What passes through this daemon from one peer to another. */
    public CompletionStage<List<RelayStatus>> relayed() {
        return on(0, associations::relayed);
    }

    private static Map<DropReason, Long> sum(Stream<Map<DropReason, Long>> parts) {
        Map<DropReason, Long> sum = new EnumMap<>(DropReason.class);
        parts.forEach(part -> part.forEach((reason, count) -> sum.merge(reason, count, Long::sum)));
        return sum;
    }

    /**
     * Gives an endpoint its port, which belongs to this stack from now on; a former one is closed.
     *
     * @param port made on {@link #loop()}, and not used yet
     */
    public CompletionStage<Void> addPort(String endpoint, Port port, Activation activation) {
        return inTurn(() -> {
            int place = places.of(endpoint, 0);
            CompletionStage<Void> there = place == 0
                    ? CompletableFuture.completedStage(null)
                    : this.<Void>on(0, () -> {
                        port.moveTo(loops.get(place));
                        return null;
                    });
            return there.thenCompose(_ -> this.<Void>on(place, () -> {
                engines.get(place).addPort(endpoint, port, activation);
                places.put(endpoint, place);
                places.plug(endpoint, new Places.Plugged(port, activation))
                        .filter(former -> former.port() != port)
                        .ifPresent(former -> former.port().close());
                return null;
            }));
        });
    }

    /** Takes an endpoint's port away and closes it; its side stays. Succeeds if there is none. */
    public CompletionStage<Void> removePort(String endpoint) {
        return inTurn(() -> {
            int place = places.of(endpoint, 0);
            return this.<Void>on(place, () -> {
                engines.get(place).removePort(endpoint);
                places.unplug(endpoint).ifPresent(it -> it.port().close());
                if (!engines.get(place).knows(endpoint)) {
                    places.forget(endpoint);
                }
                return null;
            });
        });
    }

    /** What has passed an endpoint's port; empty if it has none. The counters are live. */
    public CompletionStage<Optional<PortCounters>> portCounters(String endpoint) {
        return inTurn(() -> CompletableFuture.completedStage(
                places.plugged(endpoint).map(it -> it.port().counters())));
    }

    /** Says something to another daemon; false if that is not possible now, then say it again on the next session. */
    public CompletionStage<Boolean> tell(Identity peer, PeerMessage message) {
        CompletionStage<Boolean> told = on(0, () -> engines.getFirst().tell(peer, message));
        for (int i = 1; i < engines.size(); i++) {
            int thread = i;
            told = told.thenCompose(done -> done
                    ? CompletableFuture.completedStage(true)
                    : on(thread, () -> engines.get(thread).tell(peer, message)));
        }
        return told;
    }

    /** Does several things with the engine of the first owner thread in one step, between which nothing else happens there. */
    public <T> CompletionStage<T> inOneStep(Function<WireEngine, T> work) {
        return inTurn(() -> on(0, () -> work.apply(engines.getFirst())));
    }

    /** The same with the engine of this wire. */
    public <T> CompletionStage<T> inOneStep(WireId wire, Function<WireEngine, T> work) {
        return command(wire, work);
    }

    /** Whether the wire is connected now; on its thread. */
    private void note(WireId wire, int owner) {
        if (engines.get(owner).knows(wire)) {
            owners.connect(wire);
        } else {
            owners.rest(wire);
        }
    }

    private <T> CompletionStage<T> command(WireId wire, Function<WireEngine, T> work) {
        int owner = owners.of(wire);
        return inTurn(() -> on(owner, () -> work.apply(engines.get(owner))));
    }

    /** A command may have parts on several threads: the next waits until all are over. On one thread its queue sees to it. */
    private <T> CompletionStage<T> inTurn(Supplier<CompletionStage<T>> command) {
        if (loops.size() == 1) {
            return command.get();
        }
        synchronized (places) {
            CompletionStage<T> result = last.handle((_, _) -> 0).thenCompose(_ -> command.get());
            last = result;
            return result;
        }
    }

    /** What every thread answers, in their order. */
    private <T> CompletionStage<List<T>> everywhere(IntFunction<T> question) {
        CompletionStage<List<T>> answers = on(0, () -> List.of(question.apply(0)));
        for (int i = 1; i < loops.size(); i++) {
            int thread = i;
            answers = answers.thenCombine(
                    on(thread, () -> question.apply(thread)),
                    (known, more) ->
                            Stream.concat(known.stream(), Stream.of(more)).toList());
        }
        return answers;
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

    /** Ends the sessions orderly, closes ports and sockets, and waits for the owner threads to end. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try {
                for (int i = 0; i < loops.size(); i++) {
                    int thread = i;
                    await(this.<Void>on(thread, () -> {
                        places.on(thread).forEach(Port::close);
                        return null;
                    }));
                }
                await(this.<Void>on(0, () -> {
                    associations.close();
                    return null;
                }));
            } finally {
                endLoops();
            }
        }
    }

    /** The first at last: the others are still told by it what to close. */
    private void endLoops() {
        loops.reversed().forEach(DatapathLoop::close);
    }

    private <T> CompletionStage<T> on(int thread, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            loops.get(thread).execute(() -> {
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
