package io.virtualwire.migration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.component.Component;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.WireId;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.handoff.ComponentInstance;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.handoff.HandoffSource;
import io.virtualwire.handoff.HandoffTarget;
import io.virtualwire.handoff.InstanceState;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.Move;
import io.virtualwire.topology.NodeRecord;
import io.virtualwire.topology.SwitchSpec;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.SideStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does on this node what the log says about one component: holds it, takes it, gives it away, or has nothing to do with it.
 *
 * <pre>
 *                      the log: a move to here, or a takeover by this process
 *   NOTHING ─────────────────────────────────────────────────────────────────▶ SUCCESSOR (HandoffTarget)
 *      ▲  ▲                                                                        │        │
 *      │  └───────────────────── called off, a higher claim ───────────────────────┘     decides
 *      │                                                                                    ▼
 *      └── retired, once the log says that another holds it, and frames are drained ── HOLDER (HandoffSource)
 * </pre>
 *
 * <p>Lives on the owner thread. {@link #reconcile} may be called at any time and any number of times.
 */
public final class ComponentKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(ComponentKeeper.class);

    /** How long a takeover waits for hosts that do not answer, before it leaves them for later. */
    private static final Duration FENCE_PATIENCE = Duration.ofMillis(1500);
    /** How long a move prepares before whoever looks on is told for whom it waits. */
    private static final Duration UNREMARKABLE = Duration.ofSeconds(1);
    /** How long a move waits for hosts that do not answer, before it goes without those that do not answer the old node either. */
    private static final Duration SILENCE_PATIENCE = Duration.ofSeconds(3);
    /** How long a move may prepare before it is called off. */
    private static final Duration PREPARE_PATIENCE = Duration.ofSeconds(15);
    /** How long an instance that has yielded waits for the other to own the component, before it takes it back. */
    private static final Duration HANDOFF_PATIENCE = Duration.ofSeconds(3);

    private static final String NOT_AGREED = "not every leg of its wires was agreed in time";

    private final String name;
    private final KeeperContext context;
    private BridgeSettings settings = BridgeSettings.DEFAULT;
    private @Nullable Component component;
    private @Nullable Plugs plugs;
    private @Nullable HandoffTarget target;
    private @Nullable HandoffSource source;
    private @Nullable Claim claim;
    private boolean announced;
    private long since;
    private long watchedMove;
    private String callOffReason = NOT_AGREED;
    private @Nullable String declining;
    private Set<String> waitedFor = Set.of();
    private final Set<ComponentPort> unheard = new HashSet<>();
    private long savedVersion = -1;

    public ComponentKeeper(String name, KeeperContext context) {
        this.name = name;
        this.context = context;
    }

    /** The component's. */
    public String name() {
        return name;
    }

    /** Asks, from now on, the other node to call off every move to this one. */
    public void decline(String reason) {
        declining = reason;
    }

    /** Takes moves to this node again. */
    public void accept() {
        declining = null;
    }

    /** Whether this node has anything of the component. */
    public boolean isIdle() {
        return component == null;
    }

    public Optional<Component> component() {
        return Optional.ofNullable(component);
    }

    /** Whether this node's instance decides, and has this generation. */
    public boolean decidesAt(Generation generation) {
        return source != null
                && source.state() == InstanceState.DECIDING
                && source.generation().equals(generation);
    }

    /** The state of this node's instance, if it has one. */
    public Optional<InstanceState> instance() {
        if (target != null) {
            return Optional.of(target.state());
        }
        return source == null ? Optional.empty() : Optional.of(source.state());
    }

    /** Takes the next step, if there is one. */
    public void reconcile(FabricState state, Set<String> present) {
        Claim agreed = state.claim(name).orElse(null);
        claim = agreed;
        if (agreed == null) {
            dismantle();
            return;
        }
        setUp(state);
        leaveWhatIsOver(agreed);
        if (holds(agreed.owner(), agreed.instance())) {
            hold(state, agreed, present);
        } else {
            agreed.move()
                    .filter(move -> holds(move.to(), move.instance()))
                    .ifPresent(move -> prepare(state, agreed, move));
        }
    }

    private void setUp(FabricState state) {
        SwitchSpec spec = state.topology().switches().get(name);
        settings = spec == null ? BridgeSettings.DEFAULT : spec.settings();
        if (component != null) {
            component.configure(settings);
        }
    }

    /** Keeps what the component knows on other nodes, if that has changed. */
    public void replicate() {
        if (component != null && source != null && source.state() == InstanceState.DECIDING) {
            long version = component.stateVersion();
            if (version != savedVersion) {
                savedVersion = version;
                context.states().save(name, source.generation().number(), component.state());
            }
        }
    }

    /** To be called with everything the engine tells. */
    public void happened(SideEvent event) {
        if (target != null && (declining == null || event instanceof SideEvent.Superseded)) {
            target.happened(event);
        }
        if (source != null) {
            source.happened(event);
            if (event instanceof SideEvent.Heard && event.generation().equals(source.generation())) {
                heard(new ComponentPort(event.wire(), event.side()), source.generation());
            }
        }
    }

    /** To be called with everything nodes say. */
    public void told(Identity from, PeerMessage message) {
        if (target != null) {
            target.told(from, message);
        }
        if (source != null) {
            source.told(from, message);
        }
        // Either of the two nodes may be the one that tells the log why.
        if (message instanceof PeerMessage.PreparedExcept except
                && source != null
                && source.expects(except.component(), from, except.generation())
                && claim != null) {
            claim.move().ifPresent(move -> callOffReason = notAgreed(move, hostsOf(except.wires())));
        }
        if (message instanceof PeerMessage.Prepared prepared
                && source != null
                && source.expects(prepared.component(), from, prepared.generation())) {
            callOffReason = NOT_AGREED;
        }
        if (message instanceof PeerMessage.HandoffAck(String acknowledged, Generation generation)
                && acknowledged.equals(name)
                && source != null
                && source.state() == InstanceState.YIELDED) {
            context.proposals().accept(new FabricCommand.MeasureHandoff(name, generation.number(), sinceMicros()));
        }
    }

    public void sessionUp(Identity node) {
        if (target != null && declining != null) {
            callOffReason = declining;
            target.askToCallOff();
        } else if (target != null) {
            target.sessionUp(node);
        }
        if (source != null) {
            source.sessionUp(node);
        }
    }

    /** To be called when a far end's status has changed. */
    public void farEndChanged() {
        decideIfFenced();
    }

    // The log says that this process holds the component.

    private void hold(FabricState state, Claim held, Set<String> present) {
        if (source != null && source.generation().equals(held.ownGeneration())) {
            if (source.state() == InstanceState.DECIDING) {
                held.move()
                        .ifPresentOrElse(
                                move -> giveAway(state, move, present), () -> adjustPorts(state, held.ownGeneration()));
            } else {
                takeBackIfStuck(state, held, present);
            }
        } else if (target != null && target.generation().equals(held.ownGeneration())) {
            decideIfFenced();
        } else {
            takeOver(state, held.ownGeneration());
        }
    }

    private void takeOver(FabricState state, Generation generation) {
        LOG.info("Taking {} over at generation {}", name, generation);
        /* What is left of a former instance here is replaced in place; its drain ends unheard. */
        source = null;
        Plugs sides = make();
        since = now();
        boolean complete = true;
        for (WireRecord wire : state.wiresOf(name)) {
            complete &= sides.plug(wire, generation, Role.STANDBY, true, Optional.empty());
        }
        if (complete) {
            target = successor(generation, Optional.empty());
            decideIfFenced();
        }
    }

    private void decideIfFenced() {
        if (target != null
                && plugs != null
                && claim != null
                && target.generation().equals(claim.ownGeneration())
                && (target.state() == InstanceState.PREPARING || target.state() == InstanceState.PREPARED)
                && (plugs.farEndsSettled() || isOver(FENCE_PATIENCE))) {
            target.takeOver(context.states().latest(name).orElse(NullNode.getInstance()));
        }
    }

    private void adjustPorts(FabricState state, Generation generation) {
        Plugs sides = make();
        List<ComponentPort> before = sides.ports();
        List<WireRecord> wanted = state.wiresOf(name);
        for (WireRecord wire : sides.wires()) {
            if (wanted.stream().noneMatch(other -> other.id().equals(wire.id()))) {
                sides.unplug(wire.name());
            }
        }
        wanted.forEach(wire -> sides.plug(wire, generation, Role.ACTIVE, true, Optional.empty()));
        sides.renewFarSides();
        if (!before.equals(sides.ports())) {
            source = holder(generation);
        }
    }

    // A move from here.

    private void giveAway(FabricState state, Move move, Set<String> present) {
        HandoffSource holder = source;
        NodeRecord to = state.node(move.to()).orElse(null);
        if (holder == null || plugs == null || to == null) {
            return;
        }
        if (watchedMove != move.generation()) {
            watchedMove = move.generation();
            callOffReason = NOT_AGREED;
            since = now();
        }
        /* Before the relay legs: the other node is prepared as soon as these are agreed, and says so once. */
        holder.successorNamed(to.identity(), move.ownGeneration());
        plugs.relayTo(to, move.ownGeneration());
        if (isLost(state, move, present)) {
            callOff(holder, move, "node " + move.to() + " was lost");
        } else if (isOver(PREPARE_PATIENCE.plusSeconds(5))) {
            callOff(holder, move, "node " + move.to() + " was not ready in time");
        }
    }

    /** This node asks itself; the answer comes as an event. */
    private void callOff(HandoffSource holder, Move move, String reason) {
        callOffReason = reason;
        holder.told(context.self().identity(), new PeerMessage.CallOff(name, move.ownGeneration()));
    }

    private void takeBackIfStuck(FabricState state, Claim held, Set<String> present) {
        boolean lost = held.move().map(move -> isLost(state, move, present)).orElse(false);
        if (lost || isOver(HANDOFF_PATIENCE)) {
            context.proposals()
                    .accept(new FabricCommand.TakeOver(
                            name,
                            held.highest(),
                            context.self().name(),
                            context.self().instance()));
        }
    }

    private boolean isLost(FabricState state, Move move, Set<String> present) {
        return !present.contains(move.to())
                || state.node(move.to())
                        .filter(node -> node.instance().equals(move.instance()))
                        .isEmpty();
    }

    // A move to here.

    private void prepare(FabricState state, Claim held, Move move) {
        if (source != null) {
            if (source.generation().equals(move.ownGeneration())) {
                context.proposals().accept(new FabricCommand.CompleteMove(name, move.generation()));
            }
            /* Else this node still drains from having given it away before. */
            return;
        }
        NodeRecord from = state.node(held.owner()).orElse(null);
        if (from == null) {
            return;
        }
        if (target == null) {
            Plugs sides = make();
            RelayDescription relay = new RelayDescription(from.identity(), held.ownGeneration(), from.wirePaths());
            since = now();
            boolean complete = true;
            for (WireRecord wire : state.wiresOf(name)) {
                complete &= sides.plug(wire, move.ownGeneration(), Role.STANDBY, false, Optional.of(relay));
            }
            if (!complete) {
                return;
            }
            target = successor(move.ownGeneration(), Optional.of(from.identity()));
            waitedFor = Set.of();
            callOffReason = NOT_AGREED;
        }
        if (make().ports().isEmpty()) {
            /* No port, no frame: nothing has to be handed over, and without legs the two nodes have no session to say so. */
            target.takeOver(context.states().latest(name).orElse(NullNode.getInstance()));
            return;
        }
        if (declining != null) {
            callOffReason = declining;
            target.askToCallOff();
            return;
        }
        target.check();
        if (isOver(UNREMARKABLE)) {
            waitForFarEnds(target, move);
        }
    }

    private void waitForFarEnds(HandoffTarget waiting, Move move) {
        waitFor(waiting.unanswered(), move.ownGeneration());
        if (isOver(SILENCE_PATIENCE)) {
            waiting.offerWithoutUnanswered();
        }
        if (isOver(PREPARE_PATIENCE)) {
            callOffReason = notAgreed(move, waitedFor);
            waiting.askToCallOff();
        }
    }

    private void waitFor(List<ComponentPort> silent, Generation generation) {
        Set<String> hosts = hostsOf(silent.stream().map(ComponentPort::wire).collect(Collectors.toSet()));
        if (!hosts.equals(waitedFor)) {
            waitedFor = hosts;
            context.observer().waitsFor(name, generation, hosts);
        }
    }

    // Both.

    private Set<String> hostsOf(Collection<WireId> wires) {
        return make().wires().stream()
                .filter(wire -> wires.contains(wire.id()))
                .map(WireRecord::host)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String notAgreed(Move move, Set<String> silent) {
        return silent.isEmpty()
                ? NOT_AGREED
                : NOT_AGREED + ": node " + move.to() + " has agreed on nothing with " + String.join(", ", silent);
    }

    private void leaveWhatIsOver(Claim now) {
        if (source != null && now.generation() > source.generation().number()) {
            source.succeededBy(now.ownGeneration());
        }
        if (target != null) {
            Generation mine = target.generation();
            boolean wanted = mine.equals(now.ownGeneration())
                    || now.move()
                            .filter(move -> mine.equals(move.ownGeneration()))
                            .isPresent();
            if (!wanted) {
                target.callOff();
            }
        }
    }

    private void happened(HandoffEvent event) {
        context.observer().happened(event);
        switch (event) {
            case HandoffEvent.Prepared prepared -> waitFor(List.of(), prepared.generation());
            case HandoffEvent.Decided decided -> decided(decided.generation());
            case HandoffEvent.HandedOver _, HandoffEvent.Superseded _ -> {
                since = now();
                decidesNoLonger();
            }
            case HandoffEvent.CallOffAnswered answered -> {
                if (answered.promised()) {
                    abort(answered.successor());
                }
            }
            case HandoffEvent.CalledOff off -> {
                if (off.promised()) {
                    target = null;
                    if (claim != null
                            && claim.move()
                                    .filter(move -> move.ownGeneration().equals(off.generation()))
                                    .isPresent()) {
                        abort(off.generation());
                    }
                }
            }
            case HandoffEvent.Retired retired -> retired(retired.generation());
        }
    }

    private void abort(Generation successor) {
        context.proposals().accept(new FabricCommand.AbortMove(name, successor.number(), callOffReason));
    }

    private void decided(Generation generation) {
        target = null;
        source = holder(generation);
        since = now();
        savedVersion = -1;
        unheard.clear();
        if (plugs != null) {
            plugs.ports().stream().filter(this::isAgreed).forEach(unheard::add);
        }
        if (component != null && !announced) {
            announced = true;
            context.observer().decides(component);
        }
        if (claim != null
                && claim.move()
                        .filter(move -> move.ownGeneration().equals(generation))
                        .isPresent()) {
            context.proposals().accept(new FabricCommand.CompleteMove(name, generation.number()));
            if (make().ports().isEmpty()) {
                context.proposals().accept(new FabricCommand.MeasureHandoff(name, generation.number(), 0));
            }
            if (unheard.isEmpty()) {
                context.proposals().accept(new FabricCommand.MeasureFlip(name, generation.number(), 0));
            }
        }
    }

    private boolean isAgreed(ComponentPort port) {
        return context.wires().status(port).filter(SideStatus::agreedWithActive).isPresent();
    }

    private void heard(ComponentPort port, Generation generation) {
        if (unheard.remove(port) && unheard.isEmpty()) {
            context.proposals().accept(new FabricCommand.MeasureFlip(name, generation.number(), sinceMicros()));
        }
    }

    private void retired(Generation generation) {
        if (source != null && source.generation().equals(generation)) {
            source = null;
        }
        if (source == null && target == null) {
            tearDown();
        }
    }

    private void dismantle() {
        source = null;
        target = null;
        tearDown();
    }

    private void tearDown() {
        if (component != null) {
            decidesNoLonger();
            component.stopDeciding();
        }
        if (plugs != null) {
            plugs.unplugAll();
        }
        component = null;
        plugs = null;
    }

    private void decidesNoLonger() {
        if (component != null && announced) {
            announced = false;
            context.observer().decidesNoLonger(component);
        }
    }

    private Plugs make() {
        if (component == null || plugs == null) {
            component = context.factory().apply(name);
            component.configure(settings);
            plugs = new Plugs(context, component);
        }
        return plugs;
    }

    private HandoffTarget successor(Generation generation, Optional<Identity> predecessor) {
        return new HandoffTarget(
                name, generation, predecessor, make().ports(), instanceOf(), context.wires(), this::happened);
    }

    private HandoffSource holder(Generation generation) {
        return new HandoffSource(
                name, generation, make().ports(), instanceOf(), context.wires(), context.loop(), this::happened);
    }

    private ComponentInstance instanceOf() {
        make();
        Component decider = Objects.requireNonNull(component);
        return new ComponentInstance() {
            @Override
            public void startDeciding(JsonNode state) {
                decider.startDeciding(state);
            }

            @Override
            public JsonNode stopDeciding() {
                return decider.stopDeciding();
            }
        };
    }

    private boolean holds(String node, String instance) {
        return node.equals(context.self().name())
                && instance.equals(context.self().instance());
    }

    private long now() {
        return context.loop().ticker().nanoTime();
    }

    private boolean isOver(Duration patience) {
        return now() - since >= patience.toNanos();
    }

    private long sinceMicros() {
        return (now() - since) / 1000;
    }
}
