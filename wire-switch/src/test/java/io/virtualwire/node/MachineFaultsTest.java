package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.FakeHypervisors;
import io.virtualwire.cloud.spi.FakeHypervisors.Fate;
import io.virtualwire.cloud.spi.FakeHypervisors.Stage;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.VmMoveMeasure;
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
 * A virtual machine's move, struck by everything that may happen to hypervisors, and by deaths and cuts at any time: it ends with
 * the machine at one place, with its network, and nothing left behind. {@link NodeStepsTest} strikes each step of the daemons.
 */
class MachineFaultsTest {
    private static final boolean LONG = Boolean.getBoolean("wire.long");
    private static final Duration AWAY = Duration.ofMillis(1500);

    /** What is done to the fabric while the machine moves. */
    enum Strike {
        DRIVER_KILLED(it -> it.crash("east", AWAY)),
        SOURCE_CONNECTOR_KILLED(it -> it.crash(VirtualMachines.SOURCE, AWAY)),
        TARGET_CONNECTOR_KILLED(it -> it.crash(VirtualMachines.TARGET, AWAY)),
        CLOUDS_CUT(it -> cut(it, VirtualMachines.SOURCE, VirtualMachines.TARGET)),
        DRIVER_CUT_FROM_SOURCE(it -> cut(it, "east", VirtualMachines.SOURCE)),
        DRIVER_CUT_FROM_TARGET(it -> cut(it, "east", VirtualMachines.TARGET)),
        GIVEN_UP(VirtualNodes::giveMachineUp);

        private final Consumer<VirtualNodes> action;

        Strike(Consumer<VirtualNodes> action) {
            this.action = action;
        }

        private static void cut(VirtualNodes it, String one, String other) {
            it.fabric.cut(it.fabric.daemon(one), it.fabric.daemon(other));
            it.fabric.at(AWAY, () -> it.fabric.mend(it.fabric.daemon(one), it.fabric.daemon(other)));
        }
    }

    @ParameterizedTest
    @EnumSource(Strike.class)
    void whateverStrikesWhenever(Strike strike) {
        List<String> failures = new ArrayList<>();
        // A move takes about half a second until the machine is there, and two more until nothing is left.
        for (int millis = 0; millis <= (LONG ? 3000 : 600); millis += LONG ? 20 : 100) {
            try {
                VirtualNodes it = moving();
                it.fabric.at(Duration.ofMillis(millis), () -> strike.action.accept(it));
                end(it);
            } catch (AssertionError | RuntimeException e) {
                failures.add(strike + " after " + millis + " ms: " + e);
            }
        }
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void whateverTheHypervisorsDo(Stage stage) {
        for (Fate fate : List.of(Fate.REFUSED, Fate.REPLY_LOST, Fate.GUEST_ENDS)) {
            VirtualNodes it = new VirtualNodes(1, Weather.FINE).withMachine();
            it.machines().strike(stage, fate);
            it.moveMachine();
            it.fabric.run(Duration.ofSeconds(8));
            if (fate == Fate.GUEST_ENDS) {
                // Where the fabric says that it is, somebody can start it again.
                it.startMachineAgain();
            }
            end(it);
        }
    }

    /** A node that is to be emptied ends what it drives, and is empty only then. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 300, 1000})
    void aDriverThatIsDrainedEndsTheMoveItself(int millis) {
        VirtualNodes it = moving();
        it.fabric.at(Duration.ofMillis(millis), () -> it.propose(new FabricCommand.DrainNode("east", true)));
        end(it);
        assertThat(it.state().isDraining("east")).isTrue();
        assertThat(it.component("east")).isEmpty();
        assertThat(it.lastMove().phase()).isEqualTo(VmMovePhase.DONE);
        assertThat(it.lastMove().to()).isEqualTo(VirtualMachines.TARGET);
        assertThat(it.lastMove().driver()).isEqualTo("east");
    }

    @Test
    void aMachineThatNobodyStopsMovesThereAndBack() {
        VirtualNodes it = moving();
        end(it);
        assertThat(it.lastMove().phase()).isEqualTo(VmMovePhase.DONE);
        assertThat(it.lastMove().to()).isEqualTo(VirtualMachines.TARGET);
        assertThat(it.lastMove().measure()).hasValueSatisfying(measure -> {
            assertThat(measure.begun()).containsKeys(VmMovePhase.PREPARE, VmMovePhase.MOVE, VmMovePhase.DONE);
            assertThat(measure.pauseMillis()).hasValue(FakeHypervisors.PAUSE_MILLIS);
            assertThat(measure.activatedBy()).isEqualTo(VmMoveMeasure.RARP);
            assertThat(measure.heardMillis().orElse(-1)).isBetween(0.0, 100.0);
            assertThat(measure.firstFrameMillis().orElse(-1)).isBetween(0.0, 100.0);
        });
        it.moveMachine(VirtualMachines.SOURCE);
        end(it);
        assertThat(it.lastMove().phase()).isEqualTo(VmMovePhase.DONE);
        assertThat(it.lastMove().to()).isEqualTo(VirtualMachines.SOURCE);
    }

    /** As {@code virsh migrate} does it: the fabric hears of it from the guest. */
    @Test
    void aMachineThatSomebodyElseMovesIsFollowedThereAndBack() {
        VirtualNodes it = new VirtualNodes(1, Weather.FINE).withMachine();
        it.awaitMachine();
        it.startTraffic(Duration.ofMillis(50));
        for (String to : List.of(VirtualMachines.TARGET, VirtualMachines.SOURCE, VirtualMachines.TARGET)) {
            it.machines().moveByHand();
            it.fabric.run(Duration.ofSeconds(8));
            assertThat(it.lastMove().to()).isEqualTo(to);
            assertThat(it.lastMove().phase()).isEqualTo(VmMovePhase.DONE);
            assertThat(it.lastMove().way().isFollowed()).isTrue();
            it.requireAwaited();
        }
        end(it);
        it.verifyNothingLostOrABoundWasCounted();
    }

    @ParameterizedTest
    @EnumSource(
            value = Strike.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"GIVEN_UP"})
    void whateverStrikesWhileAMachineIsFollowed(Strike strike) {
        List<String> failures = new ArrayList<>();
        for (int millis = LONG ? 0 : 150; millis <= (LONG ? 3000 : 400); millis += LONG ? 20 : 250) {
            try {
                VirtualNodes it = new VirtualNodes(1, Weather.FINE).withMachine();
                it.awaitMachine();
                it.startTraffic(Duration.ofMillis(50));
                it.machines().moveByHand();
                it.fabric.at(Duration.ofMillis(millis), () -> strike.action.accept(it));
                end(it);
                it.requireAwaited();
            } catch (AssertionError | RuntimeException e) {
                failures.add(strike + " after " + millis + " ms: " + e);
            }
        }
        assertThat(failures).isEmpty();
    }

    private static VirtualNodes moving() {
        VirtualNodes it = new VirtualNodes(1, Weather.FINE).withMachine();
        it.startTraffic(Duration.ofMillis(50));
        it.fabric.run(Duration.ofMillis(100));
        it.moveMachine();
        return it;
    }

    private static void end(VirtualNodes it) {
        it.fabric.run(Duration.ofMillis(900));
        it.slowTraffic(Duration.ofMillis(200));
        it.fabric.run(Duration.ofSeconds(5));
        it.stopTraffic();
        it.verifyMachine();
        it.verifyRecovered();
    }
}
