package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Side;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** One process takes the place of another at any time, in the middle of whatever is going on. */
class SuccessionTest {
    @Test
    void losesNothingWhileFramesPass() {
        new Seeds("SuccessionTest.losesNothingWhileFramesPass", 30).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            for (int i = 0; i < 10; i++) {
                VirtualDaemon daemon = fabric.random().nextBoolean() ? it.p1 : it.q1;
                daemon.succeed(Duration.ofMillis(fabric.random().nextInt(400)));
                fabric.run(Duration.ofMillis(fabric.random().nextInt(600)));
            }
            fabric.run(Duration.ofMillis(500));
            Seeds.verifyAllDelivered(fabric, seed);
            fabric.calm();
            fabric.verifyPasses(it.wire);
        });
    }

    /** Nothing that matters is missing from what is passed on: with no time lost, a move does not notice. */
    @Test
    void isNotNoticedByAMoveInBothDirections() {
        new Seeds("SuccessionTest.isNotNoticedByAMoveInBothDirections", 45).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            succeedOften(fabric, it, Duration.ZERO, 60, 5);
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
    void keepsEveryInvariantOfAMoveThatHasToWaitForIt() {
        new Seeds("SuccessionTest.keepsEveryInvariantOfAMoveThatHasToWaitForIt", 45).run(seed -> {
            WireInMotion it = WireInMotion.connected(seed);
            VirtualFabric fabric = it.fabric;
            fabric.startTraffic(Duration.ofMillis(1));
            succeedOften(fabric, it, Duration.ofMillis(60), 3, 40);
            it.prepareAndAgreeA();
            it.moveA();
            it.require("flip", () -> it.isActive(it.q1, Side.B, 2));
            fabric.run(Duration.ofMillis(400));
            fabric.calm();
            fabric.run(Duration.ofSeconds(2));
            fabric.verify();
            it.disconnect(it.p1, Side.A, 1);
            fabric.verifyPasses(it.wire);
        });
    }

    private static void succeedOften(VirtualFabric fabric, WireInMotion it, Duration longest, int times, int everyMs) {
        Random random = fabric.random();
        List<VirtualDaemon> all = List.of(it.p1, it.p2, it.q1, it.q2);
        for (int i = 1; i <= times; i++) {
            VirtualDaemon daemon = all.get(random.nextInt(all.size()));
            Duration gap = longest.isZero() ? longest : Duration.ofNanos(random.nextLong(longest.toNanos()) + 1);
            fabric.at(Duration.ofMillis((long) i * everyMs), () -> daemon.succeed(gap));
        }
    }
}
