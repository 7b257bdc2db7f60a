package io.virtualwire.log;

import static io.virtualwire.log.FabricLogContractTest.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that has grown beyond its snapshots: restarted, and followed by a node that missed what was purged. */
class RaftSnapshotTest {
    private static final int SNAPSHOT_EVERY = 40;
    private static final LogSettings SETTINGS = new LogSettings(
            Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(5), SNAPSHOT_EVERY, 8192);

    @TempDir
    private Path folder;

    private final List<Voter> voters = new ArrayList<>();

    @Test
    void nodeThatMissedPurgedEntriesGetsASnapshot() throws Exception {
        OwnLoopback loopback = new OwnLoopback();
        for (int node = 0; node < 3; node++) {
            voters.add(new Voter("n" + node, loopback.free()));
        }
        try (var first = open(0);
                var second = open(1)) {
            await().atMost(Duration.ofSeconds(20)).until(() -> first.isLeader() || second.isLeader());
            for (int round = 0; round < 6; round++) {
                List<CompletableFuture<?>> appends = new ArrayList<>();
                for (int number = 0; number < SNAPSHOT_EVERY; number++) {
                    appends.add(first.append(new Ledger.Write(round + "." + number)));
                }
                for (CompletableFuture<?> append : appends) {
                    get(append);
                }
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> !holdsFirstEntry(0) && !holdsFirstEntry(1));
            List<String> agreed = get(first.latest()).state().lines();
            assertThat(agreed).hasSize(6 * SNAPSHOT_EVERY);
            try (var late = open(2)) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(late.current().state().lines()).isEqualTo(agreed));
                get(late.append(new Ledger.Write("late but here")));
                assertThat(late.current().state().lines()).endsWith("late but here");
            }
            try (var restarted = open(2)) {
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(
                                () -> assertThat(restarted.current().state().lines())
                                        .hasSize(agreed.size() + 1)
                                        .endsWith("late but here"));
            }
        }
    }

    private boolean holdsFirstEntry(int node) throws IOException {
        try (var files = Files.walk(folder.resolve("n" + node))) {
            return files.map(file -> file.getFileName().toString())
                    .anyMatch(name -> name.startsWith("log_0-") || name.equals("log_inprogress_0"));
        }
    }

    private RaftLog<Ledger.Command, Ledger> open(int node) {
        String id = voters.get(node).id();
        return RaftLog.open("snapshots", id, voters, folder.resolve(id), new Ledger.Machine(), SETTINGS);
    }
}
