package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.RelocationStep.Kind;
import io.virtualwire.topology.RelocationStep.Status;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RelocationRulesTest {
    private static final String NETWORK = """
            version: 1
            hosts:
              e1: { api: "10.0.0.1:7472", libvirt: "test:///e1", cloud: east }
              w1: { api: "10.0.0.2:7472", libvirt: "test:///w1", cloud: west }
            switches: { lan: { node: n1 } }
            """;

    private final FabricStateMachine machine = new FabricStateMachine();
    private FabricState state = machine.initial();
    private long index;

    @BeforeEach
    void fabric() {
        for (String cloud : List.of("east", "west")) {
            String node = cloud.equals("east") ? "n1" : "n2";
            apply(new FabricCommand.RegisterNode(
                    new NodeRecord(node, new Identity("acme", node), node + "-1", List.of(), node + ":1", cloud)));
        }
        apply(new FabricCommand.ApplyTopology(-1, TopologyFile.parse("test", NETWORK), "n"));
        apply(new FabricCommand.TakeOver("lan", 0, "n1", "n1-1"));
        for (int number = 0; number < 4; number++) {
            String name = "vm" + number;
            apply(new FabricCommand.AttachVm(new VmRecord(
                    name,
                    name,
                    new UUID(0, number + 1),
                    "e1",
                    List.of(new VmNic(0, name, "52:54:00:00:00:0" + number, "tap" + number, 1500)))));
        }
    }

    @Test
    void machinesGoSideBySideAndAComponentByItself() {
        begin(vm(0), vm(1), vm(2), lan(), vm(3));
        assertThat(state.relocation().orElseThrow().due()).hasValue(0);
        step(0);
        step(1);
        assertThat(state.relocation().orElseThrow().due())
                .as("two between the hosts")
                .isEmpty();
        refused(ErrorCode.VERSION_CONFLICT, () -> step(2));
        end("vm1");
        step(2);
        assertThat(statuses())
                .containsExactly(Status.MOVING, Status.DONE, Status.MOVING, Status.WAITING, Status.WAITING);
        end("vm0");
        assertThat(state.relocation().orElseThrow().due())
                .as("vm2 is on its way")
                .isEmpty();
        end("vm2");
        step(3);
        assertThat(state.relocation().orElseThrow().due())
                .as("lan is on its way")
                .isEmpty();
        endLan();
        step(4);
        assertThat(state.relocation().orElseThrow().state()).isEqualTo(Relocation.State.UNDER_WAY);
        end("vm3");
        assertThat(state.relocation().orElseThrow().state()).isEqualTo(Relocation.State.DONE);
        assertThat(types())
                .containsSubsequence("relocation.begun", "relocation.step", "vm.moving", "relocation.ended")
                .endsWith("relocation.step", "relocation.ended");
    }

    @Test
    void whatIsStoppedEndsWhenNothingIsOnItsWayAndMayBeginAnew() {
        begin(vm(0), vm(1), vm(2));
        refused(ErrorCode.WRONG_STATE, () -> begin(vm(2)));
        step(0);
        apply(new FabricCommand.StopRelocation(id()));
        refused(ErrorCode.VERSION_CONFLICT, () -> step(1));
        assertThat(state.relocation().orElseThrow().state()).isEqualTo(Relocation.State.UNDER_WAY);
        end("vm0");
        assertThat(state.relocation().orElseThrow().state()).isEqualTo(Relocation.State.STOPPED);
        refused(ErrorCode.VERSION_CONFLICT, () -> begin(vm(0)));
        begin(vm(1), vm(2));
        step(0);
        assertThat(statuses()).containsExactly(Status.MOVING, Status.WAITING);
    }

    @Test
    void aStepThatFailsLetsNoneFollow() {
        begin(vm(0), vm(1), vm(2));
        step(0);
        step(1);
        long generation = state.machines().moving("vm0").orElseThrow().generation();
        apply(new FabricCommand.RollBackVmMove("vm0", generation, "n1-1", false, false, "no room"));
        assertThat(state.relocation().orElseThrow().due()).isEmpty();
        end("vm1");
        Relocation ended = state.relocation().orElseThrow();
        assertThat(ended.state()).isEqualTo(Relocation.State.FAILED);
        assertThat(ended.steps().getFirst().reason()).isEqualTo("no room");
        begin(vm(0), vm(2));
        assertThat(state.relocation().orElseThrow().due()).hasValue(0);
    }

    @Test
    void whatHasLeftByItselfIsDoneAndWhatCannotBeginFails() {
        begin(vm(0), vm(1), lan());
        apply(new FabricCommand.DetachVm("vm0", ""));
        step(0);
        assertThat(statuses()).startsWith(Status.DONE);
        apply(new FabricCommand.BeginVmMove("vm1", "w1", VmMoveWay.DEFAULT, "n1", "n1-1"));
        refused(ErrorCode.WRONG_STATE, () -> step(1));
        end("vm1");
        step(1);
        assertThat(statuses()).startsWith(Status.DONE, Status.DONE);
        step(2);
        apply(new FabricCommand.TakeOver("lan", state.claim("lan").orElseThrow().highest(), "n1", "n1-1"));
        assertThat(state.relocation().orElseThrow().state()).isEqualTo(Relocation.State.FAILED);
    }

    @Test
    void movesBetweenTwoHostsWaitForThoseThatBeganEarlier() {
        for (int number = 0; number < 3; number++) {
            apply(new FabricCommand.BeginVmMove("vm" + number, "w1", VmMoveWay.DEFAULT, "n1", "n1-1"));
        }
        advance("vm1");
        refused(ErrorCode.WRONG_STATE, () -> advance("vm2"));
        advance("vm0");
        refused(ErrorCode.WRONG_STATE, () -> advance("vm2"));
        end("vm0");
        advance("vm2");
        apply(new FabricCommand.BeginVmMove(
                "vm3", "w1", new VmMoveWay(VmMoveWay.MANAGED, false, false, 0, 3), "n1", "n1-1"));
        advance("vm3");
    }

    @Test
    void itIsReadAsItWasWritten() {
        begin(vm(0), lan());
        step(0);
        byte[] written = machine.states().encode(state);
        assertThat(machine.states().decode(written)).isEqualTo(state);
    }

    private static RelocationStep vm(int number) {
        return RelocationStep.planned(Kind.MACHINE, "vm" + number, "e1", "w1", 0, -1);
    }

    private static RelocationStep lan() {
        return RelocationStep.planned(Kind.COMPONENT, "lan", "n1", "n2", 0, -1);
    }

    private void begin(RelocationStep... steps) {
        apply(new FabricCommand.BeginRelocation("east", "west", VmMoveWay.DEFAULT, 0, List.of(steps)));
    }

    private void step(int number) {
        apply(new FabricCommand.BeginRelocationStep(id(), number, "n1", "n1-1"));
    }

    private long id() {
        return state.relocation().orElseThrow().id();
    }

    private void advance(String vm) {
        VmMove move = state.machines().moving(vm).orElseThrow();
        apply(new FabricCommand.AdvanceVmMove(vm, move.generation(), "n1-1", move.phase()));
    }

    private void end(String vm) {
        while (state.machines().moving(vm).isPresent()) {
            advance(vm);
        }
    }

    private void endLan() {
        apply(new FabricCommand.CompleteMove(
                "lan", state.claim("lan").orElseThrow().move().orElseThrow().generation()));
    }

    private List<Status> statuses() {
        return state.relocation().orElseThrow().steps().stream()
                .map(RelocationStep::status)
                .toList();
    }

    private void apply(FabricCommand command) {
        state = machine.apply(state, command, ++index);
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
