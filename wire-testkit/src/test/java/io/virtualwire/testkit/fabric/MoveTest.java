package io.virtualwire.testkit.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.wire.SideState;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MoveTest {
    @Test
    void movesOneSide() {
        new Seeds("MoveTest.movesOneSide", 360).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20));
            it.prepareAndAgreeA();
            it.moveA();
            it.require("flip", () -> it.isActive(it.q1, Side.B, 2));
            fabric.run(Duration.ofMillis(200));
            Seeds.verifyAllDelivered(fabric, seed);
            fabric.calm();
            it.disconnect(it.p1, Side.A, 1);
            fabric.verifyPasses(it.wire);
        });
    }

    @Test
    void movesBothSidesAtOnce() {
        new Seeds("MoveTest.movesBothSidesAtOnce", 360).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20));
            it.prepareBoth();
            it.require("prepare", () -> it.isPreparedA() && it.isPreparedB());
            it.moveA();
            fabric.run(Duration.ofNanos(fabric.random().nextInt(30_000_000)));
            it.moveB();
            it.require("flip", () -> it.isActive(it.q2, Side.B, 2) && it.isActive(it.p2, Side.A, 2));
            fabric.run(Duration.ofMillis(300));
            Seeds.verifyAllDelivered(fabric, seed);
            fabric.calm();
            it.disconnect(it.p1, Side.A, 1);
            it.disconnect(it.q1, Side.B, 1);
            fabric.verifyPasses(it.wire);
        });
    }

    @Test
    void movesAGuestThatAnnouncesItself() {
        new Seeds("MoveTest.movesAGuestThatAnnouncesItself", 180).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20));
            it.prepareAndAgreeA();
            // Nobody tells p1 to yield: it learns from the far end's end marker that it is superseded, and what is
            // given to
            // its port before that finds no guest.
            fabric.takenOver(it.wire, Side.A);
            fabric.place(it.wire, Side.A, it.p2);
            it.p2.activate(it.wire, Side.A);
            it.require("yield", () -> it.p1.side(it.wire, Side.A).orElseThrow().superseded());
            fabric.run(Duration.ofMillis(200));
            fabric.calm();
            it.disconnect(it.p1, Side.A, 1);
            fabric.verifyPasses(it.wire);
        });
    }

    /**
     * As a hypervisor moves a machine: it is suspended where it was, what comes then waits in a queue that nobody reads any more,
     * and it goes on at the other place, which nobody but itself announces. Nothing is lost, nothing comes twice.
     */
    @Test
    void movesAGuestThatWasSuspendedWithoutALoss() {
        new Seeds("MoveTest.movesAGuestThatWasSuspendedWithoutALoss", 90).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20));
            it.prepareAndAgreeA();
            fabric.run(Duration.ofMillis(5));
            boolean takesOneInVain = seed % 2 == 0;
            if (takesOneInVain) {
                // That one comes late, which is counted.
                fabric.stumbled();
            }
            fabric.guest(it.wire, Side.A).suspend(takesOneInVain);
            fabric.run(Duration.ofNanos(fabric.random().nextInt(60_000_000)));
            fabric.place(it.wire, Side.A, it.p2);
            it.p2.activate(it.wire, Side.A);
            it.require("flip", () -> it.isActive(it.q1, Side.B, 2));
            it.require("yield", () -> it.p1.side(it.wire, Side.A).orElseThrow().superseded());
            fabric.run(Duration.ofMillis(200));
            Tally tally = fabric.verify();
            if (Seeds.weather(seed).lossPerMille() == 0) {
                // One that is taken with none behind it may as well have reached the guest.
                assertThat(tally.sent() - tally.delivered())
                        .as("seed %d", seed)
                        .isBetween(0L, takesOneInVain ? 1L : 0L);
            }
            fabric.calm();
            it.disconnect(it.p1, Side.A, 1);
            fabric.verifyPasses(it.wire);
        });
    }

    /** The hypervisor gave up after the guest was suspended: it goes on where it was, and has everything once. */
    @Test
    void aGuestThatGoesOnWhereItWasHasEverythingOnce() {
        new Seeds("MoveTest.aGuestThatGoesOnWhereItWasHasEverythingOnce", 48).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20));
            it.prepareAndAgreeA();
            fabric.guest(it.wire, Side.A).suspend(seed % 2 == 0);
            fabric.run(Duration.ofNanos(fabric.random().nextInt(60_000_000)));
            boolean before = fabric.random().nextBoolean();
            if (before) {
                it.disconnect(it.p2, Side.A, 2);
                fabric.run(Duration.ofNanos(fabric.random().nextInt(10_000_000)));
            }
            fabric.guest(it.wire, Side.A).resume();
            fabric.run(Duration.ofMillis(20));
            if (!before) {
                it.disconnect(it.p2, Side.A, 2);
            }
            fabric.run(Duration.ofMillis(100));
            Seeds.verifyAllDelivered(fabric, seed);
            fabric.calm();
            fabric.verifyPasses(it.wire);
        });
    }

    @Test
    void resumesWhenTheSuccessorNeverCameUp() {
        new Seeds("MoveTest.resumesWhenTheSuccessorNeverCameUp", 120).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            it.prepareAndAgreeA();
            it.p1.yieldSide(it.wire, Side.A);
            fabric.guest(it.wire, Side.A).moveTo(null);
            fabric.run(Duration.ofNanos(fabric.random().nextInt(60_000_000)));
            it.disconnect(it.p2, Side.A, 2);
            fabric.run(Duration.ofMillis(5));
            fabric.place(it.wire, Side.A, it.p1);
            it.p1.engine(it.wire).resume(it.wire, Side.A);
            fabric.run(Duration.ofMillis(100));
            fabric.takenOver(it.wire, Side.A);
            fabric.stopTraffic();
            fabric.run(Duration.ofMillis(100));
            fabric.calm();
            fabric.requireNoViolation();
            fabric.verifyPasses(it.wire);
        });
    }

    @Test
    void callsAMoveOffBeforeItYields() {
        new Seeds("MoveTest.callsAMoveOffBeforeItYields", 120).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            it.prepareA();
            fabric.run(Duration.ofMillis(fabric.random().nextInt(40)));
            it.disconnect(it.p2, Side.A, 2);
            fabric.run(Duration.ofMillis(100));
            Seeds.verifyAllDelivered(fabric, seed);
            assertThat(it.p1.side(it.wire, Side.A).orElseThrow().state()).isEqualTo(SideState.ACTIVE);
            fabric.calm();
            fabric.verifyPasses(it.wire);
        });
    }

    @Test
    void survivesBrokenStreamsAndACrashAtAnyTime() {
        new Seeds("MoveTest.survivesBrokenStreamsAndACrashAtAnyTime", 480).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            Random random = fabric.random();
            fabric.startTraffic(Duration.ofMillis(2));
            VirtualDaemon[] all = {it.p1, it.p2, it.q1, it.q2};
            fabric.at(
                    Duration.ofNanos(random.nextInt(80_000_000)),
                    () -> fabric.breakStream(all[random.nextInt(4)], all[random.nextInt(4)]));
            if (seed % 2 == 0) {
                VirtualDaemon victim = random.nextBoolean() ? it.p1 : it.q1;
                fabric.at(Duration.ofNanos(random.nextInt(100_000_000)), victim::crash);
                fabric.at(Duration.ofMillis(400), () -> victim.restart(true));
            }
            fabric.run(Duration.ofMillis(10));
            if (it.p1.isUp() && it.q1.isUp()) {
                it.prepareA();
                boolean prepared = fabric.runUntil(it::isPreparedA, Duration.ofMillis(300));
                if (prepared && it.p1.isUp()) {
                    it.moveA();
                    fabric.run(Duration.ofMillis(1_500));
                    fabric.calm();
                    fabric.run(Duration.ofSeconds(3));
                    fabric.verify();
                    it.require("flip", () -> it.isActive(it.q1, Side.B, 2));
                    fabric.verifyPasses(it.wire);
                    return;
                }
            }
            fabric.requireNoViolation();
        });
    }

    @Test
    void takesOverWithAFenceAndTheOldOwnerComesBack() {
        new Seeds("MoveTest.takesOverWithAFenceAndTheOldOwnerComesBack", 240).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            Random random = fabric.random();
            fabric.startTraffic(Duration.ofMillis(1));
            fabric.run(Duration.ofMillis(20 + random.nextInt(20)));
            boolean partitioned = seed % 2 == 0;
            if (partitioned) {
                // The old owner lives on, and the far end may or may not reach it.
                fabric.cut(it.p1, it.p2);
                if (random.nextBoolean()) {
                    fabric.cut(it.p1, it.q1);
                }
            } else {
                it.p1.crash();
            }
            it.p2.connect(it.side(Side.A, 2, Role.STANDBY, it.q1, 1));
            it.q1.connect(fabric.request(it.wire, Side.B, 1, Role.ACTIVE, it.p2, 2, true));
            fabric.takenOver(it.wire, Side.A);
            fabric.place(it.wire, Side.A, it.p2);
            it.p2.activate(it.wire, Side.A);
            fabric.run(Duration.ofMillis(random.nextInt(700)));
            if (partitioned) {
                fabric.mend(it.p1, it.p2);
                fabric.mend(it.p1, it.q1);
            } else {
                it.p1.restart(true);
            }
            fabric.run(Duration.ofMillis(1_500));
            fabric.calm();
            fabric.run(Duration.ofMillis(1_500));
            fabric.stopTraffic();
            fabric.run(Duration.ofSeconds(1));
            fabric.requireNoViolation();
            it.require("be heard", () -> it.isActive(it.q1, Side.B, 2));
            if (partitioned) {
                it.require(
                        "silence the old owner",
                        () -> it.p1.side(it.wire, Side.A).orElseThrow().superseded());
            }
            fabric.verifyPasses(it.wire);
        });
    }
}
