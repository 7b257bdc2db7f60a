package io.virtualwire.node;

import io.virtualwire.control.Identity;
import io.virtualwire.log.Applied;
import io.virtualwire.migration.ComponentKeeper;
import io.virtualwire.migration.KeeperContext;
import io.virtualwire.migration.TakeoverRule;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.SwitchSpec;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what the fabric has agreed on with what is on this node, and acts: on every change, and twice a second.
 *
 * <p>Level-triggered and idempotent; lives on the owner thread.
 */
final class Reconciler {
    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final Duration ARRIVAL = Duration.ofMillis(250);
    /* A holder that was never seen at its claim is waited for: after a stop of the whole fabric, or when a node hears of
    the claim before it hears of the claimant. */
    private static final Duration RETURN_PATIENCE = Duration.ofSeconds(5);
    /* Longer than membership needs to become one again after a cut, so that a node which was cut off takes nothing from those
    that it does not see yet. */
    private static final Duration MERGE_PATIENCE = Duration.ofSeconds(20);

    private final KeeperContext context;
    private final Reporter reporter;
    private final LogProbe log;
    private final TakeoverRule rule = new TakeoverRule();
    private final Map<String, ComponentKeeper> keepers = new TreeMap<>();
    private final Map<String, Long> seenHeld = new HashMap<>();
    private final Map<String, Unheld> unheld = new HashMap<>();
    private FabricState state = FabricState.INITIAL;
    private long index = -1;
    private boolean stopped;
    private @Nullable Departure departure;
    private final Drainage drainage;
    private Set<Identity> members = Set.of();

    /** @param question asks the log for what is agreed now */
    Reconciler(KeeperContext context, Supplier<? extends CompletableFuture<?>> question) {
        this.context = context;
        this.log = new LogProbe(question, context.loop(), this::run);
        this.reporter = new Reporter(context, this::keeper);
        this.drainage = new Drainage(context.self().name(), context.loop().ticker(), context.proposals());
    }

    /** Begins the periodic round. */
    void start() {
        context.loop().assertInLoop();
        tick();
    }

    /** Does nothing from now on: what it acts with is being closed. What runs here goes on until its wires close. */
    void stop() {
        stopped = true;
    }

    /** Moves everything away from here that another node can take; gives what is left when no more can be done. */
    CompletableFuture<Set<String>> leave() {
        if (departure == null) {
            departure = new Departure(context.self().name(), "is ending", context.proposals());
            run();
        }
        return departure.over();
    }

    /** The log has a newer state. */
    void agreed(Applied<FabricState> applied) {
        if (applied.index() > index) {
            index = applied.index();
            state = applied.state();
            run();
        }
    }

    /** Other nodes can be reached. */
    void present(Set<Identity> now) {
        if (!members.equals(now)) {
            LOG.info("Members: {}", now);
            members = Set.copyOf(now);
            run();
        }
    }

    void happened(SideEvent event) {
        keepers().forEach(keeper -> keeper.happened(event));
        if (event instanceof SideEvent.Flipped && !stopped) {
            // Nobody waits for the log to know of it, and the machine may have only now come to run.
            context.loop().schedule(ARRIVAL, () -> reporter.machines(state));
        }
    }

    void told(Identity from, PeerMessage message) {
        keepers().forEach(keeper -> keeper.told(from, message));
    }

    void sessionUp(Identity node) {
        keepers().forEach(keeper -> keeper.sessionUp(node));
    }

    void farEndChanged() {
        keepers().forEach(ComponentKeeper::farEndChanged);
    }

    Optional<ComponentKeeper> keeper(String component) {
        return Optional.ofNullable(keepers.get(component));
    }

    /** The components that this node's process holds, as far as it has heard. */
    List<String> held() {
        return state.claims().values().stream()
                .filter(claim -> claim.owner().equals(context.self().name())
                        && claim.instance().equals(context.self().instance()))
                .map(Claim::component)
                .toList();
    }

    FabricState state() {
        return state;
    }

    /** The names of the nodes that can be reached and have announced themselves. */
    Set<String> presentNodes() {
        return state.nodes().values().stream()
                .filter(node -> members.contains(node.identity()))
                .map(node -> node.name())
                .collect(Collectors.toSet());
    }

    private void tick() {
        if (stopped) {
            return;
        }
        try {
            run();
            keepers().forEach(ComponentKeeper::replicate);
            reporter.round(state, presentNodes());
        } catch (RuntimeException failure) {
            LOG.error("A round of reconciling failed; the next is tried all the same", failure);
        }
        context.loop().schedule(PERIOD, this::tick);
    }

    private void run() {
        if (stopped) {
            return;
        }
        Set<String> present = presentNodes();
        for (String component : state.topology().switches().keySet()) {
            keepers.computeIfAbsent(component, name -> new ComponentKeeper(name, context));
        }
        for (ComponentKeeper keeper : keepers()) {
            keeper.reconcile(state, present);
        }
        keepers.entrySet()
                .removeIf(entry -> entry.getValue().isIdle()
                        && !state.topology().switches().containsKey(entry.getKey()));
        if (departure == null) {
            state.topology().switches().keySet().forEach(component -> takeIfDue(component, present));
            drainage.round(state, present, held(), keepers.values());
        } else {
            departure.round(state, present, held(), keepers.values());
        }
        removeFarSides(present);
    }

    private void takeIfDue(String component, Set<String> present) {
        long generation = state.claim(component).map(Claim::generation).orElse(0L);
        SwitchSpec spec = state.topology().switches().get(component);
        String expected = state.claim(component).map(Claim::owner).orElse(spec == null ? "" : spec.node());
        if (present.contains(expected)) {
            seenHeld.put(component, generation);
        }
        if (!rule.isUnheld(state, component, present) || hasArrived(component)) {
            unheld.remove(component);
            return;
        }
        long now = context.loop().ticker().nanoTime();
        Unheld found = unheld.compute(
                component,
                (name, known) ->
                        known != null && known.generation() == generation ? known : new Unheld(generation, now));
        log.ask();
        String self = context.self().name();
        boolean mine =
                rule.candidate(state, component, present).filter(self::equals).isPresent();
        /* Who sees few may have been cut off from all along, and has asked the log only then. */
        long answering = seesFew(present) ? log.knownNanos() : log.answeringNanos();
        long unheldFor = Math.min(now - found.sinceNanos(), answering);
        if (mine
                && log.isAnswering()
                && unheldFor
                        >= patience(component, generation, expected, present).toNanos()) {
            long highest = state.claim(component).map(Claim::highest).orElse(0L);
            context.proposals()
                    .accept(new FabricCommand.TakeOver(
                            component, highest, self, context.self().instance()));
        }
    }

    /** Whether it was handed over to this node, which the log does not say yet: whoever handed it over may have ended since. */
    private boolean hasArrived(String component) {
        return state.claim(component)
                .flatMap(Claim::move)
                .filter(move -> keeper(component)
                        .filter(keeper -> keeper.decidesAt(move.ownGeneration()))
                        .isPresent())
                .isPresent();
    }

    private boolean seesFew(Set<String> present) {
        return 2 * present.size() < state.nodes().size();
    }

    /** How long a component has to be without a holder before this node takes it. */
    private Duration patience(String component, long generation, String expected, Set<String> present) {
        boolean wasMine = expected.equals(context.self().name());
        if (wasMine) {
            return Duration.ZERO;
        }
        boolean cutOffLately = log.answeringNanos() < MERGE_PATIENCE.toNanos();
        if (seesFew(present) || cutOffLately) {
            return MERGE_PATIENCE;
        }
        boolean isSeen = Long.valueOf(generation).equals(seenHeld.get(component));
        return isSeen ? Duration.ZERO : RETURN_PATIENCE;
    }

    /** One node sees to it that hosts forget wires that are gone: the first by name. */
    private void removeFarSides(Set<String> present) {
        boolean mine = present.stream()
                .sorted()
                .findFirst()
                .filter(context.self().name()::equals)
                .isPresent();
        if (mine) {
            for (WireRecord wire : state.removed()) {
                context.farEnds()
                        .remove(
                                wire,
                                () -> context.proposals()
                                        .accept(new FabricCommand.ForgetWires(
                                                List.of(wire.id()), wire.farGeneration())));
            }
        }
    }

    /** A claim that nobody present holds, and when that was first seen. */
    private record Unheld(long generation, long sinceNanos) {}

    private List<ComponentKeeper> keepers() {
        return stopped ? List.of() : List.copyOf(keepers.values());
    }
}
