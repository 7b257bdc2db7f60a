package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FabricStateMachineTest {
    private static final String NETWORK = """
            version: 1
            hosts: { east-1: { api: "10.0.0.1:7472" }, west-1: { api: "10.0.0.2:7472" } }
            switches: { lan: { node: east } }
            wires:
              - { switch: lan, port: web, endpoint: web@east-1 }
              - { switch: lan, port: db, endpoint: db@west-1 }
            """;

    private final FabricStateMachine machine = new FabricStateMachine();
    private FabricState state = machine.initial();
    private long index;

    @BeforeEach
    void fabric() {
        register("east", "e1");
        register("west", "w1");
        apply(NETWORK, 0, "n1");
    }

    @Test
    void makesWiresOfATopology() {
        assertThat(state.version()).isEqualTo(1);
        assertThat(state.wires()).containsOnlyKeys("lan/db", "lan/web");
        assertThat(state.wiresOf("lan")).extracting(WireRecord::farGeneration).doesNotHaveDuplicates();
        assertThat(state.removed()).isEmpty();
    }

    @Test
    void comparesVersions() {
        assertRefused(ErrorCode.VERSION_CONFLICT, () -> apply(NETWORK, 0, "n2"));
        apply(NETWORK, 1, "n2");
        apply(NETWORK, -1, "n3");
        assertThat(state.version()).isEqualTo(3);
    }

    @Test
    void keepsWiresThatDidNotChange() {
        var before = state.wires();
        apply(NETWORK, 1, "n2");
        assertThat(state.wires()).isEqualTo(before);
        assertThat(state.removed()).isEmpty();
    }

    @Test
    void replacesAWireThatGoesElsewhereByANewOne() {
        WireRecord before = wire("lan/db");
        apply(NETWORK.replace("db@west-1", "db2@west-1"), 1, "n2");
        assertThat(wire("lan/db").id()).isNotEqualTo(before.id());
        assertThat(wire("lan/db").farGeneration()).isGreaterThan(before.farGeneration());
        assertThat(state.removed()).containsExactly(before);
        accept(new FabricCommand.ForgetWires(List.of(before.id())));
        assertThat(state.removed()).isEmpty();
    }

    @Test
    void givesAWireThatComesBackANewId() {
        WireRecord before = wire("lan/db");
        apply(NETWORK.replace("  - { switch: lan, port: db, endpoint: db@west-1 }\n", ""), 1, "n2");
        apply(NETWORK, 2, "n3");
        assertThat(wire("lan/db").id()).isNotEqualTo(before.id());
        assertThat(state.removed()).containsExactly(before);
    }

    @Test
    void renewsAFarSideThatSomebodyDisconnected() {
        WireRecord before = wire("lan/db");
        accept(new FabricCommand.RenewFarSide(before.id(), before.farGeneration(), before.farGeneration() + 100));
        WireRecord renewed = wire("lan/db");
        assertThat(renewed.id()).isEqualTo(before.id());
        assertThat(renewed.farGeneration()).isGreaterThan(before.farGeneration() + 100);
        assertThat(state.lastGeneration()).isLessThan(before.farGeneration() + 100);
        assertRefused(
                ErrorCode.VERSION_CONFLICT,
                () -> accept(new FabricCommand.RenewFarSide(before.id(), before.farGeneration(), 1)));
        assertRefused(
                ErrorCode.BAD_REQUEST,
                () -> accept(new FabricCommand.RenewFarSide(before.id(), renewed.farGeneration(), 0xffff_ffffL)));
        takeOver(0, "east", "e1");
        beginMove("west");
        assertRefused(
                ErrorCode.WRONG_STATE,
                () -> accept(new FabricCommand.RenewFarSide(before.id(), renewed.farGeneration(), 1)));
    }

    @Test
    void dropsTheClaimOfASwitchThatIsGone() {
        takeOver(0, "east", "e1");
        apply("version: 1", 1, "n2");
        assertThat(state.claims()).isEmpty();
        assertThat(state.removed()).hasSize(2);
        apply(NETWORK, 2, "n3");
        takeOver(0, "east", "e1");
        assertThat(claim().generation()).isGreaterThan(2);
    }

    @Test
    void grantsAComponentOnce() {
        takeOver(0, "east", "e1");
        assertRefused(ErrorCode.VERSION_CONFLICT, () -> takeOver(0, "west", "w1"));
        assertThat(claim().owner()).isEqualTo("east");
        long first = claim().generation();
        takeOver(first, "west", "w1");
        assertThat(claim().owner()).isEqualTo("west");
        assertThat(claim().generation()).isGreaterThan(first);
    }

    @Test
    void grantsNothingToAFormerProcess() {
        register("east", "e2");
        assertRefused(ErrorCode.WRONG_STATE, () -> takeOver(0, "east", "e1"));
        assertRefused(ErrorCode.NOT_FOUND, () -> accept(new FabricCommand.TakeOver("wan", 0, "east", "e2")));
    }

    @Test
    void moves() {
        takeOver(0, "east", "e1");
        long before = claim().generation();
        beginMove("west");
        long next = claim().highest();
        assertThat(next).isGreaterThan(before);
        assertThat(claim().owner()).isEqualTo("east");
        accept(new FabricCommand.CompleteMove("lan", next));
        assertThat(claim()).isEqualTo(new Claim("lan", next, "west", "w1", java.util.Optional.empty()));
        accept(new FabricCommand.MeasureHandoff("lan", next, 1500));
        accept(new FabricCommand.MeasureFlip("lan", next, 700));
        accept(new FabricCommand.MeasureFlip("lan", next - 1, 1));
        assertThat(state.lastMove("lan"))
                .contains(new MoveRecord("lan", next, "east", "west", MoveRecord.Outcome.COMPLETED, 1500, 700, ""));
    }

    @Test
    void callsAMoveOff() {
        takeOver(0, "east", "e1");
        beginMove("west");
        long next = claim().highest();
        accept(new FabricCommand.AbortMove("lan", next, "too slow"));
        assertThat(claim().move()).isEmpty();
        assertThat(state.lastMove("lan").orElseThrow().outcome()).isEqualTo(MoveRecord.Outcome.CALLED_OFF);
        assertRefused(ErrorCode.VERSION_CONFLICT, () -> accept(new FabricCommand.CompleteMove("lan", next)));

        beginMove("west");
        assertThat(claim().highest()).isGreaterThan(next);
    }

    @Test
    void changesNoWiresOfAMovingSwitch() {
        takeOver(0, "east", "e1");
        beginMove("west");
        assertRefused(ErrorCode.WRONG_STATE, () -> apply("version: 1\nswitches: { lan: { node: east } }", 1, "n2"));
        apply(NETWORK, 1, "n2");
    }

    @Test
    void aTakeoverEndsAMove() {
        takeOver(0, "east", "e1");
        beginMove("west");
        long next = claim().highest();
        takeOver(next, "east", "e1");
        assertThat(claim().generation()).isGreaterThan(next);
        assertThat(state.lastMove("lan").orElseThrow().outcome()).isEqualTo(MoveRecord.Outcome.TAKEN_OVER);
        assertRefused(ErrorCode.VERSION_CONFLICT, () -> accept(new FabricCommand.CompleteMove("lan", next)));
    }

    @Test
    void aMoveIsForOneProcess() {
        takeOver(0, "east", "e1");
        beginMove("west");
        register("west", "w2");
        assertThat(claim().move().orElseThrow().instance()).isEqualTo("w1");
    }

    @Test
    void refusesSenselessMoves() {
        assertRefused(ErrorCode.WRONG_STATE, () -> accept(new FabricCommand.BeginMove("lan", 0, "west")));
        takeOver(0, "east", "e1");
        assertRefused(ErrorCode.WRONG_STATE, () -> beginMove("east"));
        assertRefused(ErrorCode.NOT_FOUND, () -> beginMove("north"));
        beginMove("west");
        assertRefused(ErrorCode.WRONG_STATE, () -> beginMove("west"));
    }

    /** Whatever is proposed by whom in whatever order: generations only rise, and each is granted once. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void generationsOnlyRise(long seed) {
        Random random = new Random(seed);
        List<String> nodes = List.of("east", "west");
        long highest = 0;
        for (int step = 0; step < 3000; step++) {
            long generation = random.nextInt(4) == 0
                    ? random.nextInt(20)
                    : state.claim("lan").map(Claim::highest).orElse(0L);
            String node = nodes.get(random.nextInt(2));
            String instance = node.charAt(0) + "" + random.nextInt(3);
            FabricState before = state;
            try {
                accept(
                        switch (random.nextInt(8)) {
                            case 0 -> new FabricCommand.RegisterNode(record(node, instance));
                            case 1 -> new FabricCommand.TakeOver("lan", generation, node, instance);
                            case 2, 3 -> new FabricCommand.BeginMove("lan", generation, node);
                            case 4 -> new FabricCommand.AbortMove("lan", generation, "");
                            default -> new FabricCommand.CompleteMove("lan", generation);
                        });
            } catch (WireException e) {
                assertThat(state).isSameAs(before);
            }
            long now = state.claim("lan").map(Claim::generation).orElse(0L);
            assertThat(now).isGreaterThanOrEqualTo(highest);
            if (now == highest && now > 0) {
                assertThat(claim().owner())
                        .isEqualTo(before.claim("lan").orElseThrow().owner());
            }
            assertThat(state.claim("lan").map(Claim::highest).orElse(0L)).isLessThanOrEqualTo(state.lastGeneration());
            highest = now;
        }
        assertThat(highest).isGreaterThan(50);
    }

    @Test
    void isWrittenAndReadAsJson() {
        takeOver(0, "east", "e1");
        beginMove("west");
        assertThat(machine.states().decode(machine.states().encode(state))).isEqualTo(state);
        FabricCommand command = new FabricCommand.ApplyTopology(3, state.topology(), "n");
        assertThat(machine.commands().decode(machine.commands().encode(command)))
                .isEqualTo(command);
        FabricCommand other =
                new FabricCommand.ForgetWires(List.of(wire("lan/db").id()));
        assertThat(machine.commands().decode(machine.commands().encode(other))).isEqualTo(other);
    }

    private Claim claim() {
        return state.claim("lan").orElseThrow();
    }

    private WireRecord wire(String name) {
        return java.util.Objects.requireNonNull(state.wires().get(name));
    }

    private void register(String node, String instance) {
        accept(new FabricCommand.RegisterNode(record(node, instance)));
    }

    private static NodeRecord record(String node, String instance) {
        return new NodeRecord(
                node, new Identity("acme", "node-" + node), instance, List.of("10.0.0.9:7481"), "10.0.0.9:7482");
    }

    private void apply(String yaml, long expected, String nonce) {
        accept(new FabricCommand.ApplyTopology(expected, TopologyFile.parse("test", yaml), nonce));
    }

    private void takeOver(long expected, String node, String instance) {
        accept(new FabricCommand.TakeOver("lan", expected, node, instance));
    }

    private void beginMove(String to) {
        accept(new FabricCommand.BeginMove("lan", claim().highest(), to));
    }

    private void accept(FabricCommand command) {
        state = machine.apply(state, command, ++index);
    }

    private static void assertRefused(ErrorCode code, Runnable attempt) {
        assertThatThrownBy(attempt::run)
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
