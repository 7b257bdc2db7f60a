package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that voters join and leave while it runs: none is lost of what was agreed on, and no vote is counted too early. */
class GrowingLogTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final LogSettings SETTINGS =
            new LogSettings(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofSeconds(2), 10, 4096);

    private final OwnLoopback loopback = new OwnLoopback();

    @TempDir
    private Path folder;

    /** As the fabric's state would say; this test's ledger does not. */
    private volatile Set<String> members = Set.of();

    private final Map<String, Voter> voters = new HashMap<>();
    private final Map<String, InetSocketAddress> doors = new HashMap<>();
    private final Map<String, VotingLog<Ledger.Command, Ledger>> logs = new HashMap<>();

    @AfterEach
    void close() {
        logs.values().parallelStream().forEach(FabricLog::close);
    }

    @Test
    void votersJoinOneByOneAndLeaveAgain() {
        begin("east");
        for (int i = 0; i < 25; i++) {
            append("east", "kept " + i);
        }
        admit("west");
        join("west", "east");
        awaitVoters("east", "west");
        assertThat(accepts("west", "through the second")).isTrue();
        // Two: both are needed, and nothing is lost by waiting for the other.
        stop("east");
        assertThat(accepts("west", "alone")).isFalse();
        open("east", false, "east");
        await().atMost(LONG).until(() -> accepts("west", "both again"));

        admit("north");
        join("north", "west");
        awaitVoters("east", "north", "west");
        stop("east");
        await().atMost(LONG).until(() -> accepts("north", "by the joined alone"));
        // With the file of the first day: what is agreed on wins.
        open("east", false, "east");
        await().atMost(LONG).until(() -> accepts("east", "all three"));
        assertThat(logs.get("east").voters()).containsExactly("east", "north", "west");

        dismiss("east");
        awaitVoters("north", "west");
        stop("east");
        dismiss("north");
        awaitVoters("west");
        stop("north");
        await().atMost(LONG).until(() -> accepts("west", "the last"));
        assertThat(lines("west"))
                .contains("kept 0", "kept 24", "through the second", "by the joined alone", "all three", "the last");
    }

    @Test
    void oneThatIsSilentWhileItShouldCatchUpCostsNothing() throws Exception {
        begin("east");
        append("east", "first");
        admit("west");
        RaftPeer silent = RaftLog.peer(voters.get("west"));
        RaftGroup asked = RaftLog.group("test", List.of(RaftLog.peer(voters.get("east"))));
        try (Electorate electorate = Electorate.of(asked, SETTINGS)) {
            CompletableFuture<Boolean> added = CompletableFuture.supplyAsync(() -> {
                try {
                    electorate.add(silent);
                    return true;
                } catch (IOException refused) {
                    return false;
                }
            });
            int meanwhile = 0;
            while (!added.isDone()) {
                append("east", "meanwhile " + meanwhile++);
                after(Duration.ofMillis(100));
            }
            assertThat(added.join()).isFalse();
            assertThat(meanwhile).isGreaterThan(5);
        }
        assertThat(logs.get("east").voters()).containsExactly("east");

        join("west", "east");
        awaitVoters("east", "west");
        await().atMost(LONG).until(() -> lines("west").contains("meanwhile 0"));
        // A member that never came is dismissed without having voted.
        admit("north");
        dismiss("north");
        assertThat(accepts("west", "without north")).isTrue();
        assertThat(logs.get("east").voters()).containsExactly("east", "west");
    }

    @Test
    void whoeverIsStoppedAtAnyMomentOfItsJoiningIsOutOrIn() throws Exception {
        begin("east");
        append("east", "first");
        admit("west");
        for (int millis : List.of(0, 60, 200, 450)) {
            join("west", "east");
            after(Duration.ofMillis(millis));
            stop("west");
            // Counted already, it is needed; else it must not be.
            if (!logs.get("east").voters().contains("west")) {
                assertThat(accepts("east", "without it, " + millis + " ms")).isTrue();
            }
        }
        join("west", "east");
        awaitVoters("east", "west");
        await().atMost(LONG).until(() -> accepts("west", "in"));
        join("west", "east");
        await().atMost(LONG).until(() -> accepts("west", "joined twice"));
        assertThat(lines("west")).contains("first", "in", "joined twice").doesNotHaveDuplicates();
    }

    @Test
    void oneWhoseDiskRefusesTheLastWordIsInWhenItNoLongerDoes() throws Exception {
        begin("east");
        append("east", "first");
        admit("west");
        Path file = folder.resolve("west").resolve("voter.json");
        join("west", "east");
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> Files.exists(file) && Files.readString(file).contains("ENTERING"));
        // Where a draft of the next is written.
        Path obstacle = Files.createDirectory(folder.resolve("west").resolve(".voter.json"));
        await().atMost(LONG).until(() -> logs.get("east").voters().contains("west"));
        after(Duration.ofSeconds(1));
        assertThat(logs.get("west").voters()).isEmpty();
        Files.delete(obstacle);
        awaitVoters("east", "west");
    }

    /** A moment is the point here, not that something has happened by then. */
    private static void after(Duration moment) {
        await().pollDelay(moment).pollInterval(Duration.ofMillis(1)).until(() -> true);
    }

    private void begin(String name) {
        admit(name);
        open(name, false, name);
        await().atMost(LONG).until(() -> accepts(name, "begun"));
    }

    /** What a state says of a member that was let in. */
    private void admit(String name) {
        voters.computeIfAbsent(name, id -> new Voter(id, loopback.free()));
        doors.computeIfAbsent(name, id -> loopback.free());
        Set<String> more = new TreeSet<>(members);
        more.add(name);
        members = more;
        tellAll();
    }

    private void dismiss(String name) {
        Set<String> fewer = new TreeSet<>(members);
        fewer.remove(name);
        members = fewer;
        tellAll();
    }

    private void tellAll() {
        logs.values().forEach(log -> log.roster(roster(members.toArray(String[]::new))));
    }

    private void join(String name, String known) {
        VotingLog<Ledger.Command, Ledger> before = logs.remove(name);
        if (before != null) {
            before.close();
        }
        open(name, true, known, name);
    }

    private void open(String name, boolean joins, String... known) {
        logs.put(
                name,
                VotingLog.open(
                        "test",
                        name,
                        roster(known),
                        folder.resolve(name),
                        new Ledger.Machine(),
                        state -> members,
                        SETTINGS,
                        joins));
    }

    private VotingLog.Roster roster(String... names) {
        List<Voter> known = new ArrayList<>();
        Map<String, InetSocketAddress> asked = new HashMap<>();
        for (String name : names) {
            known.add(voters.get(name));
            asked.put(name, doors.get(name));
        }
        return new VotingLog.Roster(known, asked);
    }

    private void awaitVoters(String... names) {
        await().atMost(LONG).untilAsserted(() -> {
            for (String name : names) {
                assertThat(logs.get(name).voters()).as(name).containsExactly(names);
            }
        });
        await().atMost(LONG).until(() -> accepts(names[0], "agreed by " + String.join(" ", names)));
    }

    private void stop(String name) {
        logs.remove(name).close();
    }

    private boolean accepts(String through, String line) {
        try {
            append(through, line);
            return true;
        } catch (CompletionException refused) {
            assertThat(refused).hasCauseInstanceOf(WireException.class);
            return false;
        }
    }

    private void append(String through, String line) {
        logs.get(through).append(new Ledger.Write(line)).join();
    }

    private List<String> lines(String through) {
        return logs.get(through).current().state().lines();
    }
}
