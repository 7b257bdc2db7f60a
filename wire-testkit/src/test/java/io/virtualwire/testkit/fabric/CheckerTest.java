package io.virtualwire.testkit.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.wire.MoveRules;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** The checker bites: an engine that breaks one rule is caught within a few seeds, and one that keeps them all is not. */
class CheckerTest {
    private static final int SEEDS = 40;

    @Test
    void noticesThatNothingIsHeld() {
        assertThat(caught(new MoveRules(false, true, true, true), CheckerTest::plannedMove))
                .isPositive();
    }

    @Test
    void noticesThatNothingIsRelayed() {
        assertThat(caught(new MoveRules(true, false, true, true), CheckerTest::plannedMove))
                .isPositive();
    }

    @Test
    void noticesThatAYieldedSideGoesOnSending() {
        assertThat(caught(new MoveRules(true, true, false, true), CheckerTest::guestWithoutItsPlace))
                .isPositive();
    }

    @Test
    void noticesThatAFenceDoesNotShutOut() {
        assertThat(caught(new MoveRules(true, true, true, false), CheckerTest::takeover))
                .isPositive();
    }

    @Test
    void noticesNothingWhenAllRulesAreKept() {
        assertThat(caught(MoveRules.ALL, CheckerTest::plannedMove)).isZero();
        assertThat(caught(MoveRules.ALL, CheckerTest::guestWithoutItsPlace)).isZero();
        assertThat(caught(MoveRules.ALL, CheckerTest::takeover)).isZero();
    }

    private static int caught(MoveRules rules, BiConsumer<VirtualFabric, WireInMotion> scenario) {
        int caught = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            VirtualFabric fabric = new VirtualFabric(seed, seed % 2 == 0 ? Weather.FINE : Weather.GUSTY, rules);
            try {
                scenario.accept(fabric, new WireInMotion(fabric).connect());
                fabric.requireNoViolation();
            } catch (AssertionError e) {
                caught++;
            }
        }
        return caught;
    }

    private static void plannedMove(VirtualFabric fabric, WireInMotion it) {
        fabric.startTraffic(Duration.ofNanos(500_000));
        it.prepareA();
        it.require("prepare", it::isPreparedA);
        it.p1.yieldSide(it.wire, Side.A);
        fabric.place(it.wire, Side.A, it.p2);
        it.p2.activate(it.wire, Side.A);
        fabric.run(Duration.ofMillis(100));
        fabric.verify();
    }

    /** The old place's instance has yielded, but still sends: a guest that woke up where it should not. */
    private static void guestWithoutItsPlace(VirtualFabric fabric, WireInMotion it) {
        fabric.startTraffic(Duration.ofNanos(500_000));
        it.prepareA();
        it.require("prepare", it::isPreparedA);
        it.p1.yieldSide(it.wire, Side.A);
        fabric.takenOver(it.wire, Side.A);
        fabric.place(it.wire, Side.A, it.p2);
        it.p2.activate(it.wire, Side.A);
        fabric.run(Duration.ofMillis(3));
        fabric.place(it.wire, Side.A, it.p1);
        fabric.run(Duration.ofMillis(100));
        fabric.verify();
    }

    private static void takeover(VirtualFabric fabric, WireInMotion it) {
        fabric.startTraffic(Duration.ofNanos(500_000));
        fabric.run(Duration.ofMillis(5));
        it.p2.connect(it.side(Side.A, 2, Role.STANDBY, it.q1, 1));
        it.q1.connect(fabric.request(it.wire, Side.B, 1, Role.ACTIVE, it.p2, 2, true));
        fabric.takenOver(it.wire, Side.A);
        fabric.fencedFrom(it.wire, Side.A, 1);
        fabric.run(Duration.ofMillis(20));
        fabric.place(it.wire, Side.A, it.p2);
        it.p2.activate(it.wire, Side.A);
        fabric.run(Duration.ofMillis(50));
    }
}
