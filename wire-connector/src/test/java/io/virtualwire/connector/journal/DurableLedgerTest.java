package io.virtualwire.connector.journal;

import static io.virtualwire.connector.journal.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DurableLedgerTest {
    private static final int CHANGES = 12;

    @Test
    void whatWasAnsweredIsThereAfterwards(@TempDir Path folder) {
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            ledger.change(put("web"));
            ledger.change(put("db"));
        }
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            assertThat(names(ledger)).containsExactly("db", "web");
        }
    }

    @Test
    void twoConnectorsCannotShareAFolder(@TempDir Path folder) {
        try (DurableLedger first = DurableLedger.open(folder, false)) {
            first.change(put("web"));
            assertThatThrownBy(() -> DurableLedger.open(folder, false))
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
        }
    }

    /** A power cut at every single step, with what the kernel had written chosen by chance. */
    @Test
    void noPowerCutLosesWhatWasAnswered() {
        int steps = stepsOf(new FaultyFolder());
        for (int step = 0; step < steps; step++) {
            for (int seed = 0; seed < 20; seed++) {
                FaultyFolder folder = new FaultyFolder().cutAt(step);
                Set<String> answered = new TreeSet<>();
                Set<String> asked = new TreeSet<>();
                run(folder, asked, answered);
                try (DurableLedger next = new DurableLedger(folder.afterPowerCut(new Random(seed)), false)) {
                    assertThat(names(next))
                            .as("cut at step %d, seed %d", step, seed)
                            .containsAll(answered)
                            .isSubsetOf(asked);
                    next.change(put("later"));
                    assertThat(names(next)).contains("later");
                }
            }
        }
    }

    /** A disk that is full from any step on, for any while. */
    @Test
    void aFullDiskChangesNothingAndIsOverWhenThereIsRoom() {
        int steps = stepsOf(new FaultyFolder());
        int open = stepsToOpen();
        for (int step = open; step < steps; step++) {
            for (int length : new int[] {1, 2, 3, 7}) {
                FaultyFolder folder = new FaultyFolder().failingFrom(step, step + length);
                Set<String> answered = new TreeSet<>();
                Set<String> asked = new TreeSet<>();
                DurableLedger ledger = run(folder, asked, answered);
                assertThat(ledger).isNotNull();
                assertThat(names(ledger))
                        .as("full at step %d for %d", step, length)
                        .isEqualTo(answered);
                while (folder.steps() < step + length) {
                    ask(ledger, "while-full", answered);
                }
                ledger.change(put("later"));
                answered.add("later");
                assertThat(names(ledger)).isEqualTo(answered);
                ledger.close();
                try (DurableLedger next = new DurableLedger(folder.afterPowerCut(new Random(step)), false)) {
                    assertThat(names(next)).isEqualTo(answered);
                }
            }
        }
    }

    @Test
    void aTornEndIsCutOff() {
        FaultyFolder folder = new FaultyFolder();
        run(folder, new TreeSet<>(), new TreeSet<>()).close();
        byte[] whole = folder.bytes(Journal.FILE);
        int last = lastFrame(whole);
        for (int length = last + 1; length < whole.length; length++) {
            folder.put(Journal.FILE, Arrays.copyOf(whole, length));
            try (DurableLedger ledger = new DurableLedger(folder, false)) {
                assertThat(names(ledger)).hasSize(CHANGES - 1);
            }
            assertThat(folder.bytes(Journal.FILE)).hasSize(last);
        }
    }

    @Test
    void damageInTheMiddleIsReportedWithItsPlace() {
        FaultyFolder folder = new FaultyFolder();
        run(folder, new TreeSet<>(), new TreeSet<>()).close();
        byte[] whole = folder.bytes(Journal.FILE);
        int last = lastFrame(whole);
        for (int at = 0; at < last; at++) {
            byte[] damaged = whole.clone();
            damaged[at] ^= 0x41;
            // The two reserved bytes of the file's header may say anything.
            if (at == 6 || at == 7) {
                continue;
            }
            folder.put(Journal.FILE, damaged);
            assertThatThrownBy(() -> new DurableLedger(folder, false))
                    .as("damaged at %d", at)
                    .isInstanceOfSatisfying(WireException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
                        assertThat(e.getMessage()).containsAnyOf("damaged at byte", "of version");
                    });
            assertThat(folder.bytes(Journal.FILE)).isEqualTo(damaged);
        }
    }

    @Test
    void toldToItKeepsWhatCanBeReadAndSetsTheFileAside() {
        FaultyFolder folder = new FaultyFolder();
        run(folder, new TreeSet<>(), new TreeSet<>()).close();
        byte[] damaged = folder.bytes(Journal.FILE).clone();
        damaged[JournalFrame.FILE_HEADER + JournalFrame.HEADER + 3] ^= 1;
        folder.put(Journal.FILE, damaged);
        try (DurableLedger ledger = new DurableLedger(folder, true)) {
            assertThat(names(ledger)).hasSize(CHANGES - 1);
            ledger.change(put("later"));
        }
        assertThat(folder.bytes(Journal.FILE + ".damaged-1")).isEqualTo(damaged);
        try (DurableLedger ledger = new DurableLedger(folder, false)) {
            assertThat(names(ledger)).hasSize(CHANGES).contains("later");
        }
    }

    @Test
    void aLostRecordIsNoticed() {
        FaultyFolder folder = new FaultyFolder();
        run(folder, new TreeSet<>(), new TreeSet<>()).close();
        byte[] whole = folder.bytes(Journal.FILE);
        int second = JournalFrame.FILE_HEADER + JournalFrame.lengthAt(ByteBuffer.wrap(whole), JournalFrame.FILE_HEADER);
        byte[] shorter = new byte[whole.length - second + JournalFrame.FILE_HEADER];
        System.arraycopy(whole, 0, shorter, 0, JournalFrame.FILE_HEADER);
        System.arraycopy(whole, second, shorter, JournalFrame.FILE_HEADER, whole.length - second);
        folder.put(Journal.FILE, shorter);
        assertThatThrownBy(() -> new DurableLedger(folder, false)).hasMessageContaining("record 0 is missing");
    }

    @Test
    void theFileStaysShortHoweverMuchIsSaid(@TempDir Path folder) throws Exception {
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            for (int i = 0; i < 3000; i++) {
                ledger.change(put("same"));
            }
        }
        assertThat(Files.size(folder.resolve(Journal.FILE))).isLessThan(300_000);
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            assertThat(names(ledger)).containsExactly("same");
        }
    }

    @Test
    void manyAtOnceShareAForce() throws Exception {
        FaultyFolder folder = new FaultyFolder();
        try (DurableLedger ledger = new DurableLedger(folder, false);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Future<?> blocker = callers.submit(() -> ledger.read(it -> {
                begun.countDown();
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return it.size();
            }));
            begun.await();
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String name = "e" + i;
                answers.add(callers.submit(() -> ledger.change(put(name))));
            }
            Awaitility.await("all wait").until(() -> ledger.waiting() == 200);
            int before = folder.steps();
            go.countDown();
            for (Future<String> answer : answers) {
                answer.get();
            }
            blocker.get();
            assertThat(names(ledger)).hasSize(200);
            // Three steps a group (two halves of a write, one force); far fewer groups than requests.
            assertThat(folder.steps() - before).isLessThan(200);
        }
    }

    private static Set<String> names(DurableLedger ledger) {
        return ledger.read(it ->
                it.endpoints().keySet().stream().map(EndpointKey::name).collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Opens and makes its changes until the power is cut; null if it did not even open. */
    private static DurableLedger run(FaultyFolder folder, Set<String> asked, Set<String> answered) {
        DurableLedger ledger;
        try {
            ledger = new DurableLedger(folder, false);
        } catch (WireException e) {
            return null;
        }
        for (int i = 0; i < CHANGES; i++) {
            String name = "e" + i;
            asked.add(name);
            ask(ledger, name, answered);
        }
        return ledger;
    }

    private static void ask(DurableLedger ledger, String name, Set<String> answered) {
        try {
            ledger.change(put(name));
            answered.add(name);
        } catch (WireException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
            assertThat(e).hasMessageContaining("nothing was changed");
        }
    }

    private static int stepsOf(FaultyFolder folder) {
        run(folder, new TreeSet<>(), new TreeSet<>()).close();
        return folder.steps();
    }

    private static int stepsToOpen() {
        FaultyFolder folder = new FaultyFolder();
        new DurableLedger(folder, false).close();
        return folder.steps();
    }

    private static int lastFrame(byte[] file) {
        ByteBuffer buffer = ByteBuffer.wrap(file);
        int at = JournalFrame.FILE_HEADER;
        while (at + JournalFrame.lengthAt(buffer, at) < file.length) {
            at += JournalFrame.lengthAt(buffer, at);
        }
        return at;
    }
}
