package io.virtualwire.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.component.Component;
import io.virtualwire.component.SwitchComponent;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.InMemoryFabric;
import io.virtualwire.machine.MachineMover;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.migration.FarEndStatus;
import io.virtualwire.migration.FarEnds;
import io.virtualwire.migration.KeeperContext;
import io.virtualwire.migration.KeeperObserver;
import io.virtualwire.migration.ReplicatedStates;
import io.virtualwire.relocation.RelocationDriver;
import io.virtualwire.testkit.fabric.Interference;
import io.virtualwire.testkit.fabric.Sabotage;
import io.virtualwire.testkit.fabric.Step;
import io.virtualwire.testkit.fabric.VirtualDaemon;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.Relocation;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.TopologyFile;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMoveWay;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.topology.VmSpec;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.PeerStatus;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
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
    /** The receiver of what is proposed to the log. */
    static final String MAJORITY = "majority";

    private static final FarEndStatus NO_ANSWER = new FarEndStatus(FarEndStatus.Progress.FAILED, "no answer");
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
    /** Those whose guests have a wire. */
    final Map<String, VirtualStation> stations = new LinkedHashMap<>();

    private final Map<String, VirtualStation> ports = new HashMap<>();
    private final InMemoryFabric<FabricCommand, FabricState> logs =
            new InMemoryFabric<>(new FabricStateMachine(), NODES.size());
    private final Map<String, RunningNode> nodes = new LinkedHashMap<>();
    private final Map<String, JsonNode> kept = new HashMap<>();
    private final Set<String> absent = new HashSet<>();
    private final Set<String> alone = new HashSet<>();
    private final Map<String, Duration> late = new HashMap<>();
    private int lives;
    private @Nullable VirtualMachines machines;
    private boolean traffic;
    private Duration gap = Duration.ofMillis(5);

    VirtualNodes(long seed, Weather weather) {
        fabric = new VirtualFabric(seed, weather);
        random = fabric.random();
        for (String node : NODES) {
            fabric.node(node);
            nodes.put(node, new RunningNode(node));
        }
        int number = 1;
        for (Map.Entry<String, String> guest : GUESTS.entrySet()) {
            VirtualStation station = new VirtualStation(guest.getKey(), number++, this::nanoTime);
            stations.put(guest.getKey(), station);
            ports.put(guest.getKey(), station);
            fabric.daemon(guest.getValue()).addPort(guest.getKey(), station);
        }
        nodes.values().forEach(RunningNode::start);
    }

    /** Makes web a virtual machine, which may move from h1 to h4. */
    VirtualNodes withMachine() {
        VirtualMachines made = new VirtualMachines(fabric, stations.get(VirtualMachines.VM));
        machines = made;
        nodes.values().forEach(RunningNode::driveMachines);
        String hosts = TOPOLOGY.replace(
                        "h1: { api: \"h1:1\" }", "h1: { api: \"h1:1\", libvirt: \"fake:///h1\", cloud: east }")
                .replace("h3: { api", "h4: { api: \"h4:1\", libvirt: \"fake:///h4\", cloud: west }, h3: { api");
        String web = "  - { switch: lan, port: web, endpoint: web@h1 }\n";
        fabric.run(Duration.ofSeconds(1));
        propose(new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", hosts.replace(web, "")), "without"));
        propose(new FabricCommand.AttachVm(made.record()));
        return begin(TopologyFile.parse("test", hosts.replace("web@h1", "web")));
    }

    VirtualMachines machines() {
        return Objects.requireNonNull(machines);
    }

    void moveMachine() {
        moveMachine(VirtualMachines.TARGET);
    }

    void moveMachine(String to) {
        String driver = "east";
        String process = state().node(driver).map(NodeRecord::instance).orElseThrow();
        propose(new FabricCommand.BeginVmMove(VirtualMachines.VM, to, VmMoveWay.DEFAULT, driver, process));
    }

    /** From now on the machine is awaited at the other host, and followed. */
    void awaitMachine() {
        Topology now = state().topology();
        propose(new FabricCommand.ApplyTopology(
                -1,
                now.withVm(
                        VirtualMachines.VM,
                        new VmSpec(VmSpec.Follow.RARP, List.of(VirtualMachines.SOURCE, VirtualMachines.TARGET))),
                "awaited"));
        requireAwaited();
    }

    void requireAwaited() {
        require("the machine is awaited", Duration.ofSeconds(20), () -> {
            VmRecord vm = state().machines().vm(VirtualMachines.VM).orElseThrow();
            return vm.prepared().size() == 1
                    && undesired().isEmpty()
                    && machines().leftovers(vm.host(), vm.prepared()).isEmpty();
        });
    }

    /** Has what is left of the east moved to the west, in this order. */
    void relocate(List<RelocationStep> order) {
        List<RelocationStep> left = order.stream()
                .filter(step -> step.kind() == RelocationStep.Kind.MACHINE
                        ? state().machines()
                                .vm(step.name())
                                .orElseThrow()
                                .host()
                                .equals(step.from())
                        : owner().equals(step.from()))
                .toList();
        propose(new FabricCommand.BeginRelocation("east", "west", VmMoveWay.DEFAULT, 0, left));
    }

    Relocation relocation() {
        return state().relocation().orElseThrow();
    }

    /** Calls the machine's move off, if that is still possible. */
    void giveMachineUp() {
        VmMove move = lastMove();
        if (move.phase().mayRollBack()) {
            propose(new FabricCommand.GiveUpVmMove(VirtualMachines.VM, move.generation()));
        }
    }

    VmMove lastMove() {
        return state().machines().lastMove(VirtualMachines.VM).orElseThrow();
    }

    /** Starts the guest, which has ended, where the fabric has it. */
    void startMachineAgain() {
        String host = state().machines().vm(VirtualMachines.VM).orElseThrow().host();
        machines().hypervisors.at(VirtualMachines.uriOf(host)).start(VirtualMachines.VM);
        stations.values().forEach(VirtualStation::announce);
    }

    /** Fails unless the machine is at one place, the log's, with its endpoint, and nothing of it anywhere else. */
    void verifyMachine() {
        require(
                "the machine's move ends",
                Duration.ofSeconds(60),
                () -> state().machines().moving(VirtualMachines.VM).isEmpty());
        require(
                "nothing is owed",
                Duration.ofSeconds(30),
                () -> state().machines().debts().isEmpty());
        String at = state().machines().vm(VirtualMachines.VM).orElseThrow().host();
        List<String> left = machines()
                .leftovers(
                        at,
                        state().machines().vm(VirtualMachines.VM).orElseThrow().prepared());
        if (!left.isEmpty()) {
            throw failure("the machine is at " + at + ", and there are " + left + "; its move: "
                    + state().machines().lastMove(VirtualMachines.VM));
        }
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
        propose(new FabricCommand.ApplyTopology(-1, topology, "nonce"));
        require("the switch starts", Duration.ofSeconds(12), () -> deciders().equals(Set.of("east")));
        fabric.run(Duration.ofSeconds(1));
        stations.values().forEach(VirtualStation::announce);
        fabric.run(Duration.ofSeconds(1));
        return this;
    }

    /** Every station sends to every other, about every {@code gap}. */
    void startTraffic(Duration every) {
        gap = every;
        traffic = true;
        trafficRound();
    }

    void slowTraffic(Duration every) {
        gap = every;
    }

    private void trafficRound() {
        if (traffic) {
            for (VirtualStation from : stations.values()) {
                for (VirtualStation to : stations.values()) {
                    if (from != to) {
                        from.send(to);
                    }
                }
            }
            fabric.at(gap, this::trafficRound);
        }
    }

    void stopTraffic() {
        traffic = false;
        fabric.run(Duration.ofSeconds(2));
    }

    /** Applies the topology, and waits for nothing. */
    void apply() {
        propose(new FabricCommand.ApplyTopology(0, topology(), "nonce"));
    }

    /** The topology without the wire to web. */
    void unplugWeb() {
        Topology without =
                TopologyFile.parse("test", TOPOLOGY.replace("  - { switch: lan, port: web, endpoint: web@h1 }\n", ""));
        propose(new FabricCommand.ApplyTopology(-1, without, "nonce"));
        stations.remove("web");
    }

    /** Somebody with the tenant's credentials disconnects a host's side that the fabric wants. */
    void disconnectWebByHand() {
        WireRecord web = state().wires().get(LAN + "/web");
        fabric.daemon(web.host()).disconnect(web.id(), Side.B, web.farSideGeneration());
    }

    long beginMove(String to) {
        long highest = state().claim(LAN).orElseThrow().highest();
        propose(new FabricCommand.BeginMove(LAN, highest, to));
        return state().claim(LAN).orElseThrow().highest();
    }

    /** Has a node move away what it holds; gives what stays, when it has done what it can. */
    CompletableFuture<Set<String>> leave(String name) {
        CompletableFuture<Set<String>> over = new CompletableFuture<>();
        Reconciler reconciler = Objects.requireNonNull(nodes.get(name).reconciler);
        Loop loop = fabric.daemon(name).loop();
        loop.execute(() -> reconciler.leave().thenAccept(over::complete));
        return over;
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
        if (name.equals(MAJORITY)) {
            NODES.stream().filter(this::isUp).forEach(node -> crash(node, downFor));
            return;
        }
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
            if (machines != null) {
                machines.restarted(name);
            }
            GUESTS.forEach((guest, host) -> {
                if (host.equals(name) && !(machines != null && guest.equals(VirtualMachines.VM))) {
                    fabric.daemon(name).addPort(guest, ports.get(guest));
                }
            });
        }
    }

    /** What a sabotage does: who crashes is back after {@code away}, and what is cut is mended then. */
    Sabotage.Means means(Duration away) {
        return new Sabotage.Means() {
            @Override
            public void crash(String daemon) {
                // Whoever is in the middle of something ends it first, but nobody hears of it.
                if (!daemon.equals(MAJORITY)) {
                    fabric.daemon(daemon).silence();
                }
                fabric.at(Duration.ZERO, () -> VirtualNodes.this.crash(daemon, away));
            }

            @Override
            public void cut(String one, String other) {
                if (other.equals(MAJORITY)) {
                    isolate(one, true);
                    fabric.at(away, () -> isolate(one, false));
                } else {
                    fabric.cut(fabric.daemon(one), fabric.daemon(other));
                    fabric.at(away, () -> fabric.mend(fabric.daemon(one), fabric.daemon(other)));
                }
            }

            @Override
            public void breakStream(String one, String other) {
                fabric.breakStream(fabric.daemon(one), fabric.daemon(other));
            }
        };
    }

    /** From now on a node hears so much later than others what is agreed. */
    void hearsLate(String name, Duration by) {
        late.put(name, by);
    }

    /** Cuts a node off from everything but itself, or lets it back. */
    void isolate(String name, boolean cut) {
        isolate(name, cut, Duration.ofMillis(1500));
    }

    /** @param noticed how long it takes until nodes see that they see, or do not see, each other */
    void isolate(String name, boolean cut, Duration noticed) {
        for (String other : List.of("east", "north", "west", "h1", "h2", "h3", VirtualMachines.TARGET)) {
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
            logs.start(NODES.indexOf(name));
        }
        fabric.at(noticed, () -> {
            if (!cut) {
                alone.remove(name);
            }
            tellMembers();
        });
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
        require(
                "every side is as it is wanted, and no other is left",
                Duration.ofSeconds(8),
                () -> undesired().isEmpty());
        verifyNoDuplicates();
    }

    /** What is observed and not desired, or desired and not observed. */
    private List<String> undesired() {
        FabricState wanted = state();
        Generation generation = wanted.claim(LAN).orElseThrow().ownGeneration();
        List<String> undesired = new ArrayList<>();
        wanted.removed().forEach(wire -> undesired.add(wire.name() + " is not forgotten"));
        for (String host : List.of("h1", "h2", "h3", VirtualMachines.TARGET)) {
            List<WireRecord> wires = wanted.wires().values().stream()
                    .filter(wire -> wire.host().equals(host))
                    .toList();
            List<SideStatus> sides = fabric.daemon(host).sides();
            long awaiting = wanted.wires().values().stream()
                    .flatMap(wire -> wire.ahead().stream()
                            .filter(place -> place.host().equals(host)
                                    && sides.stream().anyMatch(side -> standsBy(side, wire, place))))
                    .count();
            long awaited = wanted.wires().values().stream()
                    .flatMap(wire -> wire.ahead().stream())
                    .filter(place -> place.host().equals(host))
                    .count();
            if (sides.size() != wires.size() + awaiting
                    || awaiting != awaited
                    || !wires.stream()
                            .allMatch(wire -> sides.stream().anyMatch(side -> isFarSide(side, wire, generation)))) {
                undesired.add(host + " has " + sides);
            }
        }
        for (String node : NODES) {
            List<SideStatus> sides = fabric.daemon(node).sides();
            int expected = node.equals(owner()) ? wanted.wires().size() : 0;
            if (sides.size() != expected
                    || !sides.stream().allMatch(side -> side.generation().equals(generation) && side.agreed())) {
                undesired.add(node + " has " + sides);
            }
        }
        return undesired;
    }

    private static boolean standsBy(SideStatus side, WireRecord wire, WirePlace place) {
        return side.wire().equals(wire.id())
                && side.generation().equals(place.sideGeneration())
                && side.state() == SideState.STANDBY
                && side.agreed();
    }

    private static boolean isFarSide(SideStatus side, WireRecord wire, Generation generation) {
        return side.wire().equals(wire.id())
                && side.generation().equals(wire.farSideGeneration())
                && side.peers().stream()
                        .filter(peer -> peer.state() == PeerState.ACTIVE)
                        .map(PeerStatus::generation)
                        .toList()
                        .equals(List.of(generation));
    }

    /** Fails if a frame was lost though no bound was exceeded. */
    void verifyNothingLostOrABoundWasCounted() {
        for (VirtualStation from : stations.values()) {
            for (VirtualStation to : stations.values()) {
                if (from != to && to.gotFrom(from) != from.sentTo(to) && !fabric.isBoundExceeded()) {
                    throw failure(from.name() + " sent " + from.sentTo(to) + " to " + to.name() + ", which got "
                            + to.gotFrom(from));
                }
            }
        }
    }

    /** How many frames never arrived. */
    long lost() {
        long lost = 0;
        for (VirtualStation from : stations.values()) {
            for (VirtualStation to : stations.values()) {
                lost += from == to ? 0 : from.sentTo(to) - to.gotFrom(from);
            }
        }
        return lost;
    }

    void verifyNoDuplicates() {
        stations.values().forEach(station -> {
            if (!station.duplicates().isEmpty()) {
                throw failure(station.name() + " got twice: " + station.duplicates());
            }
        });
    }

    /** What a node proposes, as steps that may fail. */
    private final class InterferedLog implements FabricLog<FabricCommand, FabricState> {
        private final String node;
        private final FabricLog<FabricCommand, FabricState> log;

        InterferedLog(String node, FabricLog<FabricCommand, FabricState> log) {
            this.node = node;
            this.log = log;
        }

        @Override
        public CompletableFuture<Applied<FabricState>> append(FabricCommand command) {
            String what = "propose " + command.getClass().getSimpleName()
                    + (command instanceof FabricCommand.AdvanceVmMove advance ? " from " + advance.from() : "");
            Step step = new Step(what, node, MAJORITY);
            Interference.Fate fate = fabric.interference().begins(step);
            if (fate == Interference.Fate.LOST) {
                return CompletableFuture.failedFuture(noAnswer());
            }
            CompletableFuture<Applied<FabricState>> done = log.append(command);
            if (fate == Interference.Fate.ARRIVES_TWICE) {
                log.append(command).exceptionally(refused -> log.current());
            }
            return fabric.interference().done(step) ? done : CompletableFuture.failedFuture(noAnswer());
        }

        private WireException noAnswer() {
            return new WireException(ErrorCode.UNAVAILABLE, "no answer", "Repeat it.");
        }

        @Override
        public Applied<FabricState> current() {
            return log.current();
        }

        @Override
        public CompletableFuture<Applied<FabricState>> latest() {
            return log.latest();
        }

        @Override
        public Registration onChange(Consumer<Applied<FabricState>> listener) {
            return log.onChange(listener);
        }

        @Override
        public boolean isLeader() {
            return log.isLeader();
        }

        @Override
        public void close() {
            log.close();
        }
    }

    /** A node's process, one life after the other. */
    private final class RunningNode {
        private final String name;
        private final List<HandoffEvent> events = new ArrayList<>();
        private @Nullable Reconciler reconciler;
        private @Nullable MachineMover mover;
        private @Nullable RelocationDriver relocations;
        private @Nullable NodeRecord self;
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
            FabricLog<FabricCommand, FabricState> log = new InterferedLog(name, logs.log(NODES.indexOf(name)));
            NodeRecord self = new NodeRecord(
                    name, daemon.identity(), name + "-" + mine, List.of(), "", name.equals("west") ? "west" : "east");
            Connectors connectors = new Connectors(loop);
            KeeperContext context = new KeeperContext(
                    self,
                    "acme",
                    UnaryOperator.identity(),
                    loop,
                    new EngineNodeWires(daemon.engine(), OwnAddress.untranslated("127.0.0.1")),
                    connectors,
                    new Kept(loop),
                    component -> new SwitchComponent(component, loop),
                    new LogProposals(log, loop, task -> loop.schedule(someMillis(8), task)),
                    new Events(events));
            Reconciler made = new Reconciler(context, log::latest);
            reconciler = made;
            this.self = self;
            mover = null;
            relocations = null;
            driveMachines();
            connectors.changed = made::farEndChanged;
            daemon.observe(new Observer(made));
            loop.execute(made::start);
            log.onChange(applied -> loop.schedule(someMillis(12).plus(late.getOrDefault(name, Duration.ZERO)), () -> {
                made.agreed(applied);
                if (reconciler == made) {
                    tellMovers(made);
                }
            }));
            new Announcement(log, loop, self).begin();
            whoJoinsFindsOnlyTheLiving();
            VirtualNodes.this.tellMembers();
        }

        void driveMachines() {
            VirtualMachines there = machines;
            NodeRecord own = self;
            if (there == null || own == null) {
                return;
            }
            Loop loop = fabric.daemon(name).loop();
            FabricLog<FabricCommand, FabricState> log = new InterferedLog(name, logs.log(NODES.indexOf(name)));
            MachineMover made = new MachineMover(
                    own,
                    loop,
                    there.asSeenBy(name),
                    task -> loop.schedule(someMillis(8), task),
                    new LogProposals(log, loop, task -> loop.schedule(someMillis(8), task)),
                    () -> log.latest().thenApply(Applied::state).join(),
                    (move, progress) -> {});
            mover = made;
            there.listen(name, (uri, event) -> {
                if (mover == made) {
                    made.told(uri, event);
                }
            });
            loop.execute(made::start);
            RelocationDriver driver = new RelocationDriver(
                    own,
                    loop,
                    there.asSeenBy(name),
                    task -> loop.schedule(someMillis(8), task),
                    new LogProposals(log, loop, task -> loop.schedule(someMillis(8), task)));
            relocations = driver;
            loop.execute(driver::start);
        }

        private void whoJoinsFindsOnlyTheLiving() {
            NODES.stream().filter(other -> !isUp(other)).forEach(absent::add);
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
            loop.execute(() -> {
                to.present(present);
                tellMovers(to);
            });
        }

        private void tellMovers(Reconciler of) {
            if (mover != null) {
                mover.agreed(of.state(), of.presentNodes());
            }
            if (relocations != null) {
                relocations.agreed(of.state(), of.presentNodes());
            }
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
        public void waitsFor(String component, Generation generation, Set<String> hosts) {}

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

    private record SideAt(WireId wire, String host) {}

    /** The connectors as one node asks them: slow, away while their daemon is, and asked again. */
    private final class Connectors implements FarEnds {
        private final Loop loop;
        private final Map<SideAt, ConnectRequest> wanted = new HashMap<>();
        private final Map<SideAt, FarEndStatus> statuses = new HashMap<>();
        private final Map<WireId, String> hosts = new HashMap<>();
        private final Map<WireId, Set<String>> ahead = new HashMap<>();
        private final Set<WireId> arrived = new HashSet<>();
        private Runnable changed = () -> {};

        Connectors(Loop loop) {
            this.loop = loop;
            look();
        }

        @Override
        public void want(WireRecord wire, ConnectRequest request) {
            String before = hosts.put(wire.id(), wire.host());
            if (before != null && !before.equals(wire.host())) {
                wanted.remove(new SideAt(wire.id(), before));
            }
            if (wire.arrived()) {
                arrived.add(wire.id());
            }
            ahead.getOrDefault(wire.id(), new HashSet<>()).remove(wire.host());
            want(new SideAt(wire.id(), wire.host()), request);
        }

        @Override
        public void wantAhead(WireRecord wire, Map<WirePlace, ConnectRequest> standbys) {
            Set<String> hostsNow = new HashSet<>();
            standbys.forEach((place, request) -> {
                hostsNow.add(place.host());
                want(new SideAt(wire.id(), place.host()), request);
            });
            for (String before : ahead.getOrDefault(wire.id(), Set.of())) {
                if (!hostsNow.contains(before) && !before.equals(hosts.get(wire.id()))) {
                    wanted.remove(new SideAt(wire.id(), before));
                }
            }
            ahead.put(wire.id(), hostsNow);
        }

        private void want(SideAt at, ConnectRequest request) {
            if (!request.equals(wanted.put(at, request))) {
                statuses.put(at, FarEndStatus.PENDING);
                loop.schedule(someMillis(30), () -> connect(at, request));
            }
        }

        private void connect(SideAt at, ConnectRequest request) {
            if (!request.equals(wanted.get(at))) {
                return;
            }
            VirtualDaemon host = fabric.daemon(at.host());
            FarEndStatus status;
            Step step = new Step(
                    "connect g" + request.peer().generation().number()
                            + (request.peer().fence() ? " (fence)" : ""),
                    nameOf(),
                    host.name());
            Interference.Fate fate = fabric.interference().begins(step);
            if (fate == Interference.Fate.LOST || !reaches(host)) {
                status = NO_ANSWER;
            } else {
                try {
                    host.connect(request);
                    if (arrived.contains(at.wire()) && at.host().equals(hosts.get(at.wire()))) {
                        host.activate(at.wire(), Side.B);
                    }
                    if (fate == Interference.Fate.ARRIVES_TWICE) {
                        fabric.at(Duration.ofMillis(400), () -> connectAgain(host, request));
                    }
                    status = fabric.interference().done(step) ? FarEndStatus.CONFIRMED : NO_ANSWER;
                } catch (WireException refused) {
                    status = new FarEndStatus(
                            FarEndStatus.Progress.FAILED,
                            refused.toString(),
                            host.disconnectedAt(request.wire(), request.side()));
                }
            }
            FarEndStatus now = status;
            if (now.equals(NO_ANSWER)) {
                loop.schedule(Duration.ofMillis(300), () -> connect(at, request));
            }
            loop.schedule(someMillis(15), () -> {
                if (request.equals(wanted.get(at))) {
                    statuses.put(at, now);
                    changed.run();
                }
            });
        }

        private boolean reaches(VirtualDaemon host) {
            return host.isUp() && !fabric.isCut(fabric.daemon(nameOf()), host);
        }

        private void disconnectAgain(WireRecord wire) {
            VirtualDaemon host = fabric.daemon(wire.host());
            if (host.isUp()) {
                disconnect(host, wire);
            }
        }

        private void disconnect(VirtualDaemon host, WireRecord wire) {
            try {
                host.disconnect(wire.id(), Side.B, wire.farSideGeneration());
            } catch (WireException refused) {
                fabric.note(host.name() + " refused to disconnect: " + refused.getMessage());
            }
        }

        /** A copy of a request that was long under way. */
        private void connectAgain(VirtualDaemon host, ConnectRequest request) {
            if (host.isUp()) {
                try {
                    host.connect(request);
                } catch (WireException refused) {
                    fabric.note(host.name() + " refused a late copy: " + refused.getMessage());
                }
            }
        }

        private String nameOf() {
            return nodes.values().stream()
                    .filter(node -> fabric.daemon(node.name).loop() == loop)
                    .map(node -> node.name)
                    .findFirst()
                    .orElse("");
        }

        private void look() {
            wanted.forEach((at, request) -> {
                VirtualDaemon host = fabric.daemon(at.host());
                if (reaches(host)
                        && statuses.getOrDefault(at, FarEndStatus.PENDING).progress()
                                == FarEndStatus.Progress.CONFIRMED) {
                    Optional<SideStatus> side = host.side(at.wire(), Side.B);
                    boolean there = side.isPresent()
                            && side.get().generation().equals(request.generation())
                            && side.get().peers().stream()
                                    .anyMatch(
                                            peer -> !request.peer().generation().isAfter(peer.generation()));
                    if (!there) {
                        loop.execute(() -> connect(at, request));
                    }
                }
            });
            loop.schedule(Duration.ofSeconds(2), this::look);
        }

        @Override
        public void forget(WireId wire) {
            Set<String> before = ahead.remove(wire);
            if (before != null) {
                before.forEach(host -> wanted.remove(new SideAt(wire, host)));
            }
            wanted.remove(new SideAt(wire, hosts.getOrDefault(wire, "")));
        }

        @Override
        public FarEndStatus status(WireId wire) {
            return statuses.getOrDefault(new SideAt(wire, hosts.getOrDefault(wire, "")), FarEndStatus.PENDING);
        }

        @Override
        public FarEndStatus aheadStatus(WireId wire) {
            return FarEndStatus.ofAll(ahead.getOrDefault(wire, Set.of()).stream()
                    .map(host -> statuses.getOrDefault(new SideAt(wire, host), FarEndStatus.PENDING)));
        }

        @Override
        public void remove(WireRecord wire, Runnable done) {
            loop.schedule(someMillis(30), () -> {
                VirtualDaemon host = fabric.daemon(wire.host());
                Step step = new Step("disconnect", nameOf(), host.name());
                Interference.Fate fate = fabric.interference().begins(step);
                if (fate == Interference.Fate.LOST || !reaches(host)) {
                    // The reconciler asks again.
                    return;
                }
                disconnect(host, wire);
                if (fate == Interference.Fate.ARRIVES_TWICE) {
                    fabric.at(Duration.ofMillis(400), () -> disconnectAgain(wire));
                }
                if (fabric.interference().done(step)) {
                    done.run();
                }
            });
        }
    }
}
