package io.virtualwire.testkit.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every step of what is done with one wire, struck by every fault: each scenario is run once to learn its steps, then once for
 * each step and fault, and each time ends with the invariants and with desired = observed. With {@code -Dwire.long=true} from many
 * seeds, each fault for a short and for a long while.
 */
class WireStepsTest {
    private static final List<Duration> AWAY = List.of(Duration.ofMillis(60), Duration.ofMillis(700));
    private static final boolean LONG = Boolean.getBoolean("wire.long");
    private static final Duration GAP = Duration.ofMillis(4);

    /** What is done with the wire. */
    enum Scenario {
        CONNECT(Set.of("connect", "tell offer", "HELLO", "HELLO_ACK", "FRAME")),
        REPLACE_IN_PLACE(Set.of("connect", "tell offer", "tell withdraw", "HELLO", "HELLO_ACK", "FRAME")),
        MOVE(Set.of(
                "connect",
                "yield",
                "activate",
                "disconnect",
                "tell offer",
                "tell withdraw",
                "HELLO",
                "HELLO_ACK",
                "END",
                "END_ACK",
                "RELAYED_END",
                "RELAYED_END_ACK",
                "FRAME")),
        /** A hypervisor moves a machine: nobody tells the old place to yield, or either place when. */
        MACHINE(Set.of(
                "connect",
                "activate",
                "disconnect",
                "tell offer",
                "tell withdraw",
                "HELLO",
                "HELLO_ACK",
                "END",
                "END_ACK",
                "RELAYED_FRAME",
                "RELAYED_END",
                "RELAYED_END_ACK",
                "FRAME")),
        TAKEOVER(Set.of(
                "connect", "fence", "activate", "disconnect", "tell offer", "HELLO", "HELLO_ACK", "END", "FRAME")),
        DISCONNECT(Set.of("connect", "disconnect", "tell withdraw"));

        private final Set<String> kinds;

        Scenario(Set<String> kinds) {
            this.kinds = kinds;
        }

        boolean moves() {
            return this == MOVE || this == MACHINE || this == TAKEOVER;
        }
    }

    private record Combination(Scenario scenario, Step step, Fault fault, Duration away, long seed) {
        @Override
        public String toString() {
            return scenario + ", seed " + seed + ": " + step + " struck by " + fault + ", " + away.toMillis() + " ms";
        }
    }

    @ParameterizedTest
    @EnumSource(Scenario.class)
    void everyStepStruckByEveryFaultEndsAsDesired(Scenario scenario) {
        long begun = System.nanoTime();
        List<String> failures = new ArrayList<>();
        int combinations = 0;
        Map<String, Integer> steps = new TreeMap<>();
        for (long seed = 1; seed <= (LONG ? 10 : 1); seed++) {
            int number = 0;
            for (Step step : stepsOf(scenario, seed)) {
                number++;
                steps.merge(kindOf(step), 1, Integer::sum);
                for (Fault fault : Fault.values()) {
                    if (fault == Fault.DUPLICATED && Sabotage.isFrame(step)) {
                        continue; // Copies of a frame's datagram end in the replay window.
                    }
                    // In the ordinary run each fault is short at every other step, and long at the others.
                    List<Duration> whiles = LONG ? AWAY : List.of(AWAY.get((number + fault.ordinal()) % 2));
                    for (Duration away : whiles) {
                        Combination combination = new Combination(scenario, step, fault, away, seed);
                        combinations++;
                        try {
                            run(combination);
                        } catch (AssertionError | RuntimeException e) {
                            failures.add(combination + "\n" + e.getMessage());
                        }
                    }
                }
            }
        }
        System.out.printf(
                "%s: %d combinations of a step and a fault, %d failed, %d ms; steps %s%n",
                scenario, combinations, failures.size(), (System.nanoTime() - begun) / 1_000_000, steps);
        assertThat(failures.stream()
                        .map(failure -> failure.lines().limit(2).toList().toString()))
                .as("combinations that failed; the first in full: %s", failures.isEmpty() ? "" : failures.getFirst())
                .isEmpty();
        assertThat(steps.keySet()).containsAll(scenario.kinds);
    }

    private static String kindOf(Step step) {
        String[] words = step.what().split(" ");
        return step.kind().equals("tell") ? words[0] + " " + words[1] : words[0];
    }

    private static List<Step> stepsOf(Scenario scenario, long seed) {
        Run run = new Run(scenario, seed);
        Sabotage recorder = Sabotage.recorder(run.means(AWAY.getFirst()));
        run.go(recorder);
        run.verify(true);
        return recorder.steps();
    }

    private static void run(Combination combination) {
        Run run = new Run(combination.scenario(), combination.seed());
        Sabotage sabotage = Sabotage.of(combination.step(), combination.fault(), run.means(combination.away()));
        run.go(sabotage);
        if (!sabotage.hasStruck()) {
            throw run.fabric.failure("the step was not taken");
        }
        run.verify(combination.fault().crashes() || combination.fault().cuts());
    }

    /** One scenario from one seed. */
    private static final class Run {
        private final Scenario scenario;
        private final VirtualFabric fabric;
        private final WireInMotion it;
        private final Caller caller;

        Run(Scenario scenario, long seed) {
            this.scenario = scenario;
            fabric = new VirtualFabric(seed, Weather.FINE);
            it = new WireInMotion(fabric);
            caller = new Caller(fabric);
        }

        Sabotage.Means means(Duration away) {
            return new Sabotage.Means() {
                @Override
                public void crash(String daemon) {
                    if (daemon.equals(Caller.NAME)) {
                        caller.crash(away);
                        return;
                    }
                    mayLose();
                    VirtualDaemon victim = fabric.daemon(daemon);
                    victim.silence();
                    fabric.at(Duration.ZERO, victim::crash);
                    fabric.at(away, () -> victim.restart(true));
                }

                @Override
                public void cut(String one, String other) {
                    if (one.equals(Caller.NAME)) {
                        caller.crash(away);
                        return;
                    }
                    mayLose();
                    fabric.cut(fabric.daemon(one), fabric.daemon(other));
                    fabric.at(away, () -> fabric.mend(fabric.daemon(one), fabric.daemon(other)));
                }

                @Override
                public void breakStream(String one, String other) {
                    fabric.breakStream(fabric.daemon(one), fabric.daemon(other));
                }
            };
        }

        /** A place that is away cannot know that the guest has left it, and what it held is gone. */
        private void mayLose() {
            fabric.takenOver(it.wire, Side.A);
        }

        void go(Sabotage sabotage) {
            fabric.interfere(sabotage);
            if (scenario != Scenario.CONNECT) {
                it.connect();
            } else {
                fabric.place(it.wire, Side.A, it.p1);
                fabric.place(it.wire, Side.B, it.q1);
            }
            fabric.startTraffic(GAP);
            fabric.run(Duration.ofMillis(30));
            sabotage.arm();
            script();
            caller.start();
            fabric.runUntil(caller::isDone, Duration.ofSeconds(8));
            // Faults may outlast what was asked for.
            fabric.run(Duration.ofMillis(1600));
            fabric.requireNoViolation();
            if (!caller.isDone()) {
                throw fabric.failure("not everything that was asked for has been done");
            }
        }

        private void script() {
            switch (scenario) {
                case CONNECT ->
                    caller.then("connect A g1", it.p1, () -> it.p1.connect(it.side(Side.A, 1, Role.ACTIVE, it.q1, 1)))
                            .then(
                                    "connect B g1",
                                    it.q1,
                                    () -> it.q1.connect(it.side(Side.B, 1, Role.ACTIVE, it.p1, 1)),
                                    () -> it.isActive(it.p1, Side.A, 1) && it.isActive(it.q1, Side.B, 1));
                case REPLACE_IN_PLACE ->
                    caller.then(
                                    "connect B g1 to g2",
                                    it.q1,
                                    () -> it.q1.connect(it.side(Side.B, 1, Role.ACTIVE, it.p1, 2)))
                            .then(
                                    "connect A g2",
                                    it.p1,
                                    () -> it.p1.connect(it.side(Side.A, 2, Role.ACTIVE, it.q1, 1)),
                                    () -> it.isActive(it.q1, Side.B, 2));
                case MOVE -> {
                    prepare();
                    caller.then("yield A g1", it.p1, () -> {
                        fabric.leave(it.wire, Side.A, it.p1);
                        it.p1.yieldSide(it.wire, Side.A);
                    });
                    activateAndRetire();
                }
                case MACHINE -> {
                    prepare();
                    caller.then("suspend the guest", it.p1, () -> {
                        if (fabric.guest(it.wire, Side.A).isAt(it.p1)) {
                            fabric.guest(it.wire, Side.A).suspend(false);
                        }
                    });
                    activateAndRetire();
                }
                case TAKEOVER -> {
                    fabric.takenOver(it.wire, Side.A);
                    it.p1.crash();
                    fabric.guest(it.wire, Side.A).moveTo(null);
                    fabric.at(Duration.ofMillis(900), () -> {
                        if (!it.p1.isUp()) {
                            it.p1.restart(true);
                        }
                    });
                    caller.then(
                                    "connect A g2 standby",
                                    it.p2,
                                    () -> it.p2.connect(it.side(Side.A, 2, Role.STANDBY, it.q1, 1)))
                            .then(
                                    "fence B g1 to g2",
                                    it.q1,
                                    () -> it.q1.connect(
                                            fabric.request(it.wire, Side.B, 1, Role.ACTIVE, it.p2, 2, true)));
                    activateAndRetire();
                }
                case DISCONNECT ->
                    // What is asked for once more is under way when it is over: a late copy brings nothing back.
                    caller.then(
                                    "connect A g1 again",
                                    it.p1,
                                    () -> it.p1.connect(it.side(Side.A, 1, Role.ACTIVE, it.q1, 1)))
                            .then(
                                    "connect B g1 again",
                                    it.q1,
                                    () -> it.q1.connect(it.side(Side.B, 1, Role.ACTIVE, it.p1, 1)))
                            .then("disconnect A g1", it.p1, () -> it.disconnect(it.p1, Side.A, 1))
                            .then("disconnect B g1", it.q1, () -> it.disconnect(it.q1, Side.B, 1));
            }
        }

        private void prepare() {
            caller.then(
                            "connect A g2 standby",
                            it.p2,
                            () -> it.p2.connect(
                                    VirtualFabric.relayFrom(it.side(Side.A, 2, Role.STANDBY, it.q1, 1), it.p1, 1)))
                    .then(
                            "connect A g1 relay",
                            it.p1,
                            () -> it.p1.connect(
                                    VirtualFabric.relayTo(it.side(Side.A, 1, Role.ACTIVE, it.q1, 1), it.p2, 2)))
                    .then(
                            "connect B g1 to g2",
                            it.q1,
                            () -> it.q1.connect(it.side(Side.B, 1, Role.ACTIVE, it.p2, 2)),
                            () -> it.p2.isUp() && it.isPreparedA());
        }

        private void activateAndRetire() {
            caller.then(
                            "activate A g2",
                            it.p2,
                            () -> {
                                fabric.place(it.wire, Side.A, it.p2);
                                it.p2.activate(it.wire, Side.A);
                            },
                            () -> it.q1.isUp() && it.isActive(it.q1, Side.B, 2))
                    .then("disconnect A g1", it.p1, () -> it.disconnect(it.p1, Side.A, 1));
        }

        /** Desired = observed, and every invariant held. */
        void verify(boolean bounds) {
            if (scenario == Scenario.DISCONNECT) {
                fabric.stopTraffic();
                fabric.run(Duration.ofMillis(500));
                fabric.requireNoViolation();
                for (VirtualDaemon daemon : List.of(it.p1, it.p2, it.q1, it.q2)) {
                    if (!daemon.sides().isEmpty()) {
                        throw fabric.failure(daemon.name() + " still has a side");
                    }
                }
                return;
            }
            Tally tally = fabric.verify();
            boolean moved = scenario.moves();
            VirtualDaemon holder = moved ? it.p2 : it.p1;
            long generation = scenario == Scenario.CONNECT ? 1 : 2;
            requireOnly(holder, Side.A, generation, 1);
            requireOnly(it.q1, Side.B, 1, generation);
            for (VirtualDaemon daemon : List.of(moved ? it.p1 : it.p2, it.q2)) {
                if (!daemon.sides().isEmpty()) {
                    throw fabric.failure(daemon.name() + " still has a side");
                }
            }
            if (!bounds && scenario != Scenario.TAKEOVER && scenario != Scenario.CONNECT && !fabric.isBoundExceeded()) {
                long lost = tally.sent() - tally.delivered() - tally.notSent();
                if (lost > 1) {
                    throw fabric.failure(lost + " frames were lost: " + tally);
                }
            }
            fabric.verifyPasses(it.wire);
        }

        private void requireOnly(VirtualDaemon daemon, Side side, long generation, long peerGeneration) {
            Optional<SideStatus> there = daemon.side(it.wire, side);
            boolean well = daemon.sides().size() == 1
                    && there.filter(status -> status.state() == SideState.ACTIVE)
                            .filter(status -> status.generation().equals(new Generation(generation, "")))
                            .isPresent()
                    && it.isActive(daemon, side, peerGeneration);
            if (!well) {
                throw fabric.failure(daemon.name() + " is not as it is wanted: " + there);
            }
        }
    }
}
