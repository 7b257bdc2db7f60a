package io.virtualwire.testkit.fabric;

import io.virtualwire.handoff.InstanceState;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A component with three ports moves, is taken over, comes back. */
class ComponentTest {
    private static final Duration GAP = Duration.ofMillis(2);

    @Test
    void movesThereAndBackWithoutLoss() {
        new Seeds("ComponentTest.movesThereAndBackWithoutLoss", 72).run(seed -> {
            VirtualFabric fabric = new VirtualFabric(seed, Seeds.weather(seed));
            ComponentOnTheMove it = new ComponentOnTheMove(fabric).begin();
            fabric.startTraffic(GAP);
            fabric.run(Duration.ofMillis(10));
            it.claim(it.node(1), it.node(2), 2);
            require(fabric, "be heard at n2", () -> it.allHear(2));
            // Half of the times it goes back before its old place has gone.
            if (seed % 2 == 0) {
                require(fabric, "retire n1", () -> it.stateOf(it.node(1)) == InstanceState.RETIRED);
            }
            it.deciding = 2;
            it.claim(it.node(2), it.node(1), 3);
            require(fabric, "be heard at n1 again", () -> it.allHear(3));
            require(fabric, "retire n2", () -> it.stateOf(it.node(2)) == InstanceState.RETIRED);
            fabric.run(Duration.ofMillis(100));
            Seeds.verifyAllDelivered(fabric, seed);
            fabric.calm();
            it.wires.forEach(fabric::verifyPasses);
        });
    }

    @Test
    void isCalledOffOrGoesThroughButNothingBetween() {
        new Seeds("ComponentTest.isCalledOffOrGoesThroughButNothingBetween", 72).run(seed -> {
            VirtualFabric fabric = new VirtualFabric(seed, Seeds.weather(seed));
            ComponentOnTheMove it = new ComponentOnTheMove(fabric).begin();
            fabric.startTraffic(GAP);
            it.claim(it.node(1), it.node(2), 2);
            fabric.at(
                    Duration.ofNanos(6_100_000 + fabric.random().nextInt(12_000_000)),
                    () -> it.targets.get(it.node(2)).askToCallOff());
            fabric.run(Duration.ofMillis(1_500));
            boolean moved = it.stateOf(it.node(2)) == InstanceState.DECIDING;
            boolean stayed = it.stateOf(it.node(1)) == InstanceState.DECIDING;
            Seeds.verifyAllDelivered(fabric, seed);
            if (moved == stayed) {
                throw fabric.failure(moved ? "both instances decide" : "no instance decides");
            }
            fabric.calm();
            it.wires.forEach(fabric::verifyPasses);
        });
    }

    @Test
    void isTakenOverAfterACrashBetweenAnyTwoSteps() {
        new Seeds("ComponentTest.isTakenOverAfterACrashBetweenAnyTwoSteps", 180).run(seed -> {
            VirtualFabric fabric = new VirtualFabric(seed, Seeds.weather(seed));
            ComponentOnTheMove it = new ComponentOnTheMove(fabric).begin();
            Random random = fabric.random();
            fabric.startTraffic(GAP);
            fabric.run(Duration.ofMillis(5));
            it.claim(it.node(1), it.node(2), 2);
            VirtualDaemon victim = it.node(1 + random.nextInt(2));
            fabric.at(Duration.ofNanos(random.nextInt(25_000_000)), () -> it.crash(victim));
            fabric.run(Duration.ofMillis(100 + random.nextInt(200)));
            it.takeOver(it.node(3), 3);
            fabric.run(Duration.ofMillis(random.nextInt(300)));
            // It comes back as an empty node, disturbs nothing, and whoever else still decides is silenced.
            victim.restart(false);
            fabric.run(Duration.ofSeconds(1));
            fabric.calm();
            fabric.run(Duration.ofSeconds(1));
            require(fabric, "be heard at n3", () -> it.allHear(3));
            fabric.verify();
            VirtualDaemon other = victim == it.node(1) ? it.node(2) : it.node(1);
            if (it.stateOf(other) == InstanceState.DECIDING) {
                throw fabric.failure("a stale instance still decides");
            }
            it.wires.forEach(fabric::verifyPasses);
        });
    }

    @Test
    void isTakenOverFromAnOwnerThatIsCutOffAndComesBack() {
        new Seeds("ComponentTest.isTakenOverFromAnOwnerThatIsCutOffAndComesBack", 120).run(seed -> {
            VirtualFabric fabric = new VirtualFabric(seed, Seeds.weather(seed));
            ComponentOnTheMove it = new ComponentOnTheMove(fabric).begin();
            Random random = fabric.random();
            VirtualDaemon old = it.node(1);
            fabric.startTraffic(GAP);
            fabric.run(Duration.ofMillis(5));
            boolean moving = random.nextBoolean();
            if (moving) {
                it.claim(old, it.node(2), 2);
            }
            fabric.run(Duration.ofNanos(random.nextInt(20_000_000)));
            fabric.cut(old, it.node(2));
            fabric.cut(old, it.node(3));
            for (VirtualDaemon far : it.farEnds) {
                if (random.nextBoolean()) {
                    fabric.cut(old, far);
                }
            }
            fabric.run(Duration.ofMillis(50 + random.nextInt(500)));
            it.takeOver(it.node(3), 3);
            fabric.run(Duration.ofMillis(20 + random.nextInt(800)));
            fabric.mend(old, it.node(2));
            fabric.mend(old, it.node(3));
            it.farEnds.forEach(far -> fabric.mend(old, far));
            fabric.run(Duration.ofSeconds(1));
            fabric.calm();
            fabric.run(Duration.ofSeconds(2));
            require(fabric, "be heard at n3", () -> it.allHear(3));
            fabric.verify();
            if (it.stateOf(old) == InstanceState.DECIDING) {
                throw fabric.failure("the old owner still decides");
            }
            it.wires.forEach(fabric::verifyPasses);
        });
    }

    @Test
    void survivesAFarEndThatCrashesDuringTheMove() {
        new Seeds("ComponentTest.survivesAFarEndThatCrashesDuringTheMove", 90).run(seed -> {
            VirtualFabric fabric = new VirtualFabric(seed, Seeds.weather(seed));
            ComponentOnTheMove it = new ComponentOnTheMove(fabric).begin();
            Random random = fabric.random();
            fabric.startTraffic(GAP);
            fabric.run(Duration.ofMillis(5));
            VirtualDaemon victim = it.farEnds.get(random.nextInt(ComponentOnTheMove.PORTS));
            fabric.at(Duration.ofNanos(6_000_000 + random.nextInt(25_000_000)), victim::crash);
            fabric.at(Duration.ofNanos(50_000_000 + random.nextInt(400_000_000)), () -> victim.restart(true));
            it.claim(it.node(1), it.node(2), 2);
            fabric.run(Duration.ofMillis(1_500));
            fabric.calm();
            require(fabric, "be heard at n2", () -> it.allHear(2));
            require(fabric, "retire n1", () -> it.stateOf(it.node(1)) == InstanceState.RETIRED);
            fabric.verify();
            it.wires.forEach(fabric::verifyPasses);
        });
    }

    private static void require(VirtualFabric fabric, String what, java.util.function.BooleanSupplier condition) {
        boolean done = fabric.runUntil(condition, Duration.ofSeconds(5));
        fabric.requireNoViolation();
        if (!done) {
            throw fabric.failure("did not " + what);
        }
    }
}
