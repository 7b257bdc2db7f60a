package io.virtualwire.node;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import io.virtualwire.association.AssociationLimits;
import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ApiJson;
import io.virtualwire.cluster.ClusterMember;
import io.virtualwire.cluster.ClusterPlan;
import io.virtualwire.cluster.ClusterTunnel;
import io.virtualwire.component.SwitchComponent;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.Applied;
import io.virtualwire.log.Codec;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.LogSettings;
import io.virtualwire.log.VotingLog;
import io.virtualwire.machine.MachineMover;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.migration.KeeperContext;
import io.virtualwire.relocation.RelocationDriver;
import io.virtualwire.rest.Contract;
import io.virtualwire.rest.Doorkeeper;
import io.virtualwire.stack.SideLog;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.FabricStateMachine;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.WireEngine;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running node: the wire stack, the cluster's tunnel and membership, the log, the reconciler, the REST interface.
 *
 * <p>The data path needs none of the others: while they are away it goes on as it was.
 */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    private static final int LISTEN_SECONDS = 20;
    private static final int LATEST_SECONDS = 5;
    private static final int JOIN_ATTEMPTS = 10;

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final ReloadSource reloading = new ReloadSource("node");
    private @Nullable AuditTrail trail;
    private Runnable turn = () -> {};
    private CompletableFuture<Void> announced = CompletableFuture.completedFuture(null);
    private Supplier<CompletableFuture<Set<String>>> leaving = () -> CompletableFuture.completedFuture(Set.of());
    private int wirePort;
    private int apiPort;

    private Node() {}

    /** Starts everything; returns when others can reach it, which needs no majority. */
    public static Node start(NodeSettings settings) {
        Node node = new Node();
        try {
            if (settings.witness()) {
                node.vote(settings);
            } else {
                node.run(settings);
            }
            return node;
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    /** Where wires end; 0 for a witness. */
    public int wirePort() {
        return wirePort;
    }

    /** Where the REST interface listens; 0 for a witness. */
    public int apiPort() {
        return apiPort;
    }

    /** Returns when its owner thread has come round; a node that is stuck does not. */
    public void awaitTurn() {
        turn.run();
    }

    /**
     * Waits until the fabric knows this process, so that what is asked of it next finds it there.
     *
     * @param longest to wait; where a majority is missing that is no fault of this node
     * @return whether it does
     */
    public boolean awaitAnnounced(Duration longest) throws InterruptedException {
        try {
            announced.get(longest.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** How its configuration file is read again when somebody asks for it. */
    public void reloadWith(Supplier<ReloadReport> reload) {
        reloading.use(reload);
    }

    /** Reads its configuration file again, as who has the machine. */
    public ReloadReport reload() {
        try {
            ReloadReport report = reloading.reload();
            noteReload(report.file(), null);
            return report;
        } catch (RuntimeException e) {
            noteReload("", e);
            throw e;
        }
    }

    private void noteReload(String file, @Nullable RuntimeException failure) {
        AuditTrail to = trail;
        // A witness has no interface, so it keeps none.
        if (to != null) {
            to.local("reload", file, failure);
        }
    }

    /**
     * Moves what runs here to other nodes, without a frame lost; to be followed by {@link #close}.
     *
     * @param longest after which it goes on where it is; then others take it over when they miss this node
     */
    public void leave(Duration longest) {
        if (longest.isZero()) {
            return;
        }
        try {
            Set<String> stay = leaving.get().get(longest.toMillis(), TimeUnit.MILLISECONDS);
            if (!stay.isEmpty()) {
                LOG.warn("No other node can take {}", stay);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Not everything that runs here was moved to another node within {} s", longest.toSeconds());
        }
    }

    /** Ends all parts, the last that was started first. */
    @Override
    public void close() {
        while (!parts.isEmpty()) {
            try {
                parts.removeLast().close();
            } catch (Exception e) {
                LOG.warn("A part of the node did not end well", e);
            }
        }
    }

    private void vote(NodeSettings settings) {
        takePart(settings, new TlsContexts(settings.own()));
    }

    /** What a node has of the fabric, witness or not. */
    private record Part(NodeMembers members, VotingLog<FabricCommand, FabricState> log) {}

    private Part takePart(NodeSettings settings, TlsContexts tls) {
        NodeMembers members = add(NodeMembers.of(settings, tls));
        MemberDesk desk = new MemberDesk(tls.identity().tenant(), members);
        ClusterTunnel tunnel = add(ClusterTunnel.open(members.plan(), tls, settings.tunnel(), desk));
        members.follow(tunnel::follow);
        VotingLog<FabricCommand, FabricState> log =
                add(members.open((fabric, self, roster, voters, joins) -> VotingLog.open(
                        fabric,
                        self,
                        roster,
                        settings.state().resolve("log"),
                        new FabricStateMachine(),
                        voters,
                        LogSettings.DEFAULT,
                        joins)));
        desk.opens(new StampedLog(log, InstantSource.system()));
        return new Part(members, log);
    }

    private static String at(String host, int port) {
        return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host) + ":" + port;
    }

    private void run(NodeSettings settings) {
        TlsContexts tls = new TlsContexts(settings.own());
        CompletableFuture<Contract> contract = CompletableFuture.supplyAsync(NodeApi::contract);
        LateObserver observer = new LateObserver();
        WireStack stack = add(WireStack.start(
                new StackConfig(
                        settings.own(),
                        new InetSocketAddress(settings.listen(), settings.wirePort()),
                        AssociationLimits.DEFAULT),
                observer));
        wirePort = stack.port();
        turn = () -> WireStack.await(stack.inOneStep(_ -> true));
        Loop loop = stack.loop();
        SideLog sides = add(new SideLog(loop.ticker()));
        stack.addObserver(sides);
        WireEngine engine = WireStack.await(stack.inOneStep(it -> it));

        Part part = takePart(settings, tls);
        StampedLog log = new StampedLog(part.log(), InstantSource.system());
        Doorkeeper doorkeeper = new Doorkeeper();
        ClusterMember member = add(join(part.members()::plan, doorkeeper));
        part.members().follow(member::follow);
        member.follow(part.members().plan());
        Vertx vertx = member.vertx();

        NodeEvents steps = new NodeEvents(vertx, settings.name());
        String api = at(settings.listen(), settings.apiPort());
        NodeRecord self = new NodeRecord(
                settings.name(),
                tls.identity(),
                UUID.randomUUID().toString(),
                settings.wirePaths(wirePort),
                api,
                settings.cloud());
        OwnAddress near = settings.ownAddress();
        EngineNodeWires wires = new EngineNodeWires(engine, near);
        ConnectorFleet fleet = add(new ConnectorFleet(tls, near, loop, observer::farEndChanged));
        ExecutorService aside = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("node-aside").factory());
        add(aside::shutdownNow);
        ComponentVerticles verticles = new ComponentVerticles(vertx, loop, steps, aside);
        KeeperContext context = new KeeperContext(
                self,
                tls.identity().tenant(),
                near::near,
                loop,
                wires,
                fleet,
                new ReplicatedTableStates(
                        member.table("component-states", Codec.json(ApiJson.lenient(), JsonNode.class))),
                name -> new SwitchComponent(name, loop),
                new LogProposals(log, loop, aside),
                verticles);
        Reconciler reconciler = new Reconciler(context, log::latest);
        ComponentViews views = new ComponentViews(reconciler, wires, fleet);
        verticles.show(views);
        observer.reconciler = reconciler;

        NodeMachineHosts hosts = add(
                new NodeMachineHosts(tls, near, new HypervisorPool(settings.hypervisors(), observer::hypervisorTold)));
        // Libvirt's calls last, and would hold on to the carriers of virtual threads.
        ExecutorService machineSteps = Executors.newCachedThreadPool(
                Thread.ofPlatform().daemon().name("machine-step-", 0).factory());
        add(machineSteps::shutdownNow);
        MachineMover machines = new MachineMover(
                self,
                loop,
                hosts,
                machineSteps,
                new LogProposals(log, loop, aside),
                () -> log.latest()
                        .thenApply(Applied::state)
                        .orTimeout(LATEST_SECONDS, TimeUnit.SECONDS)
                        .join(),
                new CopyProgress(steps::copying, Ticker.system()));
        observer.machines = machines;
        RelocationDriver relocations =
                new RelocationDriver(self, loop, hosts, machineSteps, new LogProposals(log, loop, aside));

        loop.execute(reconciler::start);
        loop.execute(machines::start);
        loop.execute(relocations::start);
        FabricLog.Registration changes = log.onChange(applied -> loop.execute(() -> {
            reconciler.agreed(applied);
            machines.agreed(reconciler.state(), reconciler.presentNodes());
            relocations.agreed(reconciler.state(), reconciler.presentNodes());
            fleet.keepWarm(applied.state().topology());
        }));
        add(changes);
        EventFeed feed = new EventFeed();
        add(log.onChange(feed::agreed));
        add(member.membership().onChange(change -> {
            Set<Identity> present = member.membership().present();
            loop.execute(() -> {
                reconciler.present(present);
                machines.agreed(reconciler.state(), reconciler.presentNodes());
                relocations.agreed(reconciler.state(), reconciler.presentNodes());
            });
        }));
        announced = new Announcement(log, loop, self).begin();

        Supplier<Set<String>> present = () -> presentNames(log, member);
        FabricOperations fabric = new FabricOperations(
                vertx, settings.name(), log, present, () -> part.log().voters());
        NodeStanding standing = new NodeStanding(
                settings.name(),
                tls.self(),
                log,
                present,
                NodeStanding.of(stack, reconciler, views),
                new EventTally(feed),
                add(new ProcessMetrics()));
        AuditTrail audit = new AuditTrail(add(new AuditFile(settings.audit())), InstantSource.system());
        trail = audit;
        audit.local("start", tls.identity().toString(), null);
        add(() -> audit.local("stop", tls.identity().toString(), null));
        MachineOperations vms = new MachineOperations(vertx, self, log, hosts, present);
        RelocationOperations everything = new RelocationOperations(vertx, log, hosts, present);
        BusApi bus = new BusApi(
                vertx,
                fabric,
                vms,
                everything,
                add(new ConnectorOperations(vertx, tls, near, log)),
                feed,
                standing,
                reloading,
                audit);
        bus.open();
        NodeApi interfaceOfNode = new NodeApi(
                vertx,
                settings.name(),
                log,
                fabric,
                vms,
                everything,
                steps,
                feed,
                bus,
                standing,
                reloading,
                audit,
                contract.join());
        apiPort = await(
                        interfaceOfNode.listen(tls, settings.listen(), settings.apiPort(), doorkeeper),
                        settings.listen() + " port " + settings.apiPort())
                .actualPort();
        add(() -> WireStack.await(stack.inOneStep(_ -> {
            reconciler.stop();
            machines.stop();
            relocations.stop();
            return true;
        })));
        leaving = () -> WireStack.await(stack.inOneStep(_ -> reconciler.leave()));
        LOG.atInfo()
                .addKeyValue("event", "node.started")
                .addKeyValue("node", settings.name())
                .log("Node {} listens: wires {}, interface {}", settings.name(), self.wirePaths(), api);
    }

    /** Nodes that start at the same moment on a busy machine may miss one another at first. */
    private static ClusterMember join(Supplier<ClusterPlan> plan, Transport transport) {
        for (int attempt = 1; ; attempt++) {
            try {
                return ClusterMember.join(plan.get(), transport);
            } catch (WireException e) {
                if (e.code() != ErrorCode.UNAVAILABLE || attempt == JOIN_ATTEMPTS) {
                    throw e;
                }
                LOG.warn("{}; trying again", e.getMessage());
            }
        }
    }

    private static Set<String> presentNames(FabricLog<FabricCommand, FabricState> log, ClusterMember member) {
        Set<Identity> present = member.membership().present();
        return log.current().state().nodes().values().stream()
                .filter(node -> present.contains(node.identity()))
                .map(NodeRecord::name)
                .collect(Collectors.toSet());
    }

    private <T extends AutoCloseable> T add(T part) {
        parts.addLast(part);
        return part;
    }

    private static <T> T await(Future<T> future, String where) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(LISTEN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.INTERNAL, "interrupted while opening the interface at " + where, "", e);
        } catch (ExecutionException e) {
            throw unoffered(where, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            throw unoffered(where, new TimeoutException("nothing happened for " + LISTEN_SECONDS + " s"));
        }
    }

    private static WireException unoffered(String where, Throwable why) {
        return new WireException(
                ErrorCode.SYSTEM,
                "cannot offer the interface at " + where + ": " + why.getMessage(),
                "see who has the port with 'ss -lntp' and end it, or choose another with --api-port",
                why);
    }
}
