package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.FabricCommand;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are told to end while frames pass. */
final class DepartureTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aNodeThatEndsHandsOverAndNoFrameIsLost(long seed) {
        VirtualNodes nodes = new VirtualNodes(seed, Weather.FINE).begin();
        nodes.startTraffic(Duration.ofMillis(5));
        for (String node : List.of("east", "north", "west")) {
            CompletableFuture<Set<String>> over = nodes.leave(node);
            nodes.require(node + " has left", LIMIT, over::isDone);
            assertThat(over.join()).isEmpty();
            assertThat(nodes.component(node)).isEmpty();
            assertThat(nodes.deciders()).hasSize(1).doesNotContain(node);
            nodes.crash(node, Duration.ofSeconds(2));
            nodes.require(node + " is back", LIMIT, () -> nodes.isUp(node));
            nodes.fabric.run(Duration.ofSeconds(2));
        }
        nodes.stopTraffic();
        nodes.verifyRecovered();
        nodes.verifyNothingLostOrABoundWasCounted();
        assertThat(nodes.fabric.isBoundExceeded()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void aNodeThatIsDrainedGivesAllAwayAndTakesNothingAlsoAfterARestart(long seed) {
        VirtualNodes nodes = new VirtualNodes(seed, Weather.FINE).begin();
        nodes.startTraffic(Duration.ofMillis(5));
        String drained = nodes.owner();
        nodes.propose(new FabricCommand.DrainNode(drained, true));
        nodes.require(
                drained + " is empty", LIMIT, () -> nodes.component(drained).isEmpty());
        assertThat(nodes.owner()).isNotEqualTo(drained);
        nodes.crash(drained, Duration.ofSeconds(1));
        nodes.require(drained + " is back", LIMIT, () -> nodes.isUp(drained));
        nodes.fabric.run(Duration.ofSeconds(2));
        assertThat(nodes.state().isDraining(drained)).isTrue();
        assertThatThrownBy(() -> nodes.beginMove(drained)).hasMessageContaining("drains and takes nothing new");
        nodes.stopTraffic();
        nodes.verifyNothingLostOrABoundWasCounted();

        String holder = nodes.owner();
        nodes.crash(holder, Duration.ofSeconds(30));
        nodes.require(
                "the third takes it over",
                Duration.ofSeconds(25),
                () -> !nodes.owner().equals(holder));
        assertThat(nodes.owner()).isNotEqualTo(drained);
        nodes.require(holder + " is back", Duration.ofSeconds(40), () -> nodes.isUp(holder));
        nodes.fabric.run(Duration.ofSeconds(2));
        nodes.propose(new FabricCommand.DrainNode(drained, false));
        nodes.beginMove(drained);
        nodes.require("it takes things again", LIMIT, () -> nodes.owner().equals(drained));
        nodes.verifyRecovered();
    }

    /** As when the old node led the log, and its end is seen before the new leader says what was agreed. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void whoDecidesAlreadyTakesNothingOverWhenTheOldNodeEndsBeforeItHearsThatTheMoveIsComplete(long seed) {
        VirtualNodes nodes = new VirtualNodes(seed, Weather.FINE).begin();
        nodes.startTraffic(Duration.ofMillis(5));
        long generation = nodes.beginMove("west");
        nodes.require("west decides", LIMIT, () -> nodes.deciders().equals(Set.of("west")));
        nodes.hearsLate("west", Duration.ofSeconds(4));
        nodes.require("the log says so", LIMIT, () -> nodes.owner().equals("west"));
        nodes.fabric.run(Duration.ofMillis(500));
        nodes.crash("east", Duration.ofSeconds(20));
        nodes.fabric.run(Duration.ofSeconds(10));
        assertThat(nodes.state().claim("lan").orElseThrow().generation()).isEqualTo(generation);
        nodes.stopTraffic();
        nodes.verifyNothingLostOrABoundWasCounted();
    }

    @Test
    void whatNobodyElseCanTakeStaysUntilSomebodyCan() {
        VirtualNodes nodes = new VirtualNodes(5, Weather.FINE).begin();
        for (String node : List.of("east", "north", "west")) {
            nodes.propose(new FabricCommand.DrainNode(node, true));
        }
        nodes.fabric.run(Duration.ofSeconds(5));
        String holder = nodes.owner();
        assertThat(nodes.deciders()).containsExactly(holder);
        String other = holder.equals("east") ? "north" : "east";
        nodes.propose(new FabricCommand.DrainNode(other, false));
        nodes.require(
                "the one that can has it",
                Duration.ofSeconds(15),
                () -> nodes.owner().equals(other));
        nodes.verifyRecovered();
    }

    @Test
    void whoEndsTooDeclinesAndTheThirdTakesIt() {
        VirtualNodes nodes = new VirtualNodes(1, Weather.FINE).begin();
        nodes.startTraffic(Duration.ofMillis(5));
        List<CompletableFuture<Set<String>>> over = List.of(nodes.leave("east"), nodes.leave("north"));
        nodes.require("both have left", LIMIT, () -> over.stream().allMatch(CompletableFuture::isDone));
        assertThat(nodes.owner()).isEqualTo("west");
        assertThat(over).allSatisfy(it -> assertThat(it.join()).isEmpty());
        nodes.stopTraffic();
        nodes.verifyNothingLostOrABoundWasCounted();
    }

    @Test
    void whenAllEndNobodyWaitsForLong() {
        VirtualNodes nodes = new VirtualNodes(1, Weather.FINE).begin();
        List<CompletableFuture<Set<String>>> over = Stream.of("east", "north", "west")
                .map(node -> nodes.leave(node).whenComplete((stay, _) -> nodes.crash(node, Duration.ofMinutes(1))))
                .toList();
        nodes.require("all gave up", LIMIT, () -> over.stream().allMatch(CompletableFuture::isDone));
        assertThat(over.getFirst().join()).containsExactly("lan");
    }
}
