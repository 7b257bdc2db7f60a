package io.virtualwire.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MemberRulesTest {
    private final FabricStateMachine machine = new FabricStateMachine();
    private FabricState state = machine.initial();
    private long index;

    @Test
    void aFilesNodesAreMembersOnceAndNobodyTwice() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1), member("west", 2))));
        accept(new FabricCommand.FoundMembers(List.of(member("other", 1), member("east", 3), member("north", 3))));
        assertThat(numbers()).containsExactly("east 1", "north 3", "west 2");
    }

    @Test
    void whoAsksIsNumberedAndOneThatWasThereGetsItsNumberBack() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1), member("west", 2))));
        accept(admit("north"));
        accept(new FabricCommand.DismissMember("west"));
        accept(admit("south"));
        assertThat(numbers()).as("a number stays with its name").containsExactly("east 1", "north 3", "south 4");
        accept(admit("west"));
        accept(admit("west"));
        assertThat(numbers()).containsExactly("east 1", "north 3", "south 4", "west 2");
    }

    @Test
    void numbersOfThoseThatAreGoneAreUsedWhenThereAreNoOthers() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1))));
        IntStream.range(0, MemberRecord.HIGHEST + 3).forEach(i -> {
            accept(admit("n" + i));
            accept(new FabricCommand.DismissMember("n" + i));
        });
        accept(admit("last"));
        assertThat(state.members().present().get("last").number()).isEqualTo(2);
        IntStream.range(0, MemberRecord.HIGHEST - 2).forEach(i -> accept(admit("m" + i)));
        assertRefused(admit("toomany"), ErrorCode.WRONG_STATE, "at most 254 nodes");
    }

    @Test
    void aMemberThatAsksAgainSaysWhereItIs() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1))));
        accept(new FabricCommand.AdmitMember(
                new MemberRecord("east", identity("east"), 0, List.of("198.51.100.1:7483"))));
        assertThat(state.members().present().get("east").addresses()).containsExactly("198.51.100.1:7483");
        assertThat(numbers()).containsExactly("east 1");
    }

    @Test
    void nobodyTakesAnothersNameNorTwoNames() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1))));
        assertRefused(
                new FabricCommand.AdmitMember(new MemberRecord("east", identity("west"), 0, List.of("h:1"))),
                ErrorCode.ALREADY_EXISTS,
                "that is acme/node-east");
        assertRefused(
                new FabricCommand.AdmitMember(new MemberRecord("west", identity("east"), 0, List.of("h:1"))),
                ErrorCode.ALREADY_EXISTS,
                "it is node east");
    }

    @Test
    void whoLeavesHoldsNothingAndIsNotTheLast() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1))));
        assertRefused(new FabricCommand.DismissMember("east"), ErrorCode.WRONG_STATE, "it is the only one");
        accept(admit("west"));
        accept(register("west"));
        accept(new FabricCommand.ApplyTopology(
                0, TopologyFile.parse("test", "{version: 1, switches: {lan: {node: west}}}"), "n"));
        accept(new FabricCommand.TakeOver("lan", 0, "west", "west-1"));
        assertRefused(new FabricCommand.DismissMember("west"), ErrorCode.IN_USE, "it has switch lan");
        assertThat(state.members().contains("west")).isTrue();
        accept(new FabricCommand.DismissMember("nobody"));
        assertThat(numbers()).containsExactly("east 1", "west 2");
    }

    @Test
    void whoWasTakenOutIsNoNodeAnyMoreAndIsNotOneByBeingStarted() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1), member("west", 2))));
        accept(register("west"));
        accept(new FabricCommand.DismissMember("west"));
        assertThat(state.node("west")).isEmpty();
        assertRefused(register("west"), ErrorCode.WRONG_STATE, "is no member of this fabric");
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1), member("west", 2))));
        assertThat(numbers()).as("what was agreed on counts, not a file").containsExactly("east 1");
        accept(admit("west"));
        accept(register("west"));
        assertThat(state.events().after(0).stream().map(FabricEvent::type)).contains("node.admitted", "node.dismissed");
    }

    @Test
    void theyAreKeptInSnapshotsAndNoneInThoseOfEarlierReleases() {
        accept(new FabricCommand.FoundMembers(List.of(member("east", 1), member("west", 2))));
        accept(new FabricCommand.DismissMember("west"));
        FabricState read = machine.states().decode(machine.states().encode(state));
        assertThat(read.members()).isEqualTo(state.members());
        String early = new String(machine.states().encode(state), StandardCharsets.UTF_8)
                .replaceFirst(",\"members\":\\{\"present\".*\\}\\}(?=\\})", "");
        assertThat(early).doesNotContain("members");
        assertThat(machine.states()
                        .decode(early.getBytes(StandardCharsets.UTF_8))
                        .members())
                .isEqualTo(Members.NONE);
    }

    private List<String> numbers() {
        return state.members().present().values().stream()
                .map(member -> member.name() + " " + member.number())
                .toList();
    }

    private static FabricCommand admit(String name) {
        return new FabricCommand.AdmitMember(member(name, 0));
    }

    private static FabricCommand register(String name) {
        return new FabricCommand.RegisterNode(
                new NodeRecord(name, identity(name), name + "-1", List.of("192.0.2.1:7481"), "192.0.2.1:7482"));
    }

    private static MemberRecord member(String name, int number) {
        return new MemberRecord(name, identity(name), number, List.of("192.0.2.1:7483"));
    }

    private static Identity identity(String name) {
        return new Identity("acme", "node-" + name);
    }

    private void accept(FabricCommand command) {
        state = machine.apply(state, FabricCommand.Stamped.at(index, command), index++);
    }

    private void assertRefused(FabricCommand command, ErrorCode code, String message) {
        assertThatThrownBy(() -> machine.apply(state, command, index))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
