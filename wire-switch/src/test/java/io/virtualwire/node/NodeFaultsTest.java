package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.component.Component;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.Claim;
import io.virtualwire.topology.MoveRecord;
import io.virtualwire.topology.TopologyFile;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Moves, losses and returns of nodes, with the real reconciler, keepers, switch and wire engines in virtual time. */
class NodeFaultsTest {
    private static final List<String> EVERYBODY = List.of("east", "north", "west", "h1", "h2", "h3");
    private static final int FACTOR = Boolean.getBoolean("wire.long") ? 20 : 1;

    static LongStream some() {
        return LongStream.range(0, 10L * FACTOR);
    }

    static LongStream many() {
        return LongStream.range(0, 60L * FACTOR);
    }

    @ParameterizedTest
    @MethodSource("some")
    void movesWithoutLosingOrReorderingAFrame(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(1));
        it.fabric.run(Duration.ofMillis(50));
        move(it, "west");
        move(it, "north");
        move(it, "east");
        it.stopTraffic();
        assertNothingLost(it);
        assertThat(it.stations.values())
                .allSatisfy(station -> assertThat(station.overtaken())
                        .as("%s, seed %d", station.name(), seed)
                        .isZero());
        it.verifyRecovered();
    }

    @Test
    void movesASwitchThatHasNoWireYet() {
        VirtualNodes it = new VirtualNodes(1, Weather.FINE)
                .begin(TopologyFile.parse("test", "version: 1\nswitches: { lan: { node: east } }\n"));
        move(it, "west");
        move(it, "east");
    }

    private static void move(VirtualNodes it, String to) {
        long generation = it.beginMove(to);
        it.require(
                "the move to " + to,
                Duration.ofSeconds(5),
                () -> it.state()
                                .lastMove(VirtualNodes.LAN)
                                .filter(move -> move.generation() == generation
                                        && move.outcome() == MoveRecord.Outcome.COMPLETED
                                        && move.handoffMicros() >= 0
                                        && move.flipMicros() >= 0)
                                .isPresent()
                        && it.deciders().equals(Set.of(to)));
        it.fabric.run(Duration.ofMillis(it.random.nextInt(1200)));
    }

    @ParameterizedTest
    @MethodSource("many")
    void recoversFromACrashOfAnybodyAtAnyMomentOfAMove(long seed) {
        VirtualNodes it = new VirtualNodes(seed, seed % 3 == 0 ? Weather.GUSTY : Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(5));
        it.beginMove("west");
        String victim = EVERYBODY.get((int) (seed % EVERYBODY.size()));
        it.fabric.at(
                Duration.ofNanos(it.random.nextInt(250_000_000)),
                () -> it.crash(victim, Duration.ofMillis(100 + it.random.nextInt(6000))));
        if (seed % 4 == 0) {
            String other = EVERYBODY.get(it.random.nextInt(EVERYBODY.size()));
            it.fabric.at(
                    Duration.ofNanos(it.random.nextInt(1_500_000_000)),
                    () -> it.crash(other, Duration.ofMillis(100 + it.random.nextInt(6000))));
        }
        it.fabric.run(Duration.ofSeconds(30));
        it.stopTraffic();
        it.verifyRecovered();
    }

    @ParameterizedTest
    @MethodSource("some")
    void takesOverWithinFiveSecondsWithWhatWasLearned(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(5));
        it.fabric.run(Duration.ofSeconds(1));
        it.stations.values().forEach(VirtualStation::forgetGap);
        it.crash("east", Duration.ofSeconds(8));
        it.fabric.run(Duration.ofSeconds(7));
        Component taken = it.component(it.owner()).orElseThrow();
        assertThat(taken.status().counters().get("flooded_unknown_destination")).isZero();
        assertThat(taken.status().addresses()).hasSize(3);
        it.fabric.run(Duration.ofSeconds(10));
        it.stopTraffic();
        assertThat(it.owner()).as("who took it keeps it").isNotEqualTo("east");
        assertThat(it.stations.values())
                .allSatisfy(station -> assertThat(station.longestGapNanos())
                        .as("%s, seed %d", station.name(), seed)
                        .isLessThan(5_000_000_000L));
        it.verifyRecovered();
    }

    @ParameterizedTest
    @MethodSource("some")
    void aNodeThatWasCutOffDisturbsNothing(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(5));
        it.isolate("east", true);
        it.require(
                "takeover",
                Duration.ofSeconds(6),
                () -> !it.owner().equals("east") && it.deciders().contains(it.owner()));
        String holder = it.owner();
        it.fabric.run(Duration.ofSeconds(3));
        it.isolate("east", false);
        it.fabric.run(Duration.ofSeconds(5));
        it.stopTraffic();
        assertThat(it.owner()).isEqualTo(holder);
        it.verifyRecovered();
    }

    /** As it is: the log is whole again seconds before nodes see each other. */
    @ParameterizedTest
    @MethodSource("some")
    void aNodeThatWasCutOffTakesNothingFromThoseItDoesNotSeeYet(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(50));
        String alone = seed % 2 == 0 ? "east" : "north";
        it.isolate(alone, true);
        it.fabric.run(Duration.ofSeconds(12));
        Claim held = it.state().claim(VirtualNodes.LAN).orElseThrow();
        assertThat(held.owner()).as("seed %d", seed).isNotEqualTo(alone);
        it.isolate(alone, false, Duration.ofSeconds(5 + seed % 10));
        it.fabric.run(Duration.ofSeconds(25));
        it.stopTraffic();
        assertThat(it.state().claim(VirtualNodes.LAN)).as("seed %d", seed).contains(held);
        it.verifyRecovered();
    }

    @ParameterizedTest
    @MethodSource("some")
    void comesBackAfterAllNodesStopped(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        long before = it.state().claim(VirtualNodes.LAN).orElseThrow().generation();
        it.crash("east", Duration.ofMillis(1000 + it.random.nextInt(3000)));
        it.crash("west", Duration.ofMillis(1000 + it.random.nextInt(3000)));
        it.crash("north", Duration.ofMillis(1000 + it.random.nextInt(3000)));
        it.fabric.run(Duration.ofSeconds(20));
        it.verifyRecovered();
        assertThat(it.state().claim(VirtualNodes.LAN).orElseThrow().generation())
                .isGreaterThan(before);
        assertThat(it.owner()).as("seed %d", seed).isEqualTo("east");
    }

    /** Its wire goes, too, and is agreed when the host is back. */
    @ParameterizedTest
    @MethodSource("some")
    void movesAwayThoughAHostIsDead(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        VirtualStation app = Objects.requireNonNull(it.stations.remove("app"));
        it.crash("h3", Duration.ofSeconds(60));
        it.fabric.run(Duration.ofMillis(it.random.nextInt(seed % 2 == 0 ? 1_000 : 40_000)));
        it.startTraffic(Duration.ofMillis(5));
        move(it, "west");
        it.slowTraffic(Duration.ofMillis(200));
        it.fabric.run(Duration.ofSeconds(60));
        it.stopTraffic();
        assertNothingLost(it);
        it.stations.put("app", app);
        it.verifyRecovered();
    }

    /** Before it, after it, and between any two of its steps. */
    @ParameterizedTest
    @MethodSource("many")
    void aDeadHostComesBackInTheMiddleOfAMoveWithoutIt(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        VirtualStation app = Objects.requireNonNull(it.stations.remove("app"));
        Duration dead = Duration.ofMillis(4_000 + it.random.nextInt(2_000));
        it.crash("h3", dead.plusMillis(2_950 + seed * (FACTOR > 1 ? 1 : 15)));
        it.fabric.run(dead);
        it.startTraffic(Duration.ofMillis(5));
        it.beginMove("west");
        it.fabric.run(Duration.ofSeconds(6));
        assertThat(it.owner()).as("seed %d", seed).isEqualTo("west");
        it.stopTraffic();
        assertNothingLost(it);
        it.stations.put("app", app);
        it.verifyRecovered();
    }

    /** Else its guests would lose their network by a move that was to save it. */
    @ParameterizedTest
    @MethodSource("some")
    void staysWhereAHostIsReachedThatTheOtherNodeDoesNotReach(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.fabric.cut(it.fabric.daemon("west"), it.fabric.daemon("h3"));
        it.startTraffic(Duration.ofMillis(20));
        long generation = it.beginMove("west");
        it.require(
                "the move is called off",
                Duration.ofSeconds(20),
                () -> it.state()
                        .lastMove(VirtualNodes.LAN)
                        .filter(move -> move.generation() == generation
                                && move.outcome() == MoveRecord.Outcome.CALLED_OFF
                                && move.reason().contains("node west has agreed on nothing with h3"))
                        .isPresent());
        it.fabric.run(Duration.ofSeconds(2));
        it.stopTraffic();
        assertThat(it.owner()).isEqualTo("east");
        assertNothingLost(it);
        it.fabric.mend(it.fabric.daemon("west"), it.fabric.daemon("h3"));
        it.verifyRecovered();
        move(it, "west");
    }

    @ParameterizedTest
    @MethodSource("some")
    void callsAMoveOffWhenItsTargetIsLost(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).begin();
        it.startTraffic(Duration.ofMillis(2));
        it.crash("h3", Duration.ofSeconds(4));
        it.beginMove("west");
        it.fabric.run(Duration.ofMillis(5));
        it.crash("west", Duration.ofSeconds(6));
        it.fabric.run(Duration.ofSeconds(12));
        it.stopTraffic();
        it.verifyRecovered();
    }

    private static void assertNothingLost(VirtualNodes it) {
        for (VirtualStation from : it.stations.values()) {
            for (VirtualStation to : it.stations.values()) {
                if (from != to && to.gotFrom(from) != from.sentTo(to)) {
                    throw it.failure(from.name() + " sent " + from.sentTo(to) + " to " + to.name() + ", which got "
                            + to.gotFrom(from));
                }
            }
        }
    }
}
