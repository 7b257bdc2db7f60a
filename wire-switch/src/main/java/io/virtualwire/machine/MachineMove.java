package io.virtualwire.machine;

import io.virtualwire.client.WireStatus;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.Machine;
import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.cloud.spi.MigrationPlan;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.machine.Whereabouts.Sight;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMoveMeasure;
import io.virtualwire.topology.VmMovePhase;
import io.virtualwire.topology.VmNic;
import io.virtualwire.topology.VmRecord;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One move of a virtual machine as its driver takes it, step by step; {@link VmMovePhase} draws it.
 *
 * <p>A step looks at the phase that is agreed on, asks hypervisors and connectors, does what is due in a way that suits a repeat,
 * and says what is to be agreed on next. What this object remembers is only how long it has waited and whether it began the
 * hypervisors' work: another driver goes on without it. Steps are taken one after the other, by any thread.
 */
final class MachineMove {
    private static final Logger LOG = LoggerFactory.getLogger(MachineMove.class);
    /** How often hypervisors are looked at that tell by themselves what changes. */
    private static final Duration LOOK = Duration.ofMillis(400);

    private static final Duration PREPARE_PATIENCE = Duration.ofSeconds(20);
    /** How long a target that cannot be asked is waited for, while the machine is at the source and no job moves it. */
    private static final Duration UNSURE_PATIENCE = Duration.ofSeconds(10);
    /** How long both hypervisors have to say the same before it counts: a job ends a moment before the machine runs. */
    private static final Duration SETTLED = Duration.ofMillis(500);
    /** A source that has not yielded by then was not told: no far end of it is up, or its connector is dead. */
    private static final Duration DRAIN_PATIENCE = Duration.ofSeconds(2);
    /** What is relayed comes within a second of the yield; docs/wire-protocol.md section 6. */
    private static final Duration DRAIN = Duration.ofSeconds(1);

    private static final Duration DRAIN_LOOK = Duration.ofMillis(200);

    /** How long the source's hypervisor has to let go of what runs at the target. */
    private static final Duration GHOST_PATIENCE = Duration.ofSeconds(5);

    private static final Duration SOURCE_PATIENCE = Duration.ofSeconds(10);
    private static final Duration CLEAN_UP_PATIENCE = Duration.ofSeconds(5);

    private final long generation;
    private final String instance;
    private final MachineHosts hosts;
    private final Supplier<FabricState> latest;
    private final Ticker ticker;
    private final MoveObserver observer;
    private final Runnable ended;
    private Duration rest = Duration.ZERO;
    private @Nullable VmMovePhase phase;
    private long phaseSince;
    private Whereabouts.@Nullable Verdict verdict;
    private long verdictSince;
    private @Nullable MachineMigration job;
    private boolean begun;
    private String refusal = "its driver was lost";
    private boolean yielded;
    private long yieldedSince;
    private final MoveStopwatch stopwatch;

    /**
     * @param latest asks the log for what is agreed now; may block
     * @param ended told when the hypervisors' work has ended; by any thread
     */
    MachineMove(
            long generation,
            String instance,
            MachineHosts hosts,
            Supplier<FabricState> latest,
            Ticker ticker,
            MoveObserver observer,
            Runnable ended) {
        this.ended = ended;
        this.generation = generation;
        this.instance = instance;
        this.hosts = hosts;
        this.latest = latest;
        this.ticker = ticker;
        this.observer = observer;
        this.stopwatch = new MoveStopwatch(ticker);
    }

    long generation() {
        return generation;
    }

    /** What is to be agreed on; empty if the step has to be taken again. */
    synchronized Optional<FabricCommand> step(FabricState state) {
        VmMove move = state.machines()
                .moving(vmOf(state))
                .filter(it -> it.generation() == generation)
                .orElse(null);
        if (move == null) {
            return Optional.empty();
        }
        if (phase != move.phase()) {
            phase = move.phase();
            phaseSince = ticker.nanoTime();
            stopwatch.begun(move.phase());
            LOG.info("Move of {} from {} to {}: {}", move.vm(), move.from(), move.to(), phase);
        }
        rest = Duration.ZERO;
        Sighted at = new Sighted(state, move);
        return switch (move.phase()) {
            case PREPARE -> prepare(at);
            case MOVE -> move(at);
            case ACTIVATE -> activate(at);
            case DRAIN -> drain(at);
            case CLEAN_UP -> cleanUp(at);
            case DONE, ROLLED_BACK -> Optional.empty();
        };
    }

    /** The target's hypervisor says that the machine runs there: activates the sides; beside steps, not among them. */
    void resumedThere(FabricState state) {
        state.machines()
                .moving(vmOf(state))
                .filter(move -> move.generation() == generation && move.phase() == VmMovePhase.MOVE)
                .map(move -> new Sighted(state, move))
                .ifPresent(at -> activateSides(at, VmMoveMeasure.RESUME));
    }

    /** How long nobody needs to look again, unless something is told. */
    synchronized Duration rest() {
        return rest;
    }

    private String vmOf(FabricState state) {
        return state.machines().moves().values().stream()
                .filter(move -> move.generation() == generation)
                .map(VmMove::vm)
                .findFirst()
                .orElse("");
    }

    /** What is agreed on about this move. */
    private final class Sighted {
        private final FabricState state;
        private final VmMove move;
        private final VmRecord vm;

        Sighted(FabricState state, VmMove move) {
            this.state = state;
            this.move = move;
            this.vm = state.machines().vm(move.vm()).orElseThrow();
        }

        HostSpec host(String name) {
            HostSpec spec = state.topology().hosts().get(name);
            if (spec == null) {
                throw new WireException(
                        ErrorCode.NOT_FOUND, "host " + name + " is no longer among the hosts", "add it again");
            }
            return spec;
        }

        Hypervisor source() {
            return hosts.hypervisor(move.from(), host(move.from()));
        }

        Hypervisor target() {
            return hosts.hypervisor(move.to(), host(move.to()));
        }

        MigrationPlan plan() {
            HostSpec to = host(move.to());
            return MovePlan.of(move, vm, to.seenFrom(host(move.from()).network()), hosts.near(to));
        }

        HostConnector connector(String name) {
            return hosts.connector(name, host(name));
        }

        List<WireRecord> wires() {
            return state.wires().values().stream()
                    .filter(wire -> vm.has(wire.endpoint()))
                    .toList();
        }

        Optional<WireStatus> side(String host, WireRecord wire, Generation of) {
            return connector(host).wire(wire.id()).stream()
                    .filter(side -> side.side() == Side.B && side.generation().equals(of))
                    .findFirst();
        }

        Optional<FabricCommand> advance() {
            return advance(stopwatch.phases());
        }

        Optional<FabricCommand> advance(VmMoveMeasure measure) {
            return Optional.of(new FabricCommand.AdvanceVmMove(
                    move.vm(), generation, instance, move.phase(), Optional.of(measure)));
        }

        Optional<FabricCommand> rollBack(boolean anew, boolean stop, String reason) {
            return Optional.of(new FabricCommand.RollBackVmMove(move.vm(), generation, instance, anew, stop, reason));
        }
    }

    private Optional<FabricCommand> prepare(Sighted at) {
        VmMove move = at.move;
        if (move.givenUp()) {
            return at.rollBack(false, false, "it was called off");
        }
        boolean late = isOver(phaseSince, PREPARE_PATIENCE);
        try {
            Sight here = Whereabouts.sight(at.vm, at::source);
            if (here != Sight.RUNS && here != Sight.UNKNOWN) {
                return at.rollBack(false, false, "it does not run on " + move.from());
            }
            boolean taken = at.target().machines().stream()
                    .anyMatch(machine ->
                            (machine.id().equals(at.vm.id()) || machine.name().equals(at.vm.domain()))
                                    && machine.state() != Machine.State.STOPPED);
            if (taken) {
                return at.rollBack(false, false, "a machine of that name is on " + move.to() + " already");
            }
            for (VmNic nic : at.vm.nics()) {
                new NicEndpoint(nic).ensure(at.connector(move.to()));
            }
            List<String> missing = missing(at);
            if (here == Sight.RUNS && missing.isEmpty()) {
                if (at.state.machines().ahead(move) >= move.way().most()) {
                    // It waits for others, which is no reason to lose patience.
                    phaseSince = ticker.nanoTime();
                    return Optional.empty();
                }
                return at.advance();
            }
            return late
                    ? at.rollBack(
                            false,
                            false,
                            here == Sight.RUNS
                                    ? "its standbys did not stand in time: " + String.join(", ", missing)
                                    : "the hypervisor of " + move.from() + " does not answer")
                    : Optional.empty();
        } catch (WireException e) {
            boolean refused = e.code().category() == ErrorCode.Category.REQUEST && e.code() != ErrorCode.WRONG_STATE;
            if (refused || late) {
                return at.rollBack(false, false, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** The wires without an agreed standby at the target. */
    private static List<String> missing(Sighted at) {
        return at.wires().stream()
                .filter(wire -> wire.next()
                        .flatMap(place -> at.side(place.host(), wire, place.sideGeneration()))
                        .filter(WireStatus::isAgreed)
                        .isEmpty())
                .map(WireRecord::name)
                .toList();
    }

    private Optional<FabricCommand> move(Sighted at) {
        Whereabouts seen = Whereabouts.of(at.vm, at::source, at::target);
        Whereabouts.Verdict now = seen.verdict();
        if (now != verdict) {
            LOG.info("{} is seen: {} -> {}", at.vm.name(), seen, now);
            verdict = now;
            verdictSince = ticker.nanoTime();
        }
        MachineMigration mine = job;
        if (mine != null) {
            observer.progress(at.move, mine.progress());
        }
        boolean over = mine == null || mine.outcome().toCompletableFuture().isDone();
        return switch (now) {
            case THERE -> {
                // Its announcement has done that already, unless the connector did not see it; agreeing on it takes
                // longer.
                activateSides(at, VmMoveMeasure.COMMAND);
                yield at.advance();
            }
            case UNDER_WAY -> {
                if (at.move.givenUp()) {
                    at.source().giveUp(at.vm.domain());
                } else {
                    rest = LOOK;
                }
                yield Optional.empty();
            }
            case HERE -> here(at, over);
            case HALTED -> {
                if (over && isSettled()) {
                    at.target();
                    stopCopy(at);
                    at.source().resume(at.vm.domain());
                }
                yield Optional.empty();
            }
            case ARRIVED -> {
                if (over && isSettled()) {
                    at.target().resume(at.vm.domain());
                }
                yield Optional.empty();
            }
            case ENDED ->
                over && isSettled() ? at.rollBack(true, true, "the guest ended while it moved") : Optional.empty();
            case UNSURE ->
                over && isOver(verdictSince, UNSURE_PATIENCE)
                        ? at.rollBack(true, true, "the hypervisor of " + at.move.to() + " does not answer")
                        : Optional.empty();
        };
    }

    private Optional<FabricCommand> here(Sighted at, boolean over) {
        if (!begun && !at.move.givenUp()) {
            begun = true;
            verdictSince = ticker.nanoTime();
            try {
                MachineMigration begins = at.source().migrate(at.vm.domain(), at.plan());
                job = begins;
                begins.outcome().whenComplete((how, failure) -> ended.run());
            } catch (WireException e) {
                refusal = String.valueOf(e.getMessage());
            }
            return Optional.empty();
        }
        if (!over || begun && !isSettled()) {
            return Optional.empty();
        }
        stopCopy(at);
        return at.rollBack(isHeard(at), true, at.move.givenUp() ? "it was called off" : failure());
    }

    private void stopCopy(Sighted at) {
        if (Whereabouts.sight(at.vm, at::target) == Sight.PAUSED && isStill(at)) {
            LOG.info("{} did not arrive on {}: what is left of it there is stopped", at.vm.name(), at.move.to());
            at.target().stop(at.vm.domain());
        }
    }

    /** Whether the far end may listen to the target already, so that the source has to be connected anew. */
    private boolean isHeard(Sighted at) {
        try {
            for (WireRecord wire : at.wires()) {
                boolean standsBy = wire.next()
                        .flatMap(place -> at.side(place.host(), wire, place.sideGeneration()))
                        .filter(side -> side.state().equals("standby"))
                        .isPresent();
                boolean speaks = at.side(at.move.from(), wire, wire.farSideGeneration())
                        .filter(side -> side.state().equals("active"))
                        .isPresent();
                if (!standsBy || !speaks) {
                    return true;
                }
            }
            return false;
        } catch (WireException e) {
            return true;
        }
    }

    private String failure() {
        MachineMigration mine = job;
        if (mine == null) {
            return refusal;
        }
        return switch (mine.outcome().toCompletableFuture().getNow(new MachineMigration.Outcome.Aborted())) {
            case MachineMigration.Outcome.Failed failed ->
                String.valueOf(failed.why().getMessage());
            case MachineMigration.Outcome.Aborted _ -> "it was called off at its hypervisor";
            case MachineMigration.Outcome.Arrived _ -> "its hypervisor says that it moved, and it is not there";
        };
    }

    private Optional<FabricCommand> activate(Sighted at) {
        Optional<WireException> refused = activateSides(at, VmMoveMeasure.COMMAND);
        if (refused.isEmpty()) {
            return at.advance();
        }
        // Its network cannot be had at the target; perhaps the machine is not there any more, either.
        Whereabouts seen = Whereabouts.of(at.vm, at::source, at::target);
        if (seen.verdict() == Whereabouts.Verdict.HERE) {
            return at.rollBack(true, true, "it came back to " + at.move.from());
        }
        throw refused.get();
    }

    /** Makes every side at the target active; what was refused last, if anything was. */
    private Optional<WireException> activateSides(Sighted at, String reason) {
        stopwatch.activates(reason);
        Optional<WireException> refused = Optional.empty();
        for (WireRecord wire : at.wires()) {
            WirePlace place = wire.next().orElse(null);
            if (place != null) {
                try {
                    at.connector(place.host()).activate(wire.id(), Side.B, place.sideGeneration());
                } catch (WireException e) {
                    refused = Optional.of(e);
                }
            }
        }
        return refused;
    }

    private Optional<FabricCommand> drain(Sighted at) {
        VmMove move = at.move;
        Sight there = Whereabouts.sight(at.vm, at::target);
        Sight here = Whereabouts.sight(at.vm, at::source);
        boolean late = isOver(phaseSince, SOURCE_PATIENCE);
        if (there == Sight.RUNS && !move.way().isFollowed() && removeGhost(at, here)) {
            return Optional.empty();
        }
        // Who has no hypervisor cannot be asked; and what this fabric did not start there it does not stop, either.
        boolean unasked = at.host(move.from()).libvirt() == null;
        boolean gone = here == Sight.GONE
                || here == Sight.OFF && (there != Sight.RUNS || move.way().isFollowed())
                || unasked
                || late && (here == Sight.UNKNOWN || move.way().isFollowed());
        if (!yielded && hasYielded(at)) {
            yielded = true;
            yieldedSince = ticker.nanoTime();
        }
        rest = DRAIN_LOOK;
        boolean drained = yielded && isOver(yieldedSince, DRAIN) || isOver(phaseSince, DRAIN_PATIENCE);
        return gone && drained ? at.advance(measured(at)) : Optional.empty();
    }

    /** What is not known holds nothing up. */
    private VmMoveMeasure measured(Sighted at) {
        OptionalLong pause = OptionalLong.empty();
        List<WireStatus> sides = new ArrayList<>();
        try {
            pause = at.target().pauseMillis(at.vm.domain());
        } catch (WireException e) {
            LOG.debug("Nobody knows how long {} was paused: {}", at.vm.name(), e.getMessage());
        }
        try {
            for (WireRecord wire : at.wires()) {
                at.connector(at.move.to()).wire(wire.id()).stream()
                        .filter(side -> side.side() == Side.B)
                        .forEach(sides::add);
            }
        } catch (WireException e) {
            LOG.debug("Nobody knows how the sides of {} became active: {}", at.vm.name(), e.getMessage());
        }
        return stopwatch.all(pause, sides);
    }

    /** Whether something was left at the source that does not go by itself: its hypervisor has lost sight of the move. */
    private boolean removeGhost(Sighted at, Sight here) {
        VmMove move = at.move;
        // While the memory is still fetched from there, it is paused there for a good reason.
        boolean halted =
                here == Sight.PAUSED && isOver(phaseSince, GHOST_PATIENCE) && !Whereabouts.isMoving(at.vm, at::source);
        boolean off = here == Sight.OFF && isOver(phaseSince, GHOST_PATIENCE);
        if ((here == Sight.RUNS || halted || off) && !isStill(at)) {
            return true;
        }
        if (here == Sight.RUNS || halted) {
            // Its network has left it, and what it does there is heard by nobody.
            LOG.warn(
                    "{} runs on {}, and a ghost of it is {} on {}, which is stopped",
                    at.vm.name(),
                    move.to(),
                    here,
                    move.from());
            at.source().stop(at.vm.domain());
            return true;
        }
        if (off) {
            // Its description has gone along.
            at.source().remove(at.vm.domain());
            return true;
        }
        return false;
    }

    /**
     * Whether the move is still where this step thinks that it is. Asked before anything is stopped, and after it was seen: a driver that
     * stood still for long may have been overtaken by another, which ended the move, and what runs at the source may be the machine
     * itself that has come back.
     */
    private boolean isStill(Sighted at) {
        return latest.get()
                .machines()
                .moving(at.vm.name())
                .filter(now -> now.generation() == generation
                        && now.phase() == at.move.phase()
                        && now.instance().equals(instance))
                .isPresent();
    }

    private static boolean hasYielded(Sighted at) {
        try {
            for (WireRecord wire : at.wires()) {
                WirePlace last = wire.last().orElse(null);
                if (last != null
                        && at.side(last.host(), wire, last.sideGeneration())
                                .filter(side -> side.state().equals("active"))
                                .isPresent()) {
                    return false;
                }
            }
            return true;
        } catch (WireException e) {
            return false;
        }
    }

    private Optional<FabricCommand> cleanUp(Sighted at) {
        boolean sides = at.state.removed().stream()
                .anyMatch(wire -> wire.host().equals(at.move.from()) && at.vm.has(wire.endpoint()));
        boolean owed = at.state.machines().debts().stream()
                .anyMatch(debt -> debt.vm().equals(at.vm.name()) && debt.host().equals(at.move.from()));
        if (!sides && !owed || isOver(phaseSince, CLEAN_UP_PATIENCE)) {
            stopwatch.begun(VmMovePhase.DONE);
            return at.advance();
        }
        return Optional.empty();
    }

    private boolean isSettled() {
        return isOver(verdictSince, SETTLED);
    }

    private boolean isOver(long since, Duration patience) {
        return ticker.nanoTime() - since >= patience.toNanos();
    }
}
