package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.VmDebt;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMovePhase;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives the moves of virtual machines that this node has claimed, claims those whose driver is gone, pays what is owed to hosts
 * that machines have left, and sees to it that they are awaited where they may appear.
 *
 * <p>Level-triggered: a round looks at what is agreed on, has the next step of each move taken aside, and proposes what came of
 * it. Lives on the owner thread; only steps leave it.
 */
public final class MachineMover {
    private static final Logger LOG = LoggerFactory.getLogger(MachineMover.class);
    private static final Duration BUSY_PERIOD = Duration.ofMillis(50);
    private static final Duration IDLE_PERIOD = Duration.ofMillis(500);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(20);
    /** What a machine that was suspended to go on elsewhere is given, before anybody asks where it is. */
    private static final Duration CUT_OVER = Duration.ofMillis(500);
    /** What it is given for itself when it goes on: an emulated processor begins with nothing translated. */
    private static final Duration ARRIVAL = Duration.ofMillis(250);
    /** Its announcement is on its way when its hypervisor tells that it goes on; who hears it needs no telling. */
    private static final Duration ANNOUNCEMENT = Duration.ofMillis(20);

    private static final Duration DEBT_PAUSE = Duration.ofMillis(500);
    private static final Duration CLAIM_PAUSE = Duration.ofMillis(300);
    /** After which a move that has not begun in earnest is claimed by a node that does not reach the hypervisor, either. */
    private static final Duration CLAIM_PATIENCE = Duration.ofSeconds(5);

    private final NodeRecord self;
    private final Loop loop;
    private final MachineHosts hosts;
    private final Executor aside;
    private final Consumer<FabricCommand> proposals;
    private final Supplier<FabricState> latest;
    private final MoveObserver observer;
    private final Turns turns;
    private final Pace pace = new Pace();
    private final Map<String, MachineMove> driven = new HashMap<>();
    private final Map<Prepared, Long> prepared = new HashMap<>();
    private final Set<String> underWay = new HashSet<>();
    /** What each kind of step failed of last, which is said once and not twenty times a second. */
    private final Map<String, String> complaints = new ConcurrentHashMap<>();

    private List<String> toAwait = List.of();
    private FabricState state = FabricState.INITIAL;
    private Set<String> present = Set.of();
    private boolean stopped;

    /**
     * @param aside where steps are taken, which ask hosts and wait for them
     * @param proposals takes commands for the log, on the owner thread
     * @param latest asks the log for what is agreed now; aside, since it may block
     */
    public MachineMover(
            NodeRecord self,
            Loop loop,
            MachineHosts hosts,
            Executor aside,
            Consumer<FabricCommand> proposals,
            Supplier<FabricState> latest,
            MoveObserver observer) {
        this.self = self;
        this.loop = loop;
        this.hosts = hosts;
        this.aside = aside;
        this.proposals = proposals;
        this.latest = latest;
        this.observer = observer;
        this.turns = new Turns(self.name(), loop.ticker());
    }

    /** Begins the periodic round. */
    public void start() {
        loop.assertInLoop();
        tick();
    }

    /** Takes no further step. */
    public void stop() {
        stopped = true;
    }

    /** What is agreed on now, and which nodes can be reached. */
    public void agreed(FabricState now, Set<String> reachable) {
        state = now;
        toAwait = now.machinesToAwait();
        prepared.keySet().removeIf(key -> now.machines().vms().values().stream().noneMatch(key.vm()::equals));
        present = Set.copyOf(reachable);
        driven.keySet().forEach(pace::wake);
        round();
    }

    /** The hypervisor of that URI has told something. Safe from any thread. */
    public void told(String hypervisor, HypervisorEvent event) {
        loop.execute(() -> {
            if (event instanceof HypervisorEvent.MachineChanged changed) {
                driven.keySet().stream()
                        .filter(vm -> state.machines()
                                .vm(vm)
                                .filter(it -> it.id().equals(changed.id()))
                                .isPresent())
                        .forEach(vm -> changed(vm, hypervisor, changed));
            } else {
                driven.keySet().forEach(pace::wake);
            }
            round();
        });
    }

    private void changed(String vm, String hypervisor, HypervisorEvent.MachineChanged changed) {
        pace.wake(vm);
        long now = loop.ticker().nanoTime();
        if (!changed.migrated()) {
            return;
        }
        if (changed.change() == HypervisorEvent.Change.SUSPENDED) {
            pace.calm(vm, now, CUT_OVER);
        } else if (changed.change() == HypervisorEvent.Change.RESUMED) {
            pace.calm(vm, now, ARRIVAL);
            boolean there = state.machines()
                    .moving(vm)
                    .map(move -> state.topology().hosts().get(move.to()))
                    .filter(host -> hypervisor.equals(host.libvirt()))
                    .isPresent();
            if (there) {
                loop.schedule(ANNOUNCEMENT, () -> activate(vm));
            }
        }
    }

    /** The second source of activation: not behind a step that may wait for the hypervisor which has just told this. */
    private void activate(String vm) {
        MachineMove move = driven.get(vm);
        FabricState now = state;
        if (move != null && !stopped) {
            step("activate " + vm, Duration.ZERO, () -> {
                move.resumedThere(now);
                return Optional.empty();
            });
        }
    }

    private void tick() {
        if (stopped) {
            return;
        }
        round();
        loop.schedule(driven.isEmpty() ? IDLE_PERIOD : BUSY_PERIOD, this::tick);
    }

    private void round() {
        if (stopped) {
            return;
        }
        driven.keySet()
                .removeIf(vm -> state.machines()
                        .moving(vm)
                        .filter(move -> move.instance().equals(self.instance()))
                        .isEmpty());
        pace.only(driven.keySet());
        for (String vm : state.machines().moves().keySet()) {
            state.machines().moving(vm).ifPresent(move -> {
                if (move.instance().equals(self.instance())) {
                    drive(move);
                } else {
                    claimIfDue(move);
                }
            });
        }
        boolean janitor = present.stream()
                .sorted()
                .findFirst()
                .filter(self.name()::equals)
                .isPresent();
        if (janitor) {
            toAwait.forEach(vm -> step("await " + vm, DEBT_PAUSE, () -> Optional.of(new FabricCommand.StandByVm(vm))));
            state.machines().vms().values().forEach(this::prepare);
        }
        Set<String> todo = new HashSet<>();
        for (VmMove move : state.machines().moves().values()) {
            if (isUndriven(move)) {
                todo.add(claimOf(move));
            }
        }
        for (VmDebt debt : state.machines().debts()) {
            todo.add(nameOf(debt));
            if (turns.isMine(nameOf(debt), order())) {
                pay(debt);
            }
        }
        turns.only(todo);
    }

    private void drive(VmMove move) {
        MachineMove mine = driven.compute(
                move.vm(),
                (vm, known) -> known != null && known.generation() == move.generation()
                        ? known
                        : new MachineMove(
                                move.generation(),
                                self.instance(),
                                hosts,
                                latest,
                                loop.ticker(),
                                observer,
                                () -> loop.execute(() -> ended(vm))));
        FabricState now = state;
        if (pace.isDue(move.vm(), loop.ticker().nanoTime())) {
            step("move " + move.vm(), Duration.ZERO, () -> {
                Optional<FabricCommand> next = mine.step(now);
                if (next.isEmpty()) {
                    loop.execute(() -> pace.rest(move.vm(), loop.ticker().nanoTime(), mine.rest()));
                }
                return next;
            });
        }
    }

    /** A hypervisor has ended its work. */
    private void ended(String vm) {
        pace.wake(vm);
        round();
    }

    private List<String> order() {
        return Turns.order(state, present);
    }

    private boolean isUndriven(VmMove move) {
        boolean isDriven = present.contains(move.driver())
                && state.node(move.driver())
                        .filter(node -> node.instance().equals(move.instance()))
                        .isPresent();
        return !move.phase().isOver() && !isDriven;
    }

    /** The first node that reaches the source's hypervisor takes what nobody drives. */
    private void claimIfDue(VmMove move) {
        if (!isUndriven(move) || !turns.isMine(claimOf(move), order())) {
            return;
        }
        Optional<FabricCommand> claim = Optional.of(new FabricCommand.ClaimVmMove(
                move.vm(), move.generation(), move.instance(), self.name(), self.instance()));
        // Before anything has moved, even one that reaches no hypervisor can roll it back.
        boolean anyway =
                move.phase() == VmMovePhase.PREPARE && turns.allHadTheirs(claimOf(move), order(), CLAIM_PATIENCE);
        FabricState now = state;
        step(claimOf(move), CLAIM_PAUSE, () -> anyway || reaches(now, move) ? claim : Optional.empty());
    }

    private boolean reaches(FabricState now, VmMove move) {
        HostSpec source = now.topology().hosts().get(move.from());
        try {
            if (source == null) {
                return false;
            }
            Hypervisor hypervisor = hosts.hypervisor(move.from(), source);
            now.machines().vm(move.vm()).ifPresent(vm -> hypervisor.state(vm.id()));
            return true;
        } catch (WireException e) {
            LOG.info("Cannot go on with the move of {} from here: {}", move.vm(), e.getMessage());
            return false;
        }
    }

    private static String claimOf(VmMove move) {
        return "claim " + move.vm() + " " + move.generation() + " " + move.instance();
    }

    private static String nameOf(VmDebt debt) {
        return "debt " + debt.vm() + " " + debt.host() + " " + debt.endpoint();
    }

    private record Prepared(VmRecord vm, String host, HostSpec spec) {}

    /** The endpoints that await a machine where it may appear; looked at now and then, since connectors may lose them. */
    private void prepare(VmRecord vm) {
        for (String host : vm.prepared()) {
            HostSpec spec = state.topology().hosts().get(host);
            if (spec != null && state.machines().moving(vm.name()).isEmpty()) {
                Prepared what = new Prepared(vm, host, spec);
                long now = loop.ticker().nanoTime();
                Long done = prepared.get(what);
                if (done == null || now - done >= LOOK_AGAIN.toNanos()) {
                    step("prepare " + vm.name() + " " + host, DEBT_PAUSE, () -> {
                        vm.nics().forEach(nic -> new NicEndpoint(nic).ensure(hosts.connector(host, spec)));
                        loop.execute(() -> prepared.put(what, now));
                        return Optional.empty();
                    });
                }
            }
        }
    }

    private void pay(VmDebt debt) {
        FabricState now = state;
        step(nameOf(debt), DEBT_PAUSE, () -> new DebtPayment(debt, hosts, latest).step(now));
    }

    /** One step of a kind at a time; what comes of it is proposed, and the next is taken in a later round. */
    private void step(String what, Duration pause, Supplier<Optional<FabricCommand>> work) {
        if (!underWay.add(what)) {
            return;
        }
        aside.execute(() -> {
            Optional<FabricCommand> next = attempt(what, work);
            loop.execute(() -> {
                next.filter(it -> !stopped).ifPresent(proposals);
                loop.schedule(pause, () -> underWay.remove(what));
            });
        });
    }

    private Optional<FabricCommand> attempt(String what, Supplier<Optional<FabricCommand>> work) {
        try {
            Optional<FabricCommand> next = work.get();
            complaints.remove(what);
            return next;
        } catch (RuntimeException failure) {
            String complaint = String.valueOf(failure.getMessage());
            if (!complaint.equals(complaints.put(what, complaint))) {
                LOG.warn("A step of {} failed; it is taken again: {}", what, complaint);
            }
            LOG.debug("{}", what, failure);
            return Optional.empty();
        }
    }
}
