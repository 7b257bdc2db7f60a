package io.virtualwire.testkit.fabric;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.MoveRules;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A fabric that runs from a seed: daemons, wires between them, guests at their ends, weather, faults.
 *
 * <p>A scenario says what happens when; {@link #verify} then judges. A failure names the seed.
 */
public final class VirtualFabric {
    private static final int[] BUDGETS = {1_168, 1_372, 8_000};

    private final long seed;
    private final MoveRules rules;
    private final Random random;
    private final VirtualTime time = new VirtualTime();
    private final Trace trace = new Trace(time);
    private final Ledger ledger = new Ledger(time, trace, this::boundExceeded);
    private final VirtualNetwork network;
    private final Map<String, VirtualDaemon> daemons = new LinkedHashMap<>();
    private final List<WireId> wires = new ArrayList<>();
    private final List<VirtualGuest> guests = new ArrayList<>();
    /** By daemon, wire, side and own generation: the highest peer generation that was ACTIVE. */
    private final Map<String, Generation> heard = new HashMap<>();

    /** Wires on which a bound was exceeded, and counted. */
    private final Set<Integer> exceeded = new HashSet<>();

    private int lives;
    private boolean traffic;
    /** Something was lost or broken, so a bound may be exceeded. */
    private boolean faulty;

    private long gapNanos = 1_000_000;

    public VirtualFabric(long seed, Weather weather) {
        this(seed, weather, MoveRules.ALL);
    }

    public VirtualFabric(long seed, Weather weather, MoveRules rules) {
        this.seed = seed;
        this.rules = rules;
        this.random = new Random(seed);
        this.network = new VirtualNetwork(time, random, ledger, trace, weather, threads() > 1);
        this.faulty = weather.lossPerMille() > 0;
        ledger.strictOrder(weather.jitter().isZero());
    }

    // The fabric

    /** A daemon that carries wires, as a connector: with one owner thread or two, as the seed says. */
    public VirtualDaemon daemon(String name) {
        return daemon(name, threads());
    }

    /** A daemon whose wires all are one component's, as a node: with one owner thread. */
    public VirtualDaemon node(String name) {
        return daemon(name, 1);
    }

    private VirtualDaemon daemon(String name, int threads) {
        return daemons.computeIfAbsent(name, n -> {
            VirtualDaemon daemon = new VirtualDaemon(this, network, time, trace, n, rules, threads);
            network.add(daemon);
            return daemon;
        });
    }

    /** {@code -Dwire.threads=N} overrules the seed. */
    private int threads() {
        return Integer.getInteger("wire.threads", 1 + (int) (seed / 2 % 2));
    }

    /** Moves wires among owner threads from seed to seed. */
    int salt() {
        return (int) (seed / 4 % 2);
    }

    /** How long something takes from one owner thread to another. */
    long handoverNanos() {
        return random.nextInt(100) == 0 ? random.nextInt(3_000_000) : random.nextInt(50_000);
    }

    /** Whether lanes but the first do not work between two daemons; where there are no others it does not matter. */
    boolean goesAround() {
        return threads() > 1 && random.nextInt(4) == 0;
    }

    /** A new wire; its number counts from 0. */
    public WireId wire() {
        WireId wire = WireId.named("wire-" + wires.size());
        wires.add(wire);
        guests.add(new VirtualGuest(ledger, random, wires.size() - 1, Side.A));
        guests.add(new VirtualGuest(ledger, random, wires.size() - 1, Side.B));
        return wire;
    }

    public VirtualGuest guest(WireId wire, Side side) {
        return guests.get(2 * wires.indexOf(wire) + side.bit());
    }

    /** The guest is at this daemon from now on, at the endpoint that {@link #request} names. */
    public void place(WireId wire, Side side, VirtualDaemon at) {
        guest(wire, side).moveTo(port(wire, side, at));
    }

    /** The guest is nowhere, if it was at this daemon. */
    public void leave(WireId wire, Side side, VirtualDaemon from) {
        guest(wire, side).leave(from.name());
    }

    private VirtualPort port(WireId wire, Side side, VirtualDaemon at) {
        return at.port(endpoint(wire, side), wires.indexOf(wire), side);
    }

    public String endpoint(WireId wire, Side side) {
        return "guest-" + wires.indexOf(wire) + side;
    }

    /** A connect without relays. */
    public ConnectRequest request(
            WireId wire,
            Side side,
            long generation,
            Role role,
            VirtualDaemon peer,
            long peerGeneration,
            boolean fence) {
        return new ConnectRequest(
                wire,
                side,
                new Generation(generation, ""),
                endpoint(wire, side),
                new PeerDescription(peer.identity(), new Generation(peerGeneration, ""), List.of(), fence),
                new ConnectOptions(role, false),
                Optional.empty(),
                Optional.empty());
    }

    public static ConnectRequest relayTo(ConnectRequest request, VirtualDaemon place, long generation) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                request.options(),
                Optional.of(new RelayDescription(place.identity(), new Generation(generation, ""), List.of())),
                request.relayFrom());
    }

    public static ConnectRequest relayFrom(ConnectRequest request, VirtualDaemon place, long generation) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                request.options(),
                request.relayTo(),
                Optional.of(new RelayDescription(place.identity(), new Generation(generation, ""), List.of())));
    }

    // Faults

    public void weather(Weather weather) {
        ledger.strictOrder(false);
        network.weather(weather);
    }

    public void cut(VirtualDaemon one, VirtualDaemon other) {
        faulty = true;
        trace.add("CUT %s - %s", one.name(), other.name());
        network.cut(one.name(), other.name());
    }

    public void mend(VirtualDaemon one, VirtualDaemon other) {
        trace.add("MEND %s - %s", one.name(), other.name());
        network.mend(one.name(), other.name());
    }

    public void breakStream(VirtualDaemon one, VirtualDaemon other) {
        faulty = true;
        trace.add("BREAK stream %s - %s", one.name(), other.name());
        network.breakStream(one.name(), other.name());
    }

    /** Whether nothing passes between the two. */
    public boolean isCut(VirtualDaemon one, VirtualDaemon other) {
        return network.isCut(one.name(), other.name());
    }

    /** Lets somebody meddle with every step between two daemons from now on. */
    public void interfere(Interference meddler) {
        faulty = true;
        network.interference(meddler);
    }

    /** A step that is taken outside of the underlay, such as a request to a daemon, is about to begin. */
    public Interference interference() {
        return network.interference();
    }

    /** All faults end. */
    public void calm() {
        network.mendAll();
        weather(new Weather(0, Duration.ofMillis(1), Duration.ofMillis(1)));
    }

    /**
     * This side is taken over: what its guest sent and has not arrived is not expected any more, and its old place may be given
     * what is under way to it.
     */
    public void takenOver(WireId wire, Side side) {
        faulty = true;
        ledger.tolerateLeftPlaces(wires.indexOf(wire));
        ledger.fenced(Ledger.stream(wires.indexOf(wire), side.other()));
        ledger.fenced(Ledger.stream(wires.indexOf(wire), side));
    }

    /** Every far end has confirmed the fence: nothing of this generation, or a lower one, may arrive from now on. */
    public void fencedFrom(WireId wire, Side side, int generation) {
        ledger.fencedFrom(Ledger.stream(wires.indexOf(wire), side), generation);
    }

    // Time

    /** The guests send, each about every {@code gap}, until {@link #stopTraffic}. */
    public void startTraffic(Duration gap) {
        gapNanos = gap.toNanos();
        traffic = true;
        for (VirtualGuest guest : guests) {
            sendLater(guest);
        }
    }

    private void sendLater(VirtualGuest guest) {
        time.after((long) (gapNanos * (0.5 + random.nextDouble())), () -> {
            if (traffic) {
                guest.send();
                sendLater(guest);
            }
        });
    }

    public void stopTraffic() {
        traffic = false;
    }

    public void at(Duration later, Runnable what) {
        time.after(later.toNanos(), what);
    }

    public void run(Duration duration) {
        long until = time.nanoTime() + duration.toNanos();
        while (ledger.violations().isEmpty() && time.step(until)) {}
    }

    /** Runs until the condition holds; false if it does not within the limit. */
    public boolean runUntil(BooleanSupplier condition, Duration limit) {
        long until = time.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (!ledger.violations().isEmpty() || !time.step(until)) {
                return condition.getAsBoolean();
            }
        }
        return true;
    }

    public Random random() {
        return random;
    }

    public long nanoTime() {
        return time.nanoTime();
    }

    // Judging

    void happened(VirtualDaemon daemon, SideEvent event) {
        daemon.side(event.wire(), event.side()).ifPresent(side -> judgeActive(daemon, side));
    }

    private void judgeActive(VirtualDaemon daemon, SideStatus side) {
        List<Generation> active = side.peers().stream()
                .filter(peer -> peer.state() == PeerState.ACTIVE)
                .map(PeerStatus::generation)
                .toList();
        if (active.size() > 1) {
            ledger.violation(daemon.name() + " has two active ends: " + active);
        } else if (active.size() == 1) {
            String key = daemon.name() + daemon.life() + side.wire() + side.side() + side.generation();
            Generation before = heard.get(key);
            if (before != null && before.isAfter(active.getFirst())) {
                ledger.violation(daemon.name() + " went back from " + before + " to " + active.getFirst());
            }
            heard.put(key, active.getFirst());
        }
    }

    private boolean boundExceeded(int wire) {
        if (!exceeded.contains(wire)
                && daemons.values().stream().anyMatch(daemon -> daemon.boundExceeded(wires.get(wire)))) {
            exceeded.add(wire);
        }
        return exceeded.contains(wire);
    }

    /** Whether anywhere a hold or a relay went beyond one of its bounds, and counted it. */
    public boolean isBoundExceeded() {
        return wires.isEmpty()
                ? daemons.values().stream().anyMatch(VirtualDaemon::anyBoundExceeded)
                : IntStream.range(0, wires.size()).anyMatch(this::boundExceeded);
    }

    /** Ends the traffic, lets everything settle, and fails unless every invariant held. */
    public Tally verify() {
        stopTraffic();
        run(Duration.ofSeconds(2));
        for (int wire = 0; wire < ledger.wires(); wire++) {
            if (!faulty && boundExceeded(wire)) {
                ledger.violation("a bound was exceeded on wire " + wire + " though the underlay lost nothing");
            }
            List<Ledger.Entry> missing = ledger.missing(wire);
            if (!missing.isEmpty() && !boundExceeded(wire)) {
                ledger.violation(
                        missing.size() + " frames of wire " + wire + " were lost, first " + missing.getFirst());
            }
        }
        requireNoViolation();
        return ledger.tally();
    }

    /** Fails if nothing passes in either direction of this wire now. */
    public void verifyPasses(WireId wire) {
        int number = wires.indexOf(wire);
        Tally before = ledger.tally();
        for (int i = 0; i < 3; i++) {
            guest(wire, Side.A).send();
            guest(wire, Side.B).send();
            run(Duration.ofMillis(50));
        }
        Tally after = ledger.tally();
        long passed = after.delivered() - before.delivered();
        if (passed < 6) {
            ledger.violation("after all faults ended only " + passed + " of 6 frames passed on wire " + number);
        }
        requireNoViolation();
    }

    public void requireNoViolation() {
        if (!ledger.violations().isEmpty()) {
            throw new AssertionError("seed " + seed + ": " + ledger.violations().getFirst() + "\n" + trace + "\nstate: "
                    + states() + "\n" + ledger.tally());
        }
    }

    /** Fails with the seed and the trace. */
    public AssertionError failure(String what) {
        return new AssertionError("seed " + seed + ": " + what + "\n" + trace + "\nstate: " + states());
    }

    private String states() {
        StringBuilder text = new StringBuilder();
        daemons.values().stream()
                .filter(VirtualDaemon::isUp)
                .forEach(daemon -> daemon.sides()
                        .forEach(side -> text.append('\n')
                                .append(daemon.name())
                                .append(' ')
                                .append(side)));
        return text.toString();
    }

    public Tally tally() {
        return ledger.tally();
    }

    public boolean violated() {
        return !ledger.violations().isEmpty();
    }

    Ledger ledger() {
        return ledger;
    }

    /** Writes something into the trace. */
    public void note(String what) {
        trace.add("%s", what);
    }

    void crashed() {
        faulty = true;
    }

    /** A daemon was not there for a while: others may have waited for it longer than they may. */
    void stumbled() {
        faulty = true;
    }

    int nextLife() {
        return ++lives;
    }

    int payloadBudget() {
        return BUDGETS[random.nextInt(BUDGETS.length)];
    }
}
