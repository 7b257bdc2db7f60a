package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Many moves of real guests; with {@code -Dwire.long=true}, because they take minutes. The others: {@link MachineMoveNetnsIT}. */
@NetnsTest
final class FleetMoveNetnsIT {
    private static final int TIMES = 20;
    private static final int GUESTS = 5;
    /** Of descriptors and threads, which come and go with connections. */
    private static final long SLACK = 6;

    @TestFactory
    Stream<DynamicTest> forthAndBackTwentyTimes() {
        return LongRun.of("nothing leaks", this::twentyTimes);
    }

    @TestFactory
    Stream<DynamicTest> fiveAtOnceThenTogether() {
        return LongRun.of("two at a time; stopped, resumed, and a node killed on the way", this::five);
    }

    @TestFactory
    Stream<DynamicTest> aGuestMovesWhileItsSwitchDoes() {
        return LongRun.of("each way, both at the same moment", this::withItsSwitch);
    }

    private void withItsSwitch() throws Exception {
        try (MachineLab lab = new MachineLab("n1", "n2@west")) {
            lab.startGuest("web1", "e1", guest(1));
            lab.awaitAnswer("10.1.0.11");
            String identity = lab.identity("10.1.0.11");
            RunningCommand ping = lab.ping("10.1.0.11");
            ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
            for (String[] to : new String[][] {{"w1", "n2"}, {"e1", "n1"}, {"w1", "n2"}, {"e1", "n1"}}) {
                RunningCommand machine = lab.start("migrate", "web1", "--to", to[0]);
                machine.awaitLine(".* ms  move.*", MachineLab.LIMIT);
                lab.said("migrate", "lan", "--to", to[1]);
                assertThat(machine.await(MachineLab.LIMIT).status())
                        .as(machine.output())
                        .isZero();
                lab.awaitOnlyAt(to[0], "web1");
                assertThat(lab.json("switch", "ls").findValuesAsText("node")).containsExactly(to[1]);
            }
            Pings pings = MachineLab.pings(ping);
            System.out.println("a guest and its switch, four times: " + pings);
            assertThat(pings.duplicates()).isZero();
            assertThat(pings.lost()).isLessThan(pings.sent() / 100);
            assertThat(lab.identity("10.1.0.11")).isEqualTo(identity);
        }
    }

    private void twentyTimes() throws Exception {
        try (MachineLab lab = new MachineLab("n1", "n2@west")) {
            lab.createSwitch("dmz", "10.2.0.1/24", "n1");
            lab.startGuest("web1", "e1", guest(1).nic("web1b", "52:54:00:00:01:01", "10.2.0.11/24"));
            lab.awaitAnswer("10.1.0.11");
            // What is made when it is first needed is there afterwards.
            thereAndBack(lab);
            thereAndBack(lab);
            Census before = Census.of(lab);
            RunningCommand ping = lab.ping("10.1.0.11");
            RunningCommand other = lab.ping("10.2.0.11");
            ping.awaitLine("64 bytes.*", MachineLab.LIMIT);
            long begun = System.nanoTime();
            for (int time = 0; time < TIMES; time++) {
                thereAndBack(lab);
            }
            System.out.printf("%d moves took %d s%n", 2 * TIMES, (System.nanoTime() - begun) / 1_000_000_000);
            for (RunningCommand each : List.of(ping, other)) {
                Pings pings = MachineLab.pings(each);
                System.out.println(pings);
                assertThat(pings.duplicates()).isZero();
                assertThat(pings.lost()).isLessThan(pings.sent() / 100);
            }
            Awaitility.await("nothing is left").atMost(MachineLab.LIMIT).untilAsserted(() -> {
                Census after = Census.of(lab);
                System.out.println("before " + before + "\nafter  " + after);
                assertThat(after.above(before, SLACK)).isEmpty();
            });
        }
    }

    private static void thereAndBack(MachineLab lab) throws IOException {
        lab.said("migrate", "web1", "--to", "west");
        lab.awaitOnlyAt("w1", "web1");
        lab.said("migrate", "web1", "--to", "east");
        lab.awaitOnlyAt("e1", "web1");
    }

    private void five() throws Exception {
        try (MachineLab lab = new MachineLab("n1", "n2@west", "n3")) {
            for (int number = 1; number <= GUESTS; number++) {
                lab.startGuest("web" + number, "e1", guest(number));
            }
            for (int number = 1; number <= GUESTS; number++) {
                lab.awaitAnswer("10.1.0.1" + number);
            }
            List<RunningCommand> pinging = new ArrayList<>();
            List<RunningCommand> moving = new ArrayList<>();
            for (int number = 1; number <= GUESTS; number++) {
                pinging.add(lab.ping("10.1.0.1" + number));
            }
            for (int number = 1; number <= GUESTS; number++) {
                moving.add(lab.start("migrate", "web" + number, "--to", "west"));
            }
            int most = 0;
            while (moving.stream().anyMatch(RunningCommand::alive)) {
                int under = 0;
                for (JsonNode vm : lab.json("vm", "ls")) {
                    under += List.of("move", "activate")
                                    .contains(vm.path("phase").asText())
                            ? 1
                            : 0;
                }
                most = Math.max(most, under);
            }
            moving.forEach(each -> System.out.println(each.output().lines().reduce("", (one, last) -> last)));
            System.out.println("at most " + most + " at a time");
            assertThat(most).isBetween(1, 2);
            for (int number = 1; number <= GUESTS; number++) {
                lab.awaitOnlyAt("w1", "web" + number);
            }

            // All of them and the switch, which is in the east, back and there; the node that was asked dies on the
            // way.
            lab.said("migrate", "--all", "--from", "west", "--to", "east");
            for (int number = 1; number <= GUESTS; number++) {
                lab.awaitOnlyAt("e1", "web" + number);
            }
            System.out.println(lab.said("migrate", "--all", "--from", "east", "--to", "west", "--plan"));
            RunningCommand all = lab.start("migrate", "--all", "--from", "east", "--to", "west");
            all.awaitLine(".*\\[\\d/6] .* done: .*", MachineLab.LIMIT);
            lab.node("n1").kill();
            all.await(MachineLab.LIMIT.multipliedBy(2));
            System.out.println(all.output());
            if (!all.output().contains("all 6 moved")) {
                lab.said("migrate", "--all", "--from", "east", "--to", "west");
            }
            for (int number = 1; number <= GUESTS; number++) {
                lab.awaitOnlyAt("w1", "web" + number);
                lab.awaitAnswer("10.1.0.1" + number);
            }
            assertThat(lab.json("switch", "ls").findValuesAsText("node")).containsOnly("n2");
            for (RunningCommand ping : pinging) {
                Pings pings = MachineLab.pings(ping);
                System.out.println(pings);
                assertThat(pings.duplicates()).isZero();
            }
        }
    }

    private static LinuxGuest guest(int number) {
        String name = "web" + number;
        return LinuxGuest.named(name).nic(name, "52:54:00:00:00:0" + number, "10.1.0.1" + number + "/24");
    }
}
