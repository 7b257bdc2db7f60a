package io.virtualwire.topology;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.log.Codec;
import io.virtualwire.log.NewerReleaseNeeded;
import io.virtualwire.log.StateMachine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes one agreed state of another by a command, or refuses it. */
public final class FabricStateMachine implements StateMachine<FabricCommand, FabricState> {
    /** Unknown fields are ignored, so that a node reads what one of the next release wrote. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new Jdk8Module())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final int understood;

    public FabricStateMachine() {
        this(FabricCommand.LEVEL);
    }

    /** @param understood of the log; that of another release in tests */
    FabricStateMachine(int understood) {
        this.understood = understood;
    }

    @Override
    public FabricState initial() {
        return FabricState.INITIAL;
    }

    @Override
    public Codec<FabricCommand> commands() {
        return Codec.json(JSON, FabricCommand.class);
    }

    @Override
    public Codec<FabricState> states() {
        Codec<FabricState> json = Codec.json(JSON, FabricState.class);
        return new Codec<>() {
            @Override
            public byte[] encode(FabricState state) {
                return json.encode(state);
            }

            @Override
            public FabricState decode(byte[] bytes) {
                FabricState state = json.decode(bytes);
                requireUnderstood("a snapshot", state.level());
                return state;
            }
        };
    }

    /** The level first: a release that does not know the command itself comes to the same as those that do. */
    @Override
    public FabricState apply(FabricState state, byte[] command, long index) {
        int level = level(command);
        new NodeRules(state).requireUnderstood(level);
        requireUnderstood("entry " + index, level);
        return StateMachine.super.apply(state, command, index).withLevel(level);
    }

    private void requireUnderstood(String what, int level) {
        if (level > understood) {
            throw new NewerReleaseNeeded(
                    what + " of the log is of level " + level + ", this release understands " + understood);
        }
    }

    private static int level(byte[] command) {
        try {
            Marked marked = JSON.readValue(command, Marked.class);
            return marked == null ? FabricCommand.FIRST_LEVEL : Math.max(FabricCommand.FIRST_LEVEL, marked.level());
        } catch (IOException senseless) {
            // Who reads it whole will say what is wrong.
            return FabricCommand.FIRST_LEVEL;
        }
    }

    /** What every release can read of a command. */
    private record Marked(int level) {}

    @Override
    public FabricState apply(FabricState state, FabricCommand command, long index) {
        FabricCommand.Stamped stamped =
                command instanceof FabricCommand.Stamped given ? given : FabricCommand.Stamped.at(0, command);
        if (state.events().has(stamped)) {
            return state;
        }
        FabricState next = new RelocationRules(next(state, stamped.command())).settled();
        return next.withEvents(state.events().plus(new StateChange(state, next).events(), stamped));
    }

    private static FabricState next(FabricState state, FabricCommand command) {
        return switch (command) {
            case FabricCommand.Stamped nested -> next(state, nested.command());
            case FabricCommand.RegisterNode register -> new NodeRules(state).register(register);
            case FabricCommand.DrainNode drain -> new NodeRules(state).drain(drain);
            case FabricCommand.FoundMembers found -> new MemberRules(state).found(found);
            case FabricCommand.AdmitMember admit -> new MemberRules(state).admit(admit);
            case FabricCommand.DismissMember dismiss -> new MemberRules(state).dismiss(dismiss);
            case FabricCommand.ApplyTopology apply -> applyTopology(state, apply);
            case FabricCommand.TakeOver take -> takeOver(state, take);
            case FabricCommand.BeginMove begin -> beginMove(state, begin);
            case FabricCommand.AbortMove abort -> abortMove(state, abort);
            case FabricCommand.CompleteMove complete -> completeMove(state, complete);
            case FabricCommand.MeasureHandoff measured ->
                report(state, measured.component(), measured.generation())
                        .map(move -> state.withMove(move.withHandoff(measured.micros())))
                        .orElse(state);
            case FabricCommand.MeasureFlip measured ->
                report(state, measured.component(), measured.generation())
                        .map(move -> state.withMove(move.withFlip(measured.micros())))
                        .orElse(state);
            case FabricCommand.ForgetWires forget -> forgetWires(state, forget);
            case FabricCommand.RenewFarSide renew -> renewFarSide(state, renew);
            case FabricCommand.ReportPorts report -> reportPorts(state, report);
            case FabricCommand.ReportNode report -> reportNode(state, report);
            case FabricCommand.AttachVm attach -> new MachineRules(state).attach(attach);
            case FabricCommand.DetachVm detach -> new MachineRules(state).detach(detach);
            case FabricCommand.BeginVmMove begin -> new MachineRules(state).begin(begin);
            case FabricCommand.ClaimVmMove claim -> new MachineRules(state).claim(claim);
            case FabricCommand.GiveUpVmMove give -> new MachineRules(state).giveUp(give);
            case FabricCommand.AdvanceVmMove advance -> new MachineRules(state).advance(advance);
            case FabricCommand.RollBackVmMove back -> new MachineRules(state).rollBack(back);
            case FabricCommand.StandByVm stand -> new StandbyRules(state).standBy(stand);
            case FabricCommand.FollowVm follow -> new StandbyRules(state).follow(follow);
            case FabricCommand.PayVmDebt pay ->
                state.withMachines(state.machines().paid(pay.vm(), pay.host(), pay.endpoint()));
            case FabricCommand.BeginRelocation begin -> new RelocationRules(state).begin(begin);
            case FabricCommand.BeginRelocationStep begin -> new RelocationRules(state).step(begin);
            case FabricCommand.StopRelocation stop -> new RelocationRules(state).stop(stop);
        };
    }

    private static FabricState applyTopology(FabricState state, FabricCommand.ApplyTopology apply) {
        if (apply.expectedVersion() >= 0 && apply.expectedVersion() != state.version()) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT,
                    "Cannot apply the topology over version " + apply.expectedVersion() + ": the fabric is at version "
                            + state.version(),
                    "Look at what changed, then apply again");
        }
        Topology wanted = apply.topology();
        new TopologyCheck(wanted).requireValid("that was given");
        new NodeRules(state).requireTaking(wanted);

        long generation = state.lastGeneration();
        Map<String, WireRecord> wires = new TreeMap<>();
        for (WireSpec spec : wanted.wires()) {
            String at = new MachineRules(state).placeOf(spec, wanted);
            HostSpec host = Objects.requireNonNull(wanted.hosts().get(at));
            WireRecord known = state.wires().get(spec.name());
            if (known != null && known.isFor(spec, at)) {
                wires.put(spec.name(), known.at(host));
            } else {
                generation++;
                WireId id = WireId.named(apply.nonce() + "/" + spec.name());
                wires.put(
                        spec.name(),
                        new WireRecord(
                                id,
                                spec.component(),
                                spec.port(),
                                spec.endpoint().name(),
                                at,
                                host,
                                generation,
                                spec.plain()));
            }
        }
        requireNoneMoves(state, wires);
        new MachineRules(state).requireFits(wanted, wires);
        Set<WireId> kept = new HashSet<>();
        wires.values().forEach(wire -> kept.add(wire.id()));
        List<WireRecord> removed = new ArrayList<>(state.removed());
        state.wires().values().stream()
                .filter(wire -> !kept.contains(wire.id()))
                .forEach(wire -> {
                    removed.add(wire);
                    wire.standbys().forEach(place -> removed.add(wire.left(place)));
                });

        Map<String, Claim> claims = new TreeMap<>(state.claims());
        claims.keySet().retainAll(wanted.switches().keySet());
        return state.withTopology(wanted, generation, claims, wires, removed);
    }

    /** Both nodes of a move go by the same ports. */
    private static void requireNoneMoves(FabricState state, Map<String, WireRecord> wires) {
        for (Claim claim : state.claims().values()) {
            List<WireRecord> wanted = wires.values().stream()
                    .filter(wire -> wire.component().equals(claim.component()))
                    .toList();
            if (claim.move().isPresent() && !wanted.equals(state.wiresOf(claim.component()))) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "Cannot change the wires of " + claim.component() + ": it is moving to "
                                + claim.move().get().to() + " now",
                        "Repeat it when that move has ended");
            }
        }
    }

    private static FabricState takeOver(FabricState state, FabricCommand.TakeOver take) {
        requireComponent(state, take.component());
        Optional<Claim> held = state.claim(take.component());
        requireHighest(take.component(), held, take.expectedGeneration());
        requireInstance(state, take.node(), take.instance());
        FabricState reported = held.flatMap(Claim::move)
                .flatMap(move -> report(state, take.component(), move.generation()))
                .map(move -> state.withMove(
                        move.ended(MoveRecord.Outcome.TAKEN_OVER, "node " + take.node() + " took the component over")))
                .orElse(state);
        return reported.withClaim(new Claim(
                take.component(), state.lastGeneration() + 1, take.node(), take.instance(), Optional.empty()));
    }

    static FabricState beginMove(FabricState state, FabricCommand.BeginMove begin) {
        requireComponent(state, begin.component());
        Claim claim = state.claim(begin.component())
                .orElseThrow(() -> new WireException(
                        ErrorCode.WRONG_STATE,
                        "Cannot move " + begin.component() + ": no node holds it yet",
                        "Wait until it runs: wire switch show " + begin.component()));
        requireHighest(begin.component(), Optional.of(claim), begin.expectedGeneration());
        if (claim.move().isPresent()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot move " + begin.component() + " to " + begin.to() + ": it is moving to "
                            + claim.move().get().to() + " now",
                    "Repeat it when that move has ended");
        }
        NodeRecord target = state.node(begin.to())
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "Cannot move " + begin.component() + " to " + begin.to() + ": there is no such node",
                        "Nodes are: " + String.join(", ", state.nodes().keySet())));
        new NodeRules(state).requireTaking("move " + begin.component() + " to " + begin.to(), begin.to());
        if (claim.owner().equals(begin.to())) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot move " + begin.component() + " to " + begin.to() + ": it is there already",
                    "");
        }
        long generation = state.lastGeneration() + 1;
        Move move = new Move(begin.to(), generation, target.instance());
        return state.withClaim(claim.withMove(Optional.of(move)))
                .withMove(new MoveRecord(
                        begin.component(),
                        generation,
                        claim.owner(),
                        begin.to(),
                        MoveRecord.Outcome.UNDER_WAY,
                        -1,
                        -1,
                        ""));
    }

    private static FabricState abortMove(FabricState state, FabricCommand.AbortMove abort) {
        Claim claim = requireMove(state, abort.component(), abort.generation());
        return report(state, abort.component(), abort.generation())
                .map(move -> state.withMove(move.ended(MoveRecord.Outcome.CALLED_OFF, abort.reason())))
                .orElse(state)
                .withClaim(claim.withMove(Optional.empty()));
    }

    private static FabricState completeMove(FabricState state, FabricCommand.CompleteMove complete) {
        Claim claim = requireMove(state, complete.component(), complete.generation());
        Move move = claim.move().orElseThrow();
        return report(state, complete.component(), complete.generation())
                .map(record -> state.withMove(record.ended(MoveRecord.Outcome.COMPLETED, "")))
                .orElse(state)
                .withClaim(new Claim(
                        complete.component(), move.generation(), move.to(), move.instance(), Optional.empty()));
    }

    private static FabricState forgetWires(FabricState state, FabricCommand.ForgetWires forget) {
        Set<WireId> gone = new HashSet<>(forget.wires());
        return state.withRemoved(state.removed().stream()
                .filter(wire -> !(gone.contains(wire.id())
                        && (forget.farGeneration() == 0 || forget.farGeneration() == wire.farGeneration())))
                .toList());
    }

    private static FabricState renewFarSide(FabricState state, FabricCommand.RenewFarSide renew) {
        WireRecord wire = state.wires().values().stream()
                .filter(known -> known.id().equals(renew.wire()) && known.farGeneration() == renew.farGeneration())
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.VERSION_CONFLICT,
                        "No wire " + renew.wire() + " has its far side at generation " + renew.farGeneration(),
                        "Look again"));
        if (wire.next().isPresent() || wire.last().isPresent()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Cannot renew the far side of " + wire.name() + ": it is moving to another host",
                    "Repeat it when that move has ended");
        }
        // Whoever disconnected it may have used a number far above: that is this side's affair, and raises no other's.
        long next = state.lastGeneration() + 1;
        Generation above = new Generation(Math.max(next, renew.disconnectedAt() + 1), "");
        Map<String, WireRecord> wires = new TreeMap<>(state.wires());
        wires.put(wire.name(), wire.renewed(above.number()));
        requireNoneMoves(state, wires);
        return state.withWires(wires, state.removed(), next);
    }

    private static FabricState reportPorts(FabricState state, FabricCommand.ReportPorts report) {
        boolean holds = state.claim(report.component())
                .filter(claim -> claim.generation() == report.generation())
                .isPresent();
        if (!holds) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT,
                    "Nobody holds " + report.component() + " at generation " + report.generation(),
                    "Look again");
        }
        Map<String, PortReport> known = new TreeMap<>(report.ports());
        known.keySet()
                .retainAll(state.wiresOf(report.component()).stream()
                        .map(WireRecord::name)
                        .toList());
        return state.withObservations(state.observations().with(known));
    }

    private static FabricState reportNode(FabricState state, FabricCommand.ReportNode report) {
        requireInstance(state, report.node(), report.instance());
        return state.withObservations(state.observations().with(report.node(), report.present()));
    }

    private static Optional<MoveRecord> report(FabricState state, String component, long generation) {
        return state.lastMove(component).filter(move -> move.generation() == generation);
    }

    private static void requireComponent(FabricState state, String component) {
        if (!state.topology().switches().containsKey(component)) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "There is no switch " + component,
                    "Switches are: "
                            + String.join(", ", state.topology().switches().keySet()));
        }
    }

    private static void requireHighest(String component, Optional<Claim> claim, long expected) {
        long highest = claim.map(Claim::highest).orElse(0L);
        if (highest != expected) {
            throw new WireException(
                    ErrorCode.VERSION_CONFLICT,
                    "The claim on " + component + " changed: its generation is " + highest + ", not " + expected,
                    "Look again");
        }
    }

    private static Claim requireMove(FabricState state, String component, long generation) {
        return state.claim(component)
                .filter(claim -> claim.move()
                        .filter(move -> move.generation() == generation)
                        .isPresent())
                .orElseThrow(() -> new WireException(
                        ErrorCode.VERSION_CONFLICT,
                        "No move of " + component + " with generation " + generation + " is under way",
                        "Look again"));
    }

    static void requireInstance(FabricState state, String node, String instance) {
        boolean current = state.node(node)
                .filter(known -> known.instance().equals(instance))
                .isPresent();
        if (!current) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "Process " + instance + " is not, or no longer, node " + node,
                    "Another process of that name has registered since");
        }
    }
}
