package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.Relocation;
import io.virtualwire.topology.RelocationStep;
import io.virtualwire.topology.RelocationStep.Kind;
import io.virtualwire.topology.VmMovePhase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A cloud is left: a guest and its switch move, one after the other or at once, while nodes and connectors are killed at any time.
 * Whatever happens, it ends; the same again moves what is left; and then both are there, with their network and nothing behind.
 */
class RelocationFaultsTest {
    private static final boolean LONG = Boolean.getBoolean("wire.long");
    private static final Duration AWAY = Duration.ofMillis(1500);
    private static final RelocationStep WEB = RelocationStep.planned(
            Kind.MACHINE, VirtualMachines.VM, VirtualMachines.SOURCE, VirtualMachines.TARGET, 0, -1);
    private static final RelocationStep LAN =
            RelocationStep.planned(Kind.COMPONENT, VirtualNodes.LAN, "east", "west", 0, -1);

    /** What is done meanwhile. */
    enum Strike {
        NOTHING(it -> {}),
        EAST_KILLED(it -> it.crash("east", AWAY)),
        NORTH_KILLED(it -> it.crash("north", AWAY)),
        WEST_KILLED(it -> it.crash("west", AWAY)),
        ALL_NODES_KILLED(it -> List.of("east", "north", "west").forEach(node -> it.crash(node, AWAY))),
        SOURCE_CONNECTOR_KILLED(it -> it.crash(VirtualMachines.SOURCE, AWAY)),
        TARGET_CONNECTOR_KILLED(it -> it.crash(VirtualMachines.TARGET, AWAY)),
        STOPPED(it -> {
            if (!it.relocation().state().isOver()) {
                it.propose(new FabricCommand.StopRelocation(it.relocation().id()));
            }
        });

        private final Consumer<VirtualNodes> action;

        Strike(Consumer<VirtualNodes> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource(Strike.class)
    void whateverStrikesWheneverEverythingCanBeMoved(Strike strike) {
        List<String> failures = new ArrayList<>();
        List<List<RelocationStep>> orders = List.of(List.of(WEB, LAN), List.of(LAN, WEB));
        int run = strike.ordinal();
        // The guest takes about three seconds, the switch a tenth of one.
        for (int millis = 0; millis <= (strike == Strike.NOTHING ? 0 : 4500); millis += LONG ? 75 : 1300) {
            for (List<RelocationStep> order : LONG ? orders : List.of(orders.get(run++ % 2))) {
                try {
                    VirtualNodes it = begin();
                    it.relocate(order);
                    it.fabric.at(Duration.ofMillis(millis), () -> strike.action.accept(it));
                    it.fabric.run(Duration.ofSeconds(6));
                    end(it, order);
                } catch (AssertionError | RuntimeException e) {
                    failures.add(order.getFirst().name() + " first, " + strike + " after " + millis + " ms: " + e);
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    /** @param lead of the guest, in milliseconds; below zero the switch begins first */
    @ParameterizedTest
    @ValueSource(ints = {-150, -40, -10, 0, 10, 40, 100, 150, 180, 190, 200, 230, 260, 320, 420})
    void aGuestAndItsSwitchMoveAtOnce(int lead) {
        for (long seed = 1; seed <= (LONG ? 40 : lead % 50 == 0 ? 1 : 0); seed++) {
            VirtualNodes it = begin(seed);
            it.fabric.at(Duration.ofMillis(Math.max(0, -lead)), it::moveMachine);
            it.fabric.at(Duration.ofMillis(Math.max(0, lead)), () -> it.beginMove("west"));
            it.fabric.run(Duration.ofSeconds(4));
            settle(it);
            assertThat(it.lastMove().phase()).as("seed %d", seed).isEqualTo(VmMovePhase.DONE);
            assertThat(it.owner()).as("seed %d", seed).isEqualTo("west");
            assertThat(it.lost())
                    .as("seed %d: lost, but for what was the guest's while it was paused", seed)
                    .isLessThanOrEqualTo(it.machines().swallowed());
        }
    }

    /** Not just for the place that stands by for the guest, which is sooner here. */
    @Test
    void aSwitchWaitsForThePlaceWhereTheGuestStillIs() {
        VirtualNodes it = begin(5);
        it.moveMachine();
        it.fabric.at(Duration.ofMillis(40), () -> it.beginMove("west"));
        it.fabric.run(Duration.ofSeconds(4));
        settle(it);
        assertThat(it.owner()).isEqualTo("west");
        assertThat(it.lost()).isLessThanOrEqualTo(it.machines().swallowed());
    }

    @ParameterizedTest
    @EnumSource(
            value = Strike.class,
            names = {"EAST_KILLED", "WEST_KILLED", "SOURCE_CONNECTOR_KILLED", "TARGET_CONNECTOR_KILLED"})
    void whoeverIsKilledWhileBothMoveAtOnce(Strike strike) {
        List<String> failures = new ArrayList<>();
        for (int lead : LONG ? List.of(-30, 60, 200) : List.of(strike.ordinal() % 2 == 0 ? -30 : 200)) {
            for (int millis = LONG ? 0 : 60; millis <= 600; millis += LONG ? 20 : 170) {
                try {
                    VirtualNodes it = begin();
                    it.fabric.at(Duration.ofMillis(Math.max(0, -lead)), it::moveMachine);
                    it.fabric.at(Duration.ofMillis(Math.max(0, lead)), () -> {
                        if (it.owner().equals("east")
                                && it.state()
                                        .claim(VirtualNodes.LAN)
                                        .orElseThrow()
                                        .move()
                                        .isEmpty()) {
                            it.beginMove("west");
                        }
                    });
                    it.fabric.at(Duration.ofMillis(millis), () -> strike.action.accept(it));
                    it.fabric.run(Duration.ofSeconds(6));
                    settle(it);
                } catch (AssertionError | RuntimeException e) {
                    failures.add(strike + " after " + millis + " ms, lead " + lead + " ms: " + e);
                }
            }
        }
        assertThat(failures).isEmpty();
    }

    private static VirtualNodes begin() {
        return begin(1);
    }

    private static VirtualNodes begin(long seed) {
        VirtualNodes it = new VirtualNodes(seed, Weather.FINE).withMachine();
        it.startTraffic(Duration.ofMillis(50));
        it.fabric.run(Duration.ofMillis(100));
        return it;
    }

    private static void end(VirtualNodes it, List<RelocationStep> order) {
        for (int again = 0; again < 3; again++) {
            it.require(
                    "it ends",
                    Duration.ofSeconds(60),
                    () -> it.relocation().state().isOver());
            if (it.relocation().state() != Relocation.State.DONE) {
                it.fabric.run(Duration.ofSeconds(2));
                it.relocate(order);
            }
        }
        it.require(
                "everything moves",
                Duration.ofSeconds(60),
                () -> it.relocation().state() == Relocation.State.DONE);
        assertThat(it.state().machines().vm(VirtualMachines.VM).orElseThrow().host())
                .isEqualTo(VirtualMachines.TARGET);
        settle(it);
    }

    private static void settle(VirtualNodes it) {
        it.slowTraffic(Duration.ofMillis(200));
        it.fabric.run(Duration.ofSeconds(3));
        it.stopTraffic();
        it.verifyMachine();
        it.verifyRecovered();
    }
}
