package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Voters whose folder is lost, emptied or damaged: they never vote as if they had not voted before, and heal. */
class LostDiskTest {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final Duration SETTLED = Duration.ofSeconds(1);
    private static final LogSettings SETTINGS =
            new LogSettings(Duration.ofMillis(300), Duration.ofMillis(600), Duration.ofSeconds(2), 10, 4096);

    @TempDir
    private Path folder;

    private final List<Voter> voters = new ArrayList<>();
    private final Map<String, InetSocketAddress> doors = new HashMap<>();
    private final Map<String, FabricLog<Ledger.Command, Ledger>> logs = new HashMap<>();

    @BeforeEach
    void addresses() {
        OwnLoopback loopback = new OwnLoopback();
        for (String name : List.of("east", "north", "west")) {
            voters.add(new Voter(name, loopback.free()));
            doors.put(name, loopback.free());
        }
    }

    @AfterEach
    void close() {
        logs.values().parallelStream().forEach(FabricLog::close);
    }

    @Test
    void aFabricBeginsWhenAllItsVotersHaveMet() {
        open("east");
        open("north");
        assertThatThrownBy(() -> append("east", "too early"))
                .hasCauseInstanceOf(WireException.class)
                .hasMessageContaining("takes no part in the log yet");
        open("west");
        await().atMost(LONG).until(() -> accepts("east", "first"));
    }

    @Test
    void aVoterThatLostItsDiskVotesOnlyWhenTheOthersTookItIn() throws Exception {
        begin();
        for (int i = 0; i < 25; i++) {
            append("east", "kept " + i);
        }
        stop("west");
        append("east", "while west was away");
        stop("north");
        lose("west");
        open("west");
        // North has not got all, and west has forgotten all: these two must agree on nothing, nor may west and east.
        assertThat(accepts("east", "with a voter that forgot")).isFalse();
        assertThat(accepts("west", "by a voter that forgot")).isFalse();
        open("north");
        await().atMost(LONG).until(() -> accepts("west", "healed"));
        assertThat(lines("west")).contains("kept 0", "kept 24", "while west was away", "healed");
        // It votes again: with it and without east there is a majority, and after a restart too.
        stop("east");
        await().atMost(LONG).until(() -> accepts("north", "with west's vote"));
        stop("west");
        open("west");
        await().atMost(LONG).until(() -> accepts("west", "again"));
        if (Boolean.getBoolean("wire.long")) {
            // A second loss is a loss again.
            open("east");
            await().atMost(LONG).until(() -> accepts("east", "all"));
            stop("west");
            lose("west");
            open("west");
            await().atMost(LONG).until(() -> accepts("west", "healed twice"));
        }
    }

    @Test
    void aFolderOfWhichAPartIsMissingOrDamagedIsRefusedAndLeftAsItIs() throws Exception {
        begin();
        for (int i = 0; i < 25; i++) {
            append("east", "kept " + i);
        }
        // What a snapshot holds may be missing in the entries.
        for (int i = 0; logs.get("west").current().index() < snapshot("west") + 4; i++) {
            append("west", "after the snapshot " + i);
        }
        // After an entry follows one of Ratis' own, which says that it was agreed on: to lose that one alone loses
        // nothing.
        await().during(SETTLED)
                .atMost(LONG)
                .until(() -> reached("west") == logs.get("west").current().index());
        long kept = snapshot("west");
        stop("west");
        // One that is killed makes no snapshot on its way out.
        for (Path file : files("west", "snapshot.")) {
            if (indexOf(file) > kept) {
                Files.delete(file);
            }
        }
        Path meta = find("west", "raft-meta");
        Path away = folder.resolve("raft-meta");
        Files.move(meta, away);
        assertRefused("west");
        Files.move(away, meta);
        Path entries = folder.resolve("entries");
        Files.createDirectories(entries);
        List<Path> moved = files("west", "log_", "snapshot.");
        for (Path file : moved) {
            Files.move(file, entries.resolve(file.getFileName()));
        }
        assertRefused("west");
        for (Path file : moved) {
            Files.move(entries.resolve(file.getFileName()), file);
        }

        Path newest = files("west", "log_inprogress").getLast();
        byte[] whole = Files.readAllBytes(newest);
        int used = IntStream.iterate(whole.length, end -> end - 1)
                .filter(end -> whole[end - 1] != 0)
                .findFirst()
                .orElseThrow();
        for (int left : List.of(used / 2, used - 3, 8, 0)) {
            Files.write(newest, Arrays.copyOf(whole, left));
            assertRefused("west");
            assertThat(Files.size(newest)).as("left as it is").isEqualTo(left);
        }
        Files.write(newest, whole);

        Path segment = find("west", "log_");
        byte[] bytes = Files.readAllBytes(segment);
        bytes[60] ^= 0x55;
        bytes[90] ^= 0x55;
        Files.write(segment, bytes, StandardOpenOption.WRITE);
        assertRefused("west");
        assertThat(accepts("east", "the others go on")).isTrue();
        lose("west");
        open("west");
        await().atMost(LONG).until(() -> accepts("west", "healed"));
        assertThat(lines("west")).contains("kept 0", "kept 24");
    }

    private void assertRefused(String name) {
        assertThatThrownBy(() -> open(name)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.CORRUPT);
            assertThat(e.getMessage() + e.hint())
                    .contains(folder.resolve(name).toString(), "move the whole folder away");
        });
    }

    private long reached(String name) throws IOException {
        return JsonMapper.builder()
                .build()
                .readTree(folder.resolve(name).resolve("voter.json").toFile())
                .path("reached")
                .asLong();
    }

    private long snapshot(String name) throws IOException {
        return files(name, "snapshot.").stream()
                .mapToLong(LostDiskTest::indexOf)
                .max()
                .orElse(-1);
    }

    private static long indexOf(Path snapshot) {
        String file = snapshot.getFileName().toString().replace(".md5", "");
        return Long.parseLong(file.substring(file.indexOf('_') + 1));
    }

    private void begin() {
        voters.parallelStream().forEach(voter -> open(voter.id()));
        await().atMost(LONG).until(() -> accepts("east", "first"));
    }

    private void open(String name) {
        FabricLog<Ledger.Command, Ledger> log =
                VotingLog.open("test", name, voters, doors, folder.resolve(name), new Ledger.Machine(), SETTINGS);
        synchronized (logs) {
            logs.put(name, log);
        }
    }

    private void stop(String name) {
        logs.remove(name).close();
    }

    private void lose(String name) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(name))) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private Path find(String name, String prefix) throws IOException {
        return files(name, prefix).stream()
                .filter(path -> !path.toString().endsWith(".conf"))
                .findFirst()
                .orElseThrow();
    }

    private List<Path> files(String name, String... prefixes) throws IOException {
        try (Stream<Path> all = Files.walk(folder.resolve(name))) {
            return all.filter(path -> Arrays.stream(prefixes)
                            .anyMatch(prefix -> path.getFileName().toString().startsWith(prefix)))
                    .sorted()
                    .toList();
        }
    }

    private void append(String through, String line) {
        logs.get(through).append(new Ledger.Write(line)).join();
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

    private List<String> lines(String through) {
        return logs.get(through).current().state().lines();
    }
}
