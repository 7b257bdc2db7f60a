package io.virtualwire.wire;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import io.virtualwire.port.Port;
import io.virtualwire.transport.Loop;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The wire sides of one daemon: connects them, carries their frames, and moves them without losing any.
 *
 * <p>Lives on the owner thread of the data path: every method is called there, and every call into it is made there. A
 * command that cannot be carried out throws {@link io.virtualwire.control.WireException} and changes nothing; trouble on
 * the data path is counted.
 */
public final class WireEngine implements PathListener {
    /** How many generations of disconnected sides are remembered. */
    public static final int REMEMBERED_FENCES = Bounds.PROTOCOL.rememberedFences();

    private record Key(WireId wire, Side side) {}

    private final Loop loop;
    private final Events events;
    private final Scope scope;
    private final Map<Key, SideSlot> slots = new LinkedHashMap<>();
    private final Map<String, Outlet> outlets = new HashMap<>();
    /** The generations of sides that were disconnected, so that a late connect with one of them, or a lower one, stays refused. */
    private final Map<Key, Generation> fences = new LinkedHashMap<>();

    private final DropTally drops = new DropTally();

    /**
     * @param paths how peer daemons are reached; what they report is to be given to this engine
     * @param observer told what happens
     */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer) {
        this(loop, paths, observer, TenantQuotas.UNLIMITED);
    }

    /** @param quotas what each tenant's wires may hold */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer, TenantQuotas quotas) {
        this(loop, paths, observer, MoveRules.ALL, Share.whole(quotas));
    }

    /** The engine of one of several owner threads. */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer, Share share) {
        this(loop, paths, observer, MoveRules.ALL, share);
    }

    /** An engine that keeps only some rules; for tests of tests. */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer, MoveRules rules) {
        this(loop, paths, observer, rules, Share.whole(TenantQuotas.UNLIMITED));
    }

    /** The engine of one of several owner threads, with only some rules. */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer, MoveRules rules, Share share) {
        this.loop = loop;
        this.events = new Events(observer, loop.ticker());
        this.scope = new Scope(loop.ticker(), paths, events, Bounds.PROTOCOL, rules, share, new Alarms(loop, events));
    }

    /**
     * Makes, replaces or completes a side; docs/wire-protocol.md section 4.1 says which. Idempotent.
     *
     * <p>May come before the endpoint's port: then frames for it are dropped and counted.
     *
     * @throws io.virtualwire.control.WireException STALE_GENERATION, GENERATION_CONFLICT, IN_USE if the endpoint belongs to
     *     another side, BAD_REQUEST
     */
    public SideStatus connect(ConnectRequest request) {
        loop.assertInLoop();
        Key key = new Key(request.wire(), request.side());
        SideSlot slot = slots.get(key);
        boolean same = slot != null
                && slot.endpoint().equals(request.endpoint())
                && slot.newest().options().agreesWith(request.options());
        Generation highest = slot == null ? fences.get(key) : slot.generation();
        SideRecord record =
                switch (Fencing.own(highest, slot == null ? null : slot.generation(), request.generation(), same)) {
                    case STALE ->
                        throw new WireException(
                                ErrorCode.STALE_GENERATION,
                                "cannot connect " + named(request) + ": generation " + highest
                                        + (slot == null ? " was disconnected" : " is known"),
                                slot == null
                                        ? "if it is to come back, use a generation above " + highest
                                        : "this side was connected elsewhere or anew; read the wire again");
                    case CONFLICT ->
                        throw new WireException(
                                ErrorCode.GENERATION_CONFLICT,
                                "cannot connect " + named(request)
                                        + ": this generation is known with another endpoint or other options",
                                "use a higher generation");
                    case MERGE -> merge(slots.get(key), request);
                    case CREATE, REPLACE -> create(key, slot, request);
                };
        events.tell();
        return record.status();
    }

    private SideRecord merge(@Nullable SideSlot slot, ConnectRequest request) {
        SideRecord record = slot == null ? null : slot.newest();
        if (record == null) {
            throw new IllegalStateException("nothing to merge with");
        }
        record.farSide().decide(request.peer());
        requireRelaysInOrder(request);
        requireReachable(request);
        request.relayFrom().ifPresent(record.relays()::from);
        request.relayTo().ifPresent(record.relays()::to);
        record.farSide().expect(request.peer());
        return record;
    }

    private SideRecord create(Key key, @Nullable SideSlot present, ConnectRequest request) {
        Outlet outlet = outlet(request.endpoint());
        SideSlot occupant = outlet.slot();
        if (occupant != null && occupant != present) {
            throw inUse(request, occupant);
        }
        requireRelaysInOrder(request);
        requireReachable(request);
        SideSlot slot = present;
        if (slot == null) {
            slot = new SideSlot(request.wire(), request.side(), outlet);
            slots.put(key, slot);
        } else {
            slot.plugInto(outlet);
        }
        fences.remove(key);
        SideRecord record = new SideRecord(scope, slot, request.generation(), request.options());
        slot.push(record);
        record.begin(slot.isBeingReplaced());
        request.relayFrom().ifPresent(record.relays()::from);
        request.relayTo().ifPresent(record.relays()::to);
        record.farSide().expect(request.peer());
        return record;
    }

    private static WireException inUse(ConnectRequest request, SideSlot occupant) {
        return new WireException(
                ErrorCode.IN_USE,
                "cannot connect " + named(request) + ": endpoint " + request.endpoint() + " belongs to side "
                        + occupant.side() + " of wire " + occupant.wire(),
                "disconnect that first, or name another endpoint");
    }

    /**
     * Lets go of the endpoint that this request names and the engine of another owner thread is to carry out.
     *
     * @throws io.virtualwire.control.WireException IN_USE if it belongs to a side here
     */
    public void vacate(ConnectRequest request) {
        loop.assertInLoop();
        Outlet outlet = outlets.get(request.endpoint());
        SideSlot occupant = outlet == null ? null : outlet.slot();
        if (occupant != null) {
            throw inUse(request, occupant);
        }
        removePort(request.endpoint());
    }

    /** Fails if the paths make no sense, before anything has changed. */
    private void requireReachable(ConnectRequest request) {
        scope.acquire(request.peer().identity(), request.peer().paths());
        scope.release(request.peer().identity());
        Stream.concat(request.relayFrom().stream(), request.relayTo().stream()).forEach(other -> {
            scope.acquire(other.identity(), other.paths());
            scope.release(other.identity());
        });
    }

    private static void requireRelaysInOrder(ConnectRequest request) {
        boolean wrong = request.relayFrom()
                        .filter(from -> !request.generation().isAfter(from.generation()))
                        .isPresent()
                || request.relayTo()
                        .filter(to -> !to.generation().isAfter(request.generation()))
                        .isPresent();
        if (wrong) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot connect " + named(request) + ": it would be relayed to a generation that is not higher",
                    "relay from the predecessor to the successor");
        }
    }

    /**
     * Removes a side; succeeds if it is not there. A generation higher than the record's removes it too. It is remembered: from
     * now on only a higher one connects this side.
     *
     * @throws io.virtualwire.control.WireException STALE_GENERATION if the record's generation is higher
     */
    public void disconnect(WireId wire, Side side, Generation generation) {
        loop.assertInLoop();
        Key key = new Key(wire, side);
        SideSlot slot = slots.get(key);
        if (slot == null) {
            remember(key, generation);
            return;
        }
        SideRecord newest = slot.newest();
        if (slot.releasePredecessor(generation)) {
            events.tell();
            return;
        }
        if (newest.generation().isAfter(generation)) {
            throw new WireException(
                    ErrorCode.STALE_GENERATION,
                    "cannot disconnect side " + side + " of wire " + wire + " at generation " + generation
                            + ": generation " + newest.generation() + " holds it",
                    "it was connected anew; read the wire again");
        }
        slots.remove(key);
        slot.close();
        dropIfUnused(slot.endpoint());
        remember(key, generation);
        events.tell();
    }

    private void remember(Key key, Generation generation) {
        Generation known = fences.remove(key);
        fences.put(key, known != null && known.isAfter(generation) ? known : generation);
        if (fences.size() > scope.bounds.rememberedFences()) {
            fences.remove(fences.keySet().iterator().next());
        }
    }

    /**
     * Makes a standby side active; nothing happens if it is already. Not kept over a restart: whoever restores sides calls it
     * again.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it has yielded or been superseded
     */
    public SideStatus activate(WireId wire, Side side) {
        return command(wire, side, record -> record.activate(ActivationCause.COMMAND));
    }

    /**
     * Makes a side mute; what still arrives is relayed to {@code relayTo}. Nothing happens if it has yielded already.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it resumed and not every peer knows yet
     */
    public SideStatus yieldSide(WireId wire, Side side) {
        return command(wire, side, record -> {
            record.requireMayYield();
            record.yieldNow();
        });
    }

    private SideStatus command(WireId wire, Side side, Consumer<SideRecord> what) {
        loop.assertInLoop();
        SideSlot slot = slots.get(new Key(wire, side));
        if (slot == null) {
            throw new WireException(
                    ErrorCode.NOT_FOUND, "side " + side + " of wire " + wire + " is not connected here", "connect it");
        }
        SideRecord record = slot.newest();
        what.accept(record);
        events.tell();
        return record.status();
    }

    /**
     * Takes a yield back: the successor never came up, and its standby has been disconnected. What was relayed to it goes to
     * the port here first.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it was superseded
     */
    public SideStatus resume(WireId wire, Side side) {
        return command(wire, side, record -> record.resume());
    }

    /** Gives the endpoint of this name its port; frames flow between it and its side from now on. Replaces a former one. */
    public void addPort(String endpoint, Port port, Activation activation) {
        loop.assertInLoop();
        outlet(endpoint).port(port, activation);
    }

    /** {@link #addPort(String, Port, Activation)} with activation by command only. */
    public void addPort(String endpoint, Port port) {
        addPort(endpoint, port, Activation.BY_COMMAND);
    }

    /** Takes the endpoint's port away (it is not closed); its side stays. */
    public void removePort(String endpoint) {
        loop.assertInLoop();
        Outlet outlet = outlets.get(endpoint);
        if (outlet != null) {
            outlet.removePort();
            dropIfUnused(endpoint);
        }
    }

    /** Whether a side of this wire is connected. */
    public boolean knows(WireId wire) {
        loop.assertInLoop();
        return slots.containsKey(new Key(wire, Side.A)) || slots.containsKey(new Key(wire, Side.B));
    }

    /** Whether the endpoint of this name has a port or a side here. */
    public boolean knows(String endpoint) {
        loop.assertInLoop();
        return outlets.containsKey(endpoint);
    }

    private Outlet outlet(String endpoint) {
        return outlets.computeIfAbsent(endpoint, name -> new Outlet(name, scope));
    }

    private void dropIfUnused(String endpoint) {
        Outlet outlet = outlets.get(endpoint);
        if (outlet != null && outlet.isUnused()) {
            outlets.remove(endpoint);
        }
    }

    /** Says something on the control stream to a daemon to which there is a leg; false if that is not possible now. */
    public boolean tell(Identity peer, PeerMessage message) {
        loop.assertInLoop();
        for (Leg leg : scope.daemon(peer).legs()) {
            return leg.path().tell(message);
        }
        return false;
    }

    /** Asks {@code source} for each leg that is offered whether the kernel is to carry its frames. */
    public void offering(VniSource source) {
        scope.vnis(source);
    }

    /** Makes the side's offers again, since what they say has changed; nothing happens if it is not here. */
    public void offerAgain(WireId wire, Side side) {
        loop.assertInLoop();
        SideSlot slot = slots.get(new Key(wire, side));
        if (slot != null) {
            slot.newest().farSide().offer();
            events.tell();
        }
    }

    /** The side's newest record. */
    public Optional<SideStatus> side(WireId wire, Side side) {
        loop.assertInLoop();
        return Optional.ofNullable(slots.get(new Key(wire, side)))
                .map(slot -> slot.newest().status());
    }

    /** All sides, newest records only. */
    public List<SideStatus> sides() {
        loop.assertInLoop();
        return slots.values().stream().map(slot -> slot.newest().status()).toList();
    }

    /** Messages that named no wire of this daemon. */
    public Map<DropReason, Long> drops() {
        loop.assertInLoop();
        return drops.snapshot();
    }

    @Override
    public void sessionUp(WirePath path, boolean newInstance) {
        PeerDaemon daemon = scope.daemon(path.peer());
        if (newInstance) {
            daemon.book().clear();
        }
        for (Leg leg : daemon.legs()) {
            leg.sessionUp(newInstance);
        }
        events.postSessionUp(path.peer(), newInstance);
        events.tell();
    }

    @Override
    public void sessionDown(WirePath path) {
        scope.forgetIfIdle(path.peer());
    }

    /* HOT PATH */
    @Override
    public void message(WirePath path, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {
        Leg leg = scope.leg(header.wireIndex());
        if (leg == null || leg.path() != path) {
            drops.add(DropReason.UNKNOWN_WIRE);
            return;
        }
        leg.record().message(leg, header, plain, bytes, offset, length);
        events.tell();
    }

    @Override
    public void told(WirePath path, PeerMessage message) {
        PeerDaemon daemon = scope.daemon(path.peer());
        switch (message) {
            case PeerMessage.Offer offer -> {
                daemon.book().remember(offer);
                Leg leg = daemon.legFor(offer);
                if (leg != null) {
                    leg.offered(offer);
                }
            }
            case PeerMessage.Withdraw withdraw -> {
                Leg leg = daemon.legOfferedAs(withdraw.index());
                daemon.book().withdraw(withdraw.index());
                if (leg != null) {
                    leg.withdrawn();
                }
            }
            case PeerMessage.Prepared _,
                    PeerMessage.PreparedExcept _,
                    PeerMessage.CallOff _,
                    PeerMessage.CalledOff _,
                    PeerMessage.Handoff _,
                    PeerMessage.HandoffAck _ -> events.postTold(path.peer(), message);
        }
        events.tell();
    }

    /** All that this engine remembers, for another process to go on with; between two calls, as everything here. */
    public EngineImage image() {
        loop.assertInLoop();
        events.tell();
        List<EngineImage.Fence> known = fences.entrySet().stream()
                .map(fence -> new EngineImage.Fence(
                        fence.getKey().wire(), fence.getKey().side(), fence.getValue()))
                .toList();
        return new EngineImage(
                scope.lastIndex(),
                known,
                scope.offersImage(),
                slots.values().stream().map(SideSlot::image).toList());
    }

    /** Becomes what the engine of another process was; the first call. Nothing is said or sent before {@link #goOn}. */
    public void restore(EngineImage image) {
        loop.assertInLoop();
        scope.restore(image);
        image.fences().forEach(fence -> fences.put(new Key(fence.wire(), fence.side()), fence.generation()));
        for (EngineImage.SideImage side : image.sides()) {
            SideSlot slot = new SideSlot(side.wire(), side.side(), outlet(side.endpoint()));
            slots.put(new Key(side.wire(), side.side()), slot);
            slot.restore(scope, side.records());
        }
    }

    /** Goes on where {@link #restore} says that the other one stopped. */
    public void goOn() {
        loop.assertInLoop();
        slots.values().forEach(slot -> slot.goOn(scope.now()));
    }

    private static String named(ConnectRequest request) {
        return "side " + request.side() + " of wire " + request.wire() + " at generation " + request.generation();
    }
}
