package io.virtualwire.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.component.Component;
import io.virtualwire.component.SwitchComponent;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.migration.FarEndStatus;
import io.virtualwire.migration.FarEnds;
import io.virtualwire.migration.KeeperContext;
import io.virtualwire.migration.KeeperObserver;
import io.virtualwire.migration.ReplicatedStates;
import io.virtualwire.testkit.fabric.VirtualDaemon;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireObserver;
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
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Three nodes and three hosts in one thread and virtual time: real reconcilers, keepers, switches and wire engines; a log,
 * a membership and connectors that are fakes with delays; any of them may crash at any moment.
 *
 * <pre>
 *   host h1 ── web ─┐                         nodes east, north, west
 *   host h2 ── db  ─┼─ switch lan, on one of
 *   host h3 ── app ─┘
 * </pre>
 */
final class VirtualNodes {
    static final String LAN = "lan";
    private static final List<String> NODES = List.of("east", "north", "west");
    private static final Map<String, String> GUESTS = new LinkedHashMap<>();

    static {
        GUESTS.put("web", "h1");
        GUESTS.put("db", "h2");
        GUESTS.put("app", "h3");
    }

    private static final String TOPOLOGY = """
            version: 1
            hosts: { h1: { api: "h1:1" }, h2: { api: "h2:1" }, h3: { api: "h3:1" } }
            switches: { lan: { node: east } }
            wires:
              - { switch: lan, port: web, endpoint: web@h1 }
              - { switch: lan, port: db, endpoint: db@h2 }
              - { switch: lan, port: app, endpoint: app@h3 }
            """;

    final VirtualFabric fabric;
    final Random random;
    final Map<String, VirtualStation> stations = new LinkedHashMap<>();
    private final InMemoryFabric<FabricCommand, FabricState> logs =
            new InMemoryFabric<>(new FabricStateMachine(), NODES.size());
    private final Map<String, RunningNode> nodes = new LinkedHashMap<>();
    private final Map<String, JsonNode> kept = new HashMap<>();
    private final Set<String> absent = new HashSet<>();
    private final Set<String> alone = new HashSet<>();
    private int lives;
    private boolean traffic;

    VirtualNodes(long seed, Weather weather) {
        fabric = new VirtualFabric(seed, weather);
        random = fabric.random();
        for (String node : NODES) {
            nodes.put(node, new RunningNode(node));
        }
        int number = 1;
        for (Map.Entry<String, String> guest : GUESTS.entrySet()) {
            VirtualStation station = new VirtualStation(guest.getKey(), number++, this::nanoTime);
            stations.put(guest.getKey(), station);
            fabric.daemon(guest.getValue()).engine().addPort(guest.getKey(), station);
        }
        nodes.values().forEach(RunningNode::start);
    }

    /** Every other time, all guests are in a VLAN: what is set up then has to be there wherever the switch decides. */
    private Topology topology() {
        String ports =
                random.nextBoolean() ? "" : ", ports: { web: { access: 10 }, db: { access: 10 }, app: { access: 10 } }";
        return TopologyFile.parse("test", TOPOLOGY.replace("node: east", "node: east" + ports));
    }

    /** Applies the topology, and waits until the switch passes everything. */
    VirtualNodes begin() {
        return begin(topology());
    }

    VirtualNodes begin(Topology topology) {
        fabric.run(Duration.ofSeconds(1));
        propose(new FabricCommand.ApplyTopology(0, topology, "nonce"));
        require("the switch starts", Duration.ofSeconds(12), () -> deciders().equals(Set.of("east")));
        fabric.run(Duration.ofSeconds(1));
        stations.values().forEach(VirtualStation::announce);
        fabric.run(Duration.ofSeconds(1));
        return this;
    }

    /** Every station sends to every other, about every {@code gap}. */
    void startTraffic(Duration gap) {
        traffic = true;
        trafficRound(gap);
    }

    private void trafficRound(Duration gap) {
        if (traffic) {
            for (VirtualStation from : stations.values()) {
                for (VirtualStation to : stations.values()) {
                    if (from != to) {
                        from.send(to);
                    }
                }
            }
            fabric.at(gap, () -> trafficRound(gap));
        }
    }

    void stopTraffic() {
        traffic = false;
        fabric.run(Duration.ofSeconds(2));
    }

    long beginMove(String to) {
        long highest = state().claim(LAN).orElseThrow().highest();
        propose(new FabricCommand.BeginMove(LAN, highest, to));
        return state().claim(LAN).orElseThrow().highest();
    }

    void propose(FabricCommand command) {
        int up = NODES.stream()
                .filter(this::isUp)
                .map(NODES::indexOf)
                .findFirst()
                .orElseThrow();
        logs.log(up).append(command).join();
    }

    FabricState state() {
        return NODES.stream()
                .map(node -> logs.log(NODES.indexOf(node)).current())
                .max((one, other) -> Long.compare(one.index(), other.index()))
                .orElseThrow()
                .state();
    }

    String owner() {
        return state().claim(LAN).map(Claim::owner).orElse("");
    }

    /** The nodes whose instance decides. */
    Set<String> deciders() {
        return nodes.values().stream()
                .filter(node -> node.component().map(Component::isDeciding).orElse(false))
                .map(node -> node.name)
                .collect(Collectors.toSet());
    }

    Optional<Component> component(String node) {
        return nodes.get(node).component();
    }

    List<HandoffEvent> events(String node) {
        return nodes.get(node).events;
    }

    boolean isUp(String name) {
        return fabric.daemon(name).isUp();
    }

    /** Kills a node or a host, and starts it again. */
    void crash(String name, Duration downFor) {
        if (!isUp(name)) {
            return;
        }
        fabric.daemon(name).crash();
        boolean isNode = nodes.containsKey(name);
        if (isNode) {
            logs.stop(NODES.indexOf(name));
            fabric.at(Duration.ofMillis(300 + random.nextInt(1700)), () -> {
                if (!isUp(name)) {
                    absent.add(name);
                    tellMembers();
                }
            });
        }
        fabric.at(downFor, () -> restart(name, isNode));
    }

    private void restart(String name, boolean isNode) {
        fabric.daemon(name).restart(!isNode);
        if (isNode) {
            logs.start(NODES.indexOf(name));
            nodes.get(name).start();
            fabric.at(Duration.ofMillis(200), () -> {
                absent.remove(name);
                tellMembers();
            });
        } else {
            GUESTS.forEach((guest, host) -> {
                if (host.equals(name)) {
                    fabric.daemon(name).engine().addPort(guest, stations.get(guest));
                }
            });
        }
    }

    /** Cuts a node off from everything but itself, or lets it back. */
    void isolate(String name, boolean cut) {
        for (String other : List.of("east", "north", "west", "h1", "h2", "h3")) {
            if (!other.equals(name)) {
                if (cut) {
                    fabric.cut(fabric.daemon(name), fabric.daemon(other));
                } else {
                    fabric.mend(fabric.daemon(name), fabric.daemon(other));
                }
            }
        }
        if (cut) {
            alone.add(name);
            logs.stop(NODES.indexOf(name));
        } else {
            alone.remove(name);
            logs.start(NODES.indexOf(name));
        }
        fabric.at(Duration.ofMillis(1500), this::tellMembers);
    }

    private void tellMembers() {
        nodes.values().forEach(RunningNode::tellMembers);
    }

    private long nanoTime() {
        return fabric.nanoTime();
    }

    void require(String what, Duration limit, java.util.function.BooleanSupplier condition) {
        if (!fabric.runUntil(condition, limit)) {
            throw failure(what + " did not happen in " + limit);
        }
        fabric.requireNoViolation();
    }

    AssertionError failure(String what) {
        return fabric.failure(what + "\nclaim " + state().claim(LAN) + " moves " + state().moves() + " deciders "
                + deciders() + " nodes " + state().nodes() + "\nevents "
                + nodes.values().stream().map(node -> node.name + node.events).toList());
    }

    /** Fails unless, after all faults, one instance holds the switch, no other is left, and everybody reaches everybody. */
    void verifyRecovered() {
        require(
                "one decider, the log's",
                Duration.ofSeconds(30),
                () -> deciders().equals(Set.of(owner()))
                        && state().claim(LAN).orElseThrow().move().isEmpty());
        fabric.run(Duration.ofSeconds(4));
        for (RunningNode node : nodes.values()) {
            if (!node.name.equals(owner()) && node.component().isPresent()) {
                throw failure("node " + node.name + " still has an instance");
            }
        }
        for (VirtualStation from : stations.values()) {
            for (VirtualStation to : stations.values()) {
                if (from != to) {
                    long number = from.send(to);
                    require(from.name() + " reaches " + to.name(), Duration.ofSeconds(1), () -> to.has(from, number));
                }
            }
        }
        verifyNoDuplicates();
    }

    void verifyNoDuplicates() {
        stations.values().forEach(station -> {
            if (!station.duplicates().isEmpty()) {
                throw failure(station.name() + " got twice: " + station.duplicates());
            }
        });
    }

    /** A node's process, one life after the other. */
    private final class RunningNode {
        private final String name;
        private final List<HandoffEvent> events = new ArrayList<>();
        private @Nullable Reconciler reconciler;
        private int life;

        RunningNode(String name) {
            this.name = name;
        }

        Optional<Component> component() {
            return !isUp(name) || reconciler == null
                    ? Optional.empty()
                    : reconciler.keeper(LAN).flatMap(ComponentKeeper::component);
        }

        void start() {
            int mine = ++lives;
            life = mine;
            VirtualDaemon daemon = fabric.daemon(name);
            Loop loop = daemon.loop();
            FabricLog<FabricCommand, FabricState> log = logs.log(NODES.indexOf(name));
            NodeRecord self = new NodeRecord(name, daemon.identity(), name + "-" + mine, List.of(), "");
            Connectors connectors = new Connectors(loop);
            KeeperContext context = new KeeperContext(
                    self,
                    "acme",
                    loop,
                    new EngineNodeWires(daemon.engine()),
                    connectors,
                    new Kept(loop),
                    component -> new SwitchComponent(component, loop),
                    new LogProposals(log, loop, task -> loop.schedule(someMillis(8), task)),
                    new Events(events));
            Reconciler made = new Reconciler(context);
            reconciler = made;
            connectors.changed = made::farEndChanged;
            daemon.observe(new Observer(made));
            loop.execute(made::start);
            log.onChange(applied -> loop.schedule(someMillis(12), () -> made.agreed(applied)));
            register(log, loop, self);
            whoJoinsFindsOnlyTheLiving();
            VirtualNodes.this.tellMembers();
        }

        private void whoJoinsFindsOnlyTheLiving() {
            NODES.stream().filter(other -> !isUp(other)).forEach(absent::add);
        }

        private void register(FabricLog<FabricCommand, FabricState> log, Loop loop, NodeRecord self) {
            CompletableFuture<Applied<FabricState>> done = log.append(new FabricCommand.RegisterNode(self));
            if (done.isCompletedExceptionally()) {
                loop.schedule(Duration.ofMillis(500), () -> register(log, loop, self));
            }
        }

        void tellMembers() {
            Reconciler to = reconciler;
            if (to == null || !isUp(name)) {
                return;
            }
            Set<Identity> present = NODES.stream()
                    .filter(other -> other.equals(name)
                            || !absent.contains(other) && !alone.contains(other) && !alone.contains(name))
                    .map(other -> fabric.daemon(other).identity())
                    .collect(Collectors.toSet());
            Loop loop = fabric.daemon(name).loop();
            loop.execute(() -> to.present(present));
        }
    }

    private Duration someMillis(int most) {
        return Duration.ofNanos(random.nextInt(most * 1_000_000) + 1);
    }

    private record Events(List<HandoffEvent> events) implements KeeperObserver {
        @Override
        public void decides(Component component) {}

        @Override
        public void decidesNoLonger(Component component) {}

        @Override
        public void happened(HandoffEvent event) {
            events.add(event);
        }
    }

    private record Observer(Reconciler reconciler) implements WireObserver {
        @Override
        public void happened(SideEvent event) {
            reconciler.happened(event);
        }

        @Override
        public void told(Identity peer, PeerMessage message) {
            reconciler.told(peer, message);
        }

        @Override
        public void sessionUp(Identity peer, boolean newInstance) {
            reconciler.sessionUp(peer);
        }
    }

    /** States that outlive nodes, written with a delay. */
    private final class Kept implements ReplicatedStates {
        private final Loop loop;

        Kept(Loop loop) {
            this.loop = loop;
        }

        @Override
        public void save(String component, long generation, JsonNode state) {
            loop.schedule(someMillis(50), () -> kept.put(component, state));
        }

        @Override
        public Optional<JsonNode> latest(String component) {
            return Optional.ofNullable(kept.get(component));
        }
    }

    /** The connectors as one node asks them: slow, away while their daemon is, and asked again. */
    private final class Connectors implements FarEnds {
        private final Loop loop;
        private final Map<WireId, ConnectRequest> wanted = new HashMap<>();
        private final Map<WireId, FarEndStatus> statuses = new HashMap<>();
        private final Map<WireId, String> hosts = new HashMap<>();
        private Runnable changed = () -> {};

        Connectors(Loop loop) {
            this.loop = loop;
            look();
        }

        @Override
        public void want(WireRecord wire, ConnectRequest request) {
            if (!request.equals(wanted.put(wire.id(), request))) {
                hosts.put(wire.id(), wire.host());
                statuses.put(wire.id(), FarEndStatus.PENDING);
                loop.schedule(someMillis(30), () -> connect(request));
            }
        }

        private void connect(ConnectRequest request) {
            if (!request.equals(wanted.get(request.wire()))) {
                return;
            }
            VirtualDaemon host = fabric.daemon(hosts.get(request.wire()));
            FarEndStatus status;
            if (!host.isUp() || !alone.isEmpty() && alone.contains(nameOf())) {
                status = new FarEndStatus(FarEndStatus.Progress.FAILED, "away");
                loop.schedule(Duration.ofMillis(300), () -> connect(request));
            } else {
                try {
                    host.connect(request);
                    status = FarEndStatus.CONFIRMED;
                } catch (WireException refused) {
                    status = new FarEndStatus(FarEndStatus.Progress.FAILED, refused.toString());
                }
            }
            FarEndStatus now = status;
            loop.schedule(someMillis(15), () -> {
                if (request.equals(wanted.get(request.wire()))) {
                    statuses.put(request.wire(), now);
                    changed.run();
                }
            });
        }

        private String nameOf() {
            return nodes.values().stream()
                    .filter(node -> fabric.daemon(node.name).loop() == loop)
                    .map(node -> node.name)
                    .findFirst()
                    .orElse("");
        }

        private void look() {
            wanted.forEach((wire, request) -> {
                VirtualDaemon host = fabric.daemon(hosts.get(wire));
                if (host.isUp() && statuses.get(wire).progress() == FarEndStatus.Progress.CONFIRMED) {
                    Optional<SideStatus> side = host.engine().side(wire, Side.B);
                    boolean there = side.isPresent()
                            && side.get().peers().stream()
                                    .anyMatch(
                                            peer -> !request.peer().generation().isAfter(peer.generation()));
                    if (!there) {
                        loop.execute(() -> connect(request));
                    }
                }
            });
            loop.schedule(Duration.ofSeconds(2), this::look);
        }

        @Override
        public void forget(WireId wire) {
            wanted.remove(wire);
        }

        @Override
        public FarEndStatus status(WireId wire) {
            return statuses.getOrDefault(wire, FarEndStatus.PENDING);
        }

        @Override
        public void remove(WireRecord wire, Runnable done) {
            loop.schedule(someMillis(30), () -> {
                fabric.daemon(wire.host()).disconnect(wire.id(), Side.B, wire.farSideGeneration());
                done.run();
            });
        }
    }
}
