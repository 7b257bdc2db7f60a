package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.log.NewerReleaseNeeded;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of two releases on one log: they come to the same state at each entry, or the earlier one stops. */
final class LevelsTest {
    private static final byte[] FROM_THE_FUTURE =
            "{'type':'stamped','at':1,'key':'','digest':'','level':2,'command':{'type':'fromTheFuture','number':7}}"
                    .replace('\'', '"')
                    .getBytes(StandardCharsets.UTF_8);

    /** Stands for a known command with a field that means something new. */
    private static final byte[] NEW_IN_TWO =
            "{'type':'stamped','at':1,'key':'','digest':'','level':2,'command':{'type':'drainNode','node':'n0','draining':true}}"
                    .replace('\'', '"')
                    .getBytes(StandardCharsets.UTF_8);

    private final FabricStateMachine earlier = new FabricStateMachine(1);
    private final FabricStateMachine later = new FabricStateMachine(2);

    @Test
    void untilAllAreUpgradedBothRefuseWhatIsNew() {
        FabricState mixed = with(2, 1, 2);
        for (FabricStateMachine release : List.of(earlier, later)) {
            assertThatThrownBy(() -> release.apply(mixed, FROM_THE_FUTURE, 9))
                    .isInstanceOfSatisfying(WireException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                        assertThat(e.getMessage()).contains("node n1").doesNotContain("node n0", "node n2");
                    });
        }
        assertThat(earlier.states().decode(later.states().encode(mixed))).isEqualTo(mixed);
    }

    @Test
    void thenTheEarlierOneStopsAndIsNotTakenInAgain() {
        FabricState ready = with(2, 2, 2);
        assertThat(earlier.states().decode(later.states().encode(ready)))
                .as("nothing new was said yet: there is a way back")
                .isEqualTo(ready);
        assertThatThrownBy(() -> earlier.apply(ready, FROM_THE_FUTURE, 9)).isInstanceOf(NewerReleaseNeeded.class);
        FabricState upgraded = later.apply(ready, NEW_IN_TWO, 9);
        assertThat(upgraded.level()).isEqualTo(2);
        byte[] snapshot = later.states().encode(upgraded);
        assertThatThrownBy(() -> earlier.states().decode(snapshot)).isInstanceOf(NewerReleaseNeeded.class);
        assertThat(later.states().decode(snapshot)).isEqualTo(upgraded);
        assertThatThrownBy(() -> later.apply(upgraded, new FabricCommand.RegisterNode(node(1, 1)), 9))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE));
        assertThat(later.apply(upgraded, new FabricCommand.RegisterNode(node(1, 2)), 9)
                        .level())
                .as("for good")
                .isEqualTo(2);
    }

    /** A node of the release before levels says nothing of them. */
    @Test
    void whoSaysNothingIsOfTheFirstLevel() {
        String record = new String(
                earlier.commands().encode(FabricCommand.Stamped.at(1, new FabricCommand.RegisterNode(node(0, 1)))),
                StandardCharsets.UTF_8);
        assertThat(record).contains("\"level\":1");
        byte[] silent = record.replaceAll(",?\"level\":1", "").getBytes(StandardCharsets.UTF_8);
        FabricState state = later.apply(later.initial(), silent, 1);
        assertThat(state.node("n0")).hasValue(node(0, 1));
        assertThat(state.level()).isEqualTo(FabricCommand.FIRST_LEVEL);
        assertThat(state.understood()).isEqualTo(FabricCommand.FIRST_LEVEL);
    }

    private FabricState with(int... levels) {
        FabricState state = later.initial();
        for (int number = 0; number < levels.length; number++) {
            state = later.apply(state, new FabricCommand.RegisterNode(node(number, levels[number])), number);
        }
        return state;
    }

    private static NodeRecord node(int number, int level) {
        String name = "n" + number;
        return new NodeRecord(name, new Identity("acme", "node-" + name), "i", List.of("h:1"), "h:2", "", false, level);
    }
}
