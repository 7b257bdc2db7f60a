package io.virtualwire.connector.kernel;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.HostAddress;
import io.virtualwire.connector.endpoint.Bypass;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.kernel.CrossConnect;
import io.virtualwire.kernel.KernelLeg;
import io.virtualwire.kernel.LegReport;
import io.virtualwire.kernel.LegState;
import io.virtualwire.kernel.SideReport;
import io.virtualwire.kernel.SideState;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireObserver;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the kernel to what the wire stack has agreed with far ends, for sides that ask for it.
 *
 * <pre>
 *   connect ─▶ a VNI, said in the offer ─▶ the far end's offer has one, too ─▶ the kernel carries frames
 *                                                        └── none ─▶ they pass this process
 * </pre>
 *
 * <p>The stack's records stay what they are: they agree, flip and yield by the messages of the association; only frames go
 * elsewhere. It looks at how things are, whenever something has happened and every now and then, and what it does again changes
 * nothing. A thread of its own has the kernel; the stack's threads never wait for it.
 */
public final class KernelWires implements WireObserver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(KernelWires.class);
    private static final long LOOK_MILLIS = 2_000;
    private static final long STANDBY_MILLIS = 20;
    /** How long frames with a VNI that is over may still be under way. */
    private static final long GRACE_NANOS = 2_000_000_000L;

    private final Predicate<String> granted;
    private final Supplier<CrossConnect> opening;
    private final Vnis vnis;
    private final Bypass bypass;
    private final Wires wires;
    private final Devices devices;
    private final Map<SideKey, Way> ways = new ConcurrentHashMap<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("connector-kernel").daemon().factory());
    private @Nullable CrossConnect kernel;

    /**
     * @param granted whether the operator lets a tenant do so
     * @param opening asked when the first wire wants it
     */
    public KernelWires(
            Predicate<String> granted,
            Supplier<CrossConnect> opening,
            Vnis vnis,
            Bypass bypass,
            Wires wires,
            Devices devices) {
        this.granted = granted;
        this.opening = opening;
        this.vnis = vnis;
        this.bypass = bypass;
        this.wires = wires;
        this.devices = devices;
        thread.scheduleWithFixedDelay(this::lookAtAll, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        thread.scheduleWithFixedDelay(this::watchStandbys, STANDBY_MILLIS, STANDBY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Throws if the request insists on the kernel and this host cannot. */
    public void require(String tenant, ConnectRequest request) {
        if (request.options().asked() == Backend.KERNEL) {
            call(() -> obstacle(new EndpointKey(tenant, request.endpoint()), request))
                    .ifPresent(obstacle -> {
                        throw obstacle;
                    });
        }
    }

    /** To be called before the stack is told to connect, so that its offer says the VNI. */
    public void prepare(String tenant, ConnectRequest request) {
        SideKey key = new SideKey(tenant, request.wire(), request.side());
        if (request.options().backend().isPresent()) {
            call(() -> {
                begin(key, request);
                return key;
            });
        }
    }

    /** To be called after that. */
    public void connected(SideKey key) {
        if (ways.containsKey(key)) {
            execute(() -> look(key));
        }
    }

    /** To be called when the stack has disconnected something of this side. */
    public void disconnected(SideKey key) {
        if (ways.containsKey(key)) {
            call(() -> {
                if (wires.side(key).isEmpty()) {
                    end(key);
                }
                return key;
            });
        }
    }

    /** What carries its frames; empty if the kernel was not asked for. */
    public Optional<Carriage> carriage(SideKey key) {
        Way way = ways.get(key);
        return way == null ? Optional.empty() : Optional.of(call(() -> carriage(way)));
    }

    @Override
    public void happened(SideEvent event) {
        SideKey key = wires.key(event.wire(), event.side());
        if (ways.containsKey(key)) {
            execute(() -> look(key));
        }
    }

    /** Lets go of the kernel, which goes on. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                log.warn("kernel wires are still being looked at; the kernel goes on");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        if (kernel != null) {
            kernel.close();
        }
    }

    // On the thread from here on.

    private void begin(SideKey key, ConnectRequest request) {
        EndpointKey endpoint = new EndpointKey(key.tenant(), request.endpoint());
        Way way = ways.computeIfAbsent(key, it -> new Way(endpoint));
        way.endpoint = endpoint;
        way.obstacle = obstacle(endpoint, request);
        if (way.obstacle.isPresent()) {
            vnis.take(wires.name(key), key.side());
            return;
        }
        CrossConnect opened = open();
        String device = device(endpoint);
        if (way.device == null && opened.isPlugged(device)) {
            // Left by the process before: it goes on meanwhile.
            way.device = device;
            way.standby = true;
            bypass.carry(endpoint, true);
        }
        if (vnis.given(
                        wires.name(key),
                        key.side(),
                        request.generation(),
                        request.peer().generation())
                .isEmpty()) {
            int vni = left(opened, way, request.peer().generation().number()).orElseGet(opened::reserve);
            hear(opened, way, request, vni);
            vnis.give(
                    wires.name(key),
                    key.side(),
                    request.generation(),
                    request.peer().generation(),
                    vni);
        }
    }

    /** Before the far end is told the VNI, which may send with it at once in place of another. */
    private void hear(CrossConnect opened, Way way, ConnectRequest request, int vni) {
        String device = way.device;
        Optional<InetAddress> place =
                Plan.place(request.peer().identity(), wires.peers().addresses());
        if (device == null
                || place.isEmpty()
                || opened.legs(device).stream().anyMatch(leg -> leg.receiveVni() == vni)) {
            return;
        }
        // What the far end wants to hear is not known yet, nor needed: nothing is sent there before.
        opened.hear(
                device,
                new KernelLeg(vni, place.get(), vni, request.peer().generation().number()));
    }

    /** The VNI that the process before gave to this generation, which sends with it all the time. */
    private Optional<Integer> left(CrossConnect opened, Way way, long generation) {
        return way.device == null
                ? Optional.empty()
                : opened.legs(way.device).stream()
                        .filter(leg -> leg.generation() == generation && !vnis.isGiven(leg.receiveVni()))
                        .map(LegReport::receiveVni)
                        .reduce((older, newer) -> newer);
    }

    private Optional<WireException> obstacle(EndpointKey endpoint, ConnectRequest request) {
        try {
            requireGranted(endpoint.tenant());
            requireDevice(endpoint);
            requirePeer(request);
            requireRoom(endpoint, request);
            return Optional.empty();
        } catch (WireException e) {
            return Optional.of(e);
        }
    }

    private void requireGranted(String tenant) {
        if (!granted.test(tenant)) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "tenant " + tenant + " may not have wires here that the kernel carries",
                    "ask the operator of this host for 'kernel-wires: true', or use the user backend");
        }
    }

    private void requireDevice(EndpointKey endpoint) {
        EndpointDescription described = bypass.endpoint(endpoint)
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "the kernel cannot carry frames of endpoint " + endpoint.name() + ", which is not there",
                        "make it first with 'wire endpoint add " + endpoint.name() + " --device-side'"));
        if (!described.deviceSide()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "the kernel cannot carry frames of endpoint " + endpoint.name()
                            + ": this process has its descriptor, and every frame passes that",
                    "make it a device of its own with --device-side, or use the user backend");
        }
        if (described.namespace().isPresent()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "the kernel cannot carry frames of endpoint " + endpoint.name() + ": its device is in namespace "
                            + described.namespace().get() + ", not in the connector's",
                    "let one end of a veth be in the connector's namespace, or use the user backend");
        }
    }

    private void requirePeer(ConnectRequest request) {
        if (request.peer().identity().equals(wires.self())) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "the kernel cannot carry frames of wire " + request.wire() + ": both its ends are on this host",
                    "use the user backend");
        }
        List<InetAddress> said = literals(request);
        if (!said.isEmpty() && said.stream().noneMatch(Inet4Address.class::isInstance)) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "the kernel cannot carry frames to " + request.peer().identity() + " at "
                            + request.peer().paths() + ": it takes an IPv4 underlay",
                    "give the far end's IPv4 address, or use the user backend");
        }
    }

    private void requireRoom(EndpointKey endpoint, ConnectRequest request) {
        CrossConnect opened = open();
        for (InetAddress address : literals(request)) {
            if (address instanceof Inet4Address) {
                opened.check(device(endpoint), address);
                return;
            }
        }
    }

    /** Where the peer is said to be, as far as that is said by numbers. */
    private static List<InetAddress> literals(ConnectRequest request) {
        return request.peer().paths().stream()
                .filter(path -> path.indexOf('@') < 0)
                .flatMap(path -> {
                    try {
                        return Optional.of(
                                InetAddress.ofLiteral(HostAddress.parse(path, 1).host()))
                                .stream();
                    } catch (IllegalArgumentException name) {
                        return Optional.<InetAddress>empty().stream();
                    }
                })
                .toList();
    }

    private String device(EndpointKey endpoint) {
        return bypass.endpoint(endpoint).orElseThrow().device();
    }

    private CrossConnect open() {
        if (kernel == null) {
            kernel = opening.get();
            log.info("the kernel is ready to carry wires");
        }
        return kernel;
    }

    private void lookAtAll() {
        if (!ways.isEmpty()) {
            knowing(peers -> ways.keySet().forEach(key -> look(key, peers)));
        }
    }

    private void look(SideKey key) {
        knowing(peers -> look(key, peers));
    }

    /* What is done every now and then must not throw, else it is done no more. */
    private void knowing(Consumer<Wires.Peers> work) {
        Wires.Peers peers;
        try {
            peers = wires.peers();
        } catch (WireException e) {
            log.debug("nobody knows where peers are: {}", e.getMessage());
            return;
        }
        work.accept(peers);
    }

    private void look(SideKey key, Wires.Peers peers) {
        Way way = ways.get(key);
        if (way == null) {
            return;
        }
        try {
            Optional<SideStatus> side = wires.side(key);
            if (side.isPresent()) {
                look(key, way, side.get(), peers);
            }
        } catch (WireException e) {
            if (e.code() != ErrorCode.UNAVAILABLE) {
                log.warn("side {} cannot be carried by the kernel: {} ({})", key, e.getMessage(), e.hint());
                refuse(key, way, e);
            }
        } catch (RuntimeException e) {
            log.error("looking after side {} failed", key, e);
        }
    }

    private void look(SideKey key, Way way, SideStatus side, Wires.Peers peers) {
        if (way.obstacle.isEmpty() && !granted.test(key.tenant())) {
            refuse(
                    key,
                    way,
                    new WireException(
                            ErrorCode.FORBIDDEN,
                            "tenant " + key.tenant() + " may not have wires here any more that the kernel carries",
                            "ask the operator of this host"));
        }
        if (way.obstacle.isPresent()) {
            byProcess(way, reason(way.obstacle.get()));
            return;
        }
        switch (Plan.of(side, peers)) {
            case Plan.Keep _ -> obey(key, way, side);
            case Plan.ByProcess because -> {
                byProcess(way, because.reason());
                if (side.options().backend().isEmpty()) {
                    end(key);
                }
            }
            case Plan.ByKernel plan -> {
                byKernel(way, plan);
                obey(key, way, side);
            }
        }
    }

    /** This host cannot after all; the far end hears so, and the frames of both pass the processes. */
    private void refuse(SideKey key, Way way, WireException why) {
        way.obstacle = Optional.of(why);
        if (vnis.take(wires.name(key), key.side())) {
            wires.offerAgain(key);
        }
        try {
            byProcess(way, reason(why));
        } catch (WireException e) {
            log.warn("the kernel does not let go of side {}: {} ({})", key, e.getMessage(), e.hint());
        }
    }

    private static String reason(WireException why) {
        return why.getMessage() + "; " + why.hint();
    }

    private void byProcess(Way way, String reason) {
        way.reason = reason;
        letGo(way);
    }

    private void letGo(Way way) {
        String device = way.device;
        if (device == null) {
            return;
        }
        way.device = null;
        way.told.clear();
        way.over.clear();
        open().withdraw(device);
        bypass.carry(way.endpoint, false);
        devices.deafen(way.endpoint, false);
    }

    private void byKernel(Way way, Plan.ByKernel plan) {
        String device = device(way.endpoint);
        CrossConnect opened = open();
        if (way.device != null && !way.device.equals(device)) {
            letGo(way);
        }
        if (way.device == null || way.openings != bypass.openings(way.endpoint)) {
            way.openings = bypass.openings(way.endpoint);
            // First the process takes no more, else a frame could go both ways.
            bypass.carry(way.endpoint, true);
            devices.deafen(way.endpoint, true);
            boolean anew = !opened.isPlugged(device);
            way.device = device;
            opened.occupy(device);
            if (anew) {
                way.told.clear();
                way.standby = false;
            }
        }
        for (Plan.Wanted wanted : plan.legs()) {
            tell(opened, way, device, wanted);
        }
        release(opened, way, device, plan.vnis());
    }

    private static void tell(CrossConnect opened, Way way, String device, Plan.Wanted wanted) {
        KernelLeg leg = wanted.leg();
        Optional<LegReport> there = opened.legs(device).stream()
                .filter(it -> it.receiveVni() == leg.receiveVni())
                .findFirst();
        boolean same = there.isPresent() && leg.equals(way.told.get(leg.receiveVni()));
        long followed = opened.legs(device).stream()
                .filter(LegReport::current)
                .mapToLong(LegReport::generation)
                .max()
                .orElse(0);
        if (leg.generation() < followed) {
            // The kernel has heard a later one, which the stack will hear of, too.
            return;
        }
        if (wanted.active()) {
            if (!same) {
                opened.join(device, leg);
            } else if (!there.get().current() && there.get().state() == LegState.SUCCESSOR) {
                opened.follow(leg.receiveVni());
            } else if (!there.get().current()) {
                opened.join(device, leg);
            }
        } else if (!same) {
            opened.expect(device, leg);
        }
        way.told.put(leg.receiveVni(), leg);
    }

    /** What nobody sends with any more is not heard any more, after a while. */
    private void release(CrossConnect opened, Way way, String device, Set<Integer> wanted) {
        long now = System.nanoTime();
        way.over.keySet().removeAll(wanted);
        for (LegReport leg : opened.legs(device)) {
            int vni = leg.receiveVni();
            if (wanted.contains(vni)) {
                continue;
            }
            long since = way.over.computeIfAbsent(vni, it -> now);
            if (now - since >= GRACE_NANOS) {
                opened.release(vni);
                way.told.remove(vni);
                way.over.remove(vni);
            }
        }
    }

    /** The guest may speak if the side may. */
    private void obey(SideKey key, Way way, SideStatus side) {
        String device = way.device;
        if (device == null) {
            return;
        }
        CrossConnect opened = open();
        SideState state = opened.report(device).state();
        switch (side.state()) {
            case ACTIVE -> {
                if (state != SideState.ACTIVE) {
                    opened.activate(device);
                }
                way.standby = false;
            }
            case YIELDED -> {
                if (state != SideState.YIELDED) {
                    opened.silence(device);
                }
                way.standby = false;
            }
            case STANDBY -> {
                if (state == SideState.STANDBY) {
                    way.standby = true;
                } else if (way.standby && state == SideState.ACTIVE) {
                    // The guest has announced itself; the kernel has heard it first.
                    way.standby = false;
                    wires.activate(key);
                }
            }
        }
    }

    private void watchStandbys() {
        ways.forEach((key, way) -> {
            if (way.standby && announced(way)) {
                look(key);
            }
        });
    }

    private boolean announced(Way way) {
        String device = way.device;
        CrossConnect opened = kernel;
        return device != null
                && opened != null
                && opened.isPlugged(device)
                && opened.report(device).state() != SideState.STANDBY;
    }

    private void end(SideKey key) {
        Way way = ways.get(key);
        if (way != null) {
            vnis.take(wires.name(key), key.side());
            letGo(way);
            ways.remove(key);
        }
    }

    private Carriage carriage(Way way) {
        String device = way.device;
        if (device == null) {
            return Carriage.process(way.obstacle.map(KernelWires::reason).orElse(way.reason));
        }
        SideReport report = open().report(device);
        return new Carriage(Optional.empty(), Optional.of(report));
    }

    private void execute(Runnable work) {
        try {
            thread.execute(work);
        } catch (RejectedExecutionException e) {
            log.debug("kernel wires have ended");
        }
    }

    private <T> T call(Callable<T> work) {
        Future<T> future;
        try {
            future = thread.submit(work);
        } catch (RejectedExecutionException e) {
            throw new WireException(ErrorCode.UNAVAILABLE, "the connector is ending", "ask the next one", e);
        }
        try {
            return future.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof WireException refused) {
                throw refused;
            }
            throw new WireException(ErrorCode.INTERNAL, "kernel wires failed: " + e.getCause(), "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "interrupted while waiting for kernel wires", "repeat it", e);
        }
    }
}
