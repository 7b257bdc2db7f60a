package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MachineRulesTest {
    private static final String NETWORK = """
            version: 1
            hosts:
              e1: { api: "10.0.0.1:7472", libvirt: "test:///e1" }
              w1: { api: "10.0.0.2:7472", libvirt: "test:///w1", libvirt-peer: "test:///w1-peer" }
              n1: { api: "10.0.0.3:7472" }
            switches: { lan: { node: east } }
            wires:
              - { switch: lan, port: web, endpoint: web1 }
              - { switch: lan, port: db, endpoint: db@w1 }
            """;
    private static final UUID ID = UUID.fromString("11111111-2222-3333-4444-555555555555");

    private final FabricStateMachine machine = new FabricStateMachine();
    private FabricState state = machine.initial();
    private long index;

    @BeforeEach
    void fabric() {
        for (String node : List.of("east", "west")) {
            apply(new FabricCommand.RegisterNode(
                    new NodeRecord(node, new Identity("acme", node), node + "-1", List.of(), node + ":1")));
        }
        topology(NETWORK.replace("  - { switch: lan, port: web, endpoint: web1 }\n", ""));
        apply(attached("e1", "web1", 0));
        topology(NETWORK);
    }

    @Test
    void aWireNamesTheEndpointAndIsWhereTheMachineIs() {
        assertThat(web().host()).isEqualTo("e1");
        topology(NETWORK.replace("endpoint: web1", "endpoint: web1@w1"));
        assertThat(web().host()).isEqualTo("e1");
        refused(ErrorCode.BAD_REQUEST, () -> topology(NETWORK.replace("endpoint: web1", "endpoint: web9")));
    }

    @Test
    void aMoveAnnouncesTheNextPlaceThenTakesItThenOwesTheOldOne() {
        WireRecord before = web();
        VmMove move = begin("w1");
        assertThat(web().next()).hasValueSatisfying(place -> {
            assertThat(place.host()).isEqualTo("w1");
            assertThat(place.generation()).isEqualTo(move.generation()).isGreaterThan(before.farGeneration());
        });
        assertThat(web().host()).isEqualTo("e1");
        advance(VmMovePhase.PREPARE);
        advance(VmMovePhase.MOVE);
        assertThat(web().host()).as("until its sides are active there").isEqualTo("e1");
        advance(VmMovePhase.ACTIVATE);
        assertThat(web().host()).isEqualTo("w1");
        assertThat(web().arrived()).isTrue();
        assertThat(web().farGeneration()).isEqualTo(move.generation());
        assertThat(web().last())
                .hasValueSatisfying(place -> assertThat(place.generation()).isEqualTo(before.farGeneration()));
        assertThat(web().id()).isEqualTo(before.id());
        assertThat(vm().host()).isEqualTo("w1");
        advance(VmMovePhase.DRAIN);
        assertThat(web().last()).isEmpty();
        assertThat(state.removed()).singleElement().satisfies(old -> {
            assertThat(old.host()).isEqualTo("e1");
            assertThat(old.farGeneration()).isEqualTo(before.farGeneration());
        });
        assertThat(state.machines().debts()).singleElement().satisfies(debt -> {
            assertThat(debt.host()).isEqualTo("e1");
            assertThat(debt.endpoint()).isEqualTo("web1");
        });
        apply(new FabricCommand.ForgetWires(List.of(before.id()), before.farGeneration() + 1));
        assertThat(state.removed()).as("another generation is not meant").hasSize(1);
        apply(new FabricCommand.ForgetWires(List.of(before.id()), before.farGeneration()));
        apply(new FabricCommand.PayVmDebt("web1", "e1", "web1"));
        advance(VmMovePhase.CLEAN_UP);
        assertThat(state.removed()).isEmpty();
        assertThat(state.machines().debts()).isEmpty();
        assertThat(state.machines().moving("web1")).isEmpty();
        assertThat(types()).containsSubsequence("vm.attached", "vm.moving", "vm.moved", "vm.move-done");
    }

    @Test
    void aMoveThatIsRolledBackLeavesTheWireAsItWas() {
        WireRecord before = web();
        VmMove move = begin("w1");
        advance(VmMovePhase.PREPARE);
        apply(new FabricCommand.RollBackVmMove("web1", move.generation(), "east-1", false, true, "no"));
        assertThat(web()).isEqualTo(before);
        assertThat(state.removed()).singleElement().satisfies(old -> {
            assertThat(old.host()).isEqualTo("w1");
            assertThat(old.farGeneration()).isEqualTo(move.generation());
        });
        assertThat(state.machines().debts()).singleElement().satisfies(debt -> {
            assertThat(debt.host()).isEqualTo("w1");
            assertThat(debt.stop()).isTrue();
        });
        assertThat(vm().host()).isEqualTo("e1");
        assertThat(types()).endsWith("vm.move-failed");
        begin("w1");
        assertThat(state.machines().debts()).as("it is wanted there again").isEmpty();
    }

    @Test
    void whatAMoveTookIsGatheredAndKept() {
        VmMove move = begin("w1");
        measured(VmMovePhase.PREPARE, VmMoveMeasure.of(VmMovePhase.PREPARE, 0));
        advance(VmMovePhase.MOVE);
        advance(VmMovePhase.ACTIVATE);
        measured(
                VmMovePhase.DRAIN,
                new VmMoveMeasure(
                        Map.of(VmMovePhase.PREPARE, 7.0, VmMovePhase.DRAIN, 900.0),
                        OptionalLong.of(41),
                        VmMoveMeasure.RARP,
                        OptionalDouble.of(1.25),
                        OptionalDouble.empty()));
        VmMove known = state.machines().lastMove("web1").orElseThrow();
        assertThat(known.generation()).isEqualTo(move.generation());
        assertThat(known.measure())
                .contains(new VmMoveMeasure(
                        Map.of(VmMovePhase.PREPARE, 0.0, VmMovePhase.DRAIN, 900.0),
                        OptionalLong.of(41),
                        VmMoveMeasure.RARP,
                        OptionalDouble.of(1.25),
                        OptionalDouble.empty()));
        assertThat(machine.states().decode(machine.states().encode(state))).isEqualTo(state);
        advance(VmMovePhase.CLEAN_UP);
        begin("e1");
        assertThat(state.machines().lastMove("web1").orElseThrow().measure()).isEmpty();
    }

    private void measured(VmMovePhase from, VmMoveMeasure measure) {
        long generation = state.machines().lastMove("web1").orElseThrow().generation();
        apply(new FabricCommand.AdvanceVmMove("web1", generation, "east-1", from, Optional.of(measure)));
    }

    @Test
    void aMoveThatMayHaveBeenHeardIsRolledBackByShuttingTheTargetOut() {
        VmMove move = begin("w1");
        advance(VmMovePhase.PREPARE);
        advance(VmMovePhase.MOVE);
        apply(new FabricCommand.RollBackVmMove("web1", move.generation(), "east-1", true, true, "it came back"));
        assertThat(web().host()).isEqualTo("e1");
        assertThat(web().fenced()).isTrue();
        assertThat(web().farGeneration()).isGreaterThan(move.generation());
    }

    @Test
    void aMachineThatSomebodyElseMayMoveIsAwaitedAndFollowed() {
        assertThat(state.machinesToAwait()).isEmpty();
        topology(NETWORK + "vms: { web1: { follow: rarp } }\n");
        WireRecord before = web();
        assertThat(state.machinesToAwait()).containsExactly("web1");
        apply(new FabricCommand.StandByVm("web1"));
        assertThat(state.machinesToAwait()).isEmpty();
        assertThat(vm().prepared()).containsExactly("n1", "w1");
        assertThat(web().ahead()).extracting(WirePlace::host).containsExactly("n1", "w1");
        assertThat(web().ahead())
                .allSatisfy(place -> assertThat(place.generation()).isGreaterThan(before.farGeneration()));
        WirePlace there = web().standbyAt("w1").orElseThrow();

        follow(there.generation());
        VmMove move = state.machines().moving("web1").orElseThrow();
        assertThat(move.from() + " " + move.to() + " " + move.phase()).isEqualTo("e1 w1 ACTIVATE");
        assertThat(move.way().isFollowed()).isTrue();
        assertThat(web().next()).hasValue(there);
        refused(ErrorCode.VERSION_CONFLICT, () -> follow(there.generation()));
        advance(VmMovePhase.ACTIVATE);
        assertThat(vm().host()).isEqualTo("w1");
        assertThat(web().host()).isEqualTo("w1");
        assertThat(web().farGeneration()).isEqualTo(there.generation());
        assertThat(web().last())
                .hasValueSatisfying(old -> assertThat(old.host()).isEqualTo("e1"));
        advance(VmMovePhase.DRAIN);
        assertThat(state.machines().debts()).singleElement().satisfies(debt -> {
            assertThat(debt.host()).isEqualTo("e1");
            assertThat(debt.stop()).as("what others started others stop").isFalse();
        });
        advance(VmMovePhase.CLEAN_UP);
        assertThat(types()).containsSubsequence("vm.followed", "vm.moved", "vm.move-done");

        apply(new FabricCommand.StandByVm("web1"));
        assertThat(vm().prepared()).as("something is left at e1").containsExactly("n1");
        apply(new FabricCommand.ForgetWires(List.of(before.id()), before.farGeneration()));
        apply(new FabricCommand.PayVmDebt("web1", "e1", "web1"));
        apply(new FabricCommand.StandByVm("web1"));
        assertThat(web().ahead()).extracting(WirePlace::host).containsExactly("n1", "e1");
        assertThat(web().ahead())
                .allSatisfy(place -> assertThat(place.generation()).isGreaterThan(there.generation()));
        refused(ErrorCode.VERSION_CONFLICT, () -> follow(there.generation()));
        byte[] written = machine.states().encode(state);
        assertThat(machine.states().decode(written)).isEqualTo(state);
    }

    @Test
    void whatIsAwaitedNoLongerIsRemoved() {
        topology(NETWORK + "vms: { web1: { follow: rarp, places: [w1] } }\n");
        apply(new FabricCommand.StandByVm("web1"));
        WirePlace place = web().standbyAt("w1").orElseThrow();
        topology(NETWORK);
        assertThat(state.machinesToAwait()).containsExactly("web1");
        apply(new FabricCommand.StandByVm("web1"));
        assertThat(web().standbys()).isEmpty();
        assertThat(vm().prepared()).isEmpty();
        assertThat(state.removed()).singleElement().satisfies(old -> {
            assertThat(old.host()).isEqualTo("w1");
            assertThat(old.farGeneration()).isEqualTo(place.generation());
        });
        assertThat(state.machines().debts()).extracting(VmDebt::host).containsExactly("w1");
    }

    @Test
    void aWireThatIsNewOrRenewedIsAwaitedAnewWithTheOthers() {
        topology(NETWORK + "vms: { web1: { follow: rarp, places: [w1] } }\n");
        apply(new FabricCommand.StandByVm("web1"));
        WireRecord before = web();
        apply(new FabricCommand.RenewFarSide(before.id(), before.farGeneration(), before.farGeneration()));
        assertThat(web().ahead()).as("too old").isEmpty();
        assertThat(state.machinesToAwait()).containsExactly("web1");
        apply(new FabricCommand.StandByVm("web1"));
        assertThat(web().ahead())
                .singleElement()
                .satisfies(place -> assertThat(place.generation()).isGreaterThan(web().farGeneration()));
        assertThat(state.removed()).as("replaced in place").isEmpty();
    }

    @Test
    void aMoveThatIsAskedForGoesBeforeWhatIsAwaited() {
        topology(NETWORK + "vms: { web1: { follow: rarp, places: [w1] } }\n");
        apply(new FabricCommand.StandByVm("web1"));
        VmMove move = begin("w1");
        assertThat(web().ahead())
                .singleElement()
                .satisfies(place -> assertThat(place.generation()).isEqualTo(move.generation()));
        advance(VmMovePhase.PREPARE);
        apply(new FabricCommand.RollBackVmMove("web1", move.generation(), "east-1", false, true, "no"));
        assertThat(web().standbys()).as("it was replaced, and is removed").isEmpty();
        assertThat(vm().prepared()).isEmpty();
        apply(new FabricCommand.StandByVm("web1"));
        assertThat(web().standbys()).as("until nothing is left there").isEmpty();
    }

    private void follow(long generation) {
        apply(new FabricCommand.FollowVm("web1", generation, "east", "east-1"));
    }

    @Test
    void onlyTheDriverTakesStepsAndOnlyFromThePhaseItSaw() {
        VmMove move = begin("w1");
        refused(
                ErrorCode.VERSION_CONFLICT,
                () -> apply(new FabricCommand.AdvanceVmMove("web1", move.generation(), "west-1", VmMovePhase.PREPARE)));
        refused(ErrorCode.VERSION_CONFLICT, () -> advance(VmMovePhase.MOVE));
        apply(new FabricCommand.ClaimVmMove("web1", move.generation(), "east-1", "west", "west-1"));
        refused(ErrorCode.VERSION_CONFLICT, () -> advance(VmMovePhase.PREPARE));
        refused(
                ErrorCode.VERSION_CONFLICT,
                () -> apply(new FabricCommand.ClaimVmMove("web1", move.generation(), "east-1", "east", "east-1")));
        apply(new FabricCommand.AdvanceVmMove("web1", move.generation(), "west-1", VmMovePhase.PREPARE));
    }

    @Test
    void refusesWhatCannotBe() {
        refused(ErrorCode.NOT_FOUND, () -> begin("nowhere"));
        refused(ErrorCode.WRONG_STATE, () -> begin("n1"));
        refused(ErrorCode.WRONG_STATE, () -> begin("e1"));
        refused(ErrorCode.ALREADY_EXISTS, () -> apply(attached("w1", "web1", 0)));
        refused(ErrorCode.ALREADY_EXISTS, () -> apply(attached("e1", "web1", 1)));
        refused(ErrorCode.ALREADY_EXISTS, () -> apply(attached("e1", "db", 1)));
        refused(ErrorCode.IN_USE, () -> apply(new FabricCommand.DetachVm("web1", "")));
        refused(
                ErrorCode.BAD_REQUEST,
                () -> topology(NETWORK.replace("  e1: { api: \"10.0.0.1:7472\", libvirt: \"test:///e1\" }\n", "")));
        begin("w1");
        refused(ErrorCode.WRONG_STATE, () -> begin("w1"));
        refused(ErrorCode.WRONG_STATE, () -> apply(attached("e1", "web1", 0)));
        refused(
                ErrorCode.WRONG_STATE,
                () -> topology(NETWORK.replace("  - { switch: lan, port: web, endpoint: web1 }\n", "")));
    }

    @Test
    void aMachineIsDetachedWhenNoWireGoesThere() {
        apply(attached("e1", "web1-lan", 1));
        assertThat(vm().nics()).extracting(VmNic::endpoint).containsExactly("web1", "web1-lan");
        apply(new FabricCommand.DetachVm("web1", "web1-lan"));
        assertThat(vm().nics()).extracting(VmNic::endpoint).containsExactly("web1");
        topology(NETWORK.replace("  - { switch: lan, port: web, endpoint: web1 }\n", ""));
        apply(new FabricCommand.DetachVm("web1", ""));
        apply(new FabricCommand.DetachVm("web1", ""));
        assertThat(state.machines().vms()).isEmpty();
        assertThat(state.machines().debts()).hasSize(2);
        assertThat(types()).endsWith("vm.detached");
    }

    @Test
    void itIsReadAsItWasWritten() {
        begin("w1");
        byte[] written = machine.states().encode(state);
        assertThat(machine.states().decode(written)).isEqualTo(state);
    }

    private FabricCommand attached(String host, String endpoint, int number) {
        return new FabricCommand.AttachVm(new VmRecord(
                "web1",
                "web1",
                ID,
                host,
                List.of(new VmNic(number, endpoint, "52:54:00:00:00:0" + number, "tap" + number, 1500))));
    }

    private VmMove begin(String to) {
        apply(new FabricCommand.BeginVmMove("web1", to, VmMoveWay.DEFAULT, "east", "east-1"));
        return state.machines().moving("web1").orElseThrow();
    }

    private void advance(VmMovePhase from) {
        long generation = state.machines().lastMove("web1").orElseThrow().generation();
        apply(new FabricCommand.AdvanceVmMove("web1", generation, "east-1", from));
    }

    private void topology(String text) {
        apply(new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", text), "n" + index));
    }

    private void apply(FabricCommand command) {
        state = machine.apply(state, command, ++index);
    }

    private WireRecord web() {
        return Objects.requireNonNull(state.wires().get("lan/web"));
    }

    private VmRecord vm() {
        return state.machines().vm("web1").orElseThrow();
    }

    private List<String> types() {
        return state.events().recent().stream().map(FabricEvent::type).toList();
    }

    private static void refused(ErrorCode code, ThrowingCallable what) {
        assertThatThrownBy(what)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
