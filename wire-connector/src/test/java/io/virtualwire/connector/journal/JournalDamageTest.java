package io.virtualwire.connector.journal;

import static io.virtualwire.connector.journal.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of journal files, real ones, that do not end as they should. */
final class JournalDamageTest {
    private static final List<String> MADE = List.of("web", "db", "cache");
    /** Bytes 6 and 7 of the file are reserved: they may say anything. */
    private static final Set<Integer> RESERVED = Set.of(6, 7);

    private static final boolean EVERY_BIT = Boolean.getBoolean("wire.long");

    @TempDir
    private Path folder;

    private Path file;
    private byte[] whole;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve(Journal.FILE);
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            MADE.forEach(name -> ledger.change(put(name)));
        }
        whole = Files.readAllBytes(file);
    }

    @Test
    void aRecordThatWasBeingWrittenIsCutOffAtWhateverByte() throws Exception {
        int last = lastFrame(whole);
        for (int length = last; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThat(names()).as("torn at byte %d", length).containsExactly("db", "web");
            assertThat(Files.size(file)).isEqualTo(last);
        }
    }

    @Test
    void aRecordOfWhichSectorsWereNotWrittenIsCutOff() throws Exception {
        int last = lastFrame(whole);
        for (int from = last; from < whole.length; from++) {
            byte[] unwritten = whole.clone();
            Arrays.fill(unwritten, from, whole.length, (byte) 0);
            if (from / 512 == (whole.length - 1) / 512 && from > last) {
                continue; // not a whole sector: no disk does that
            }
            Files.write(file, unwritten);
            assertThat(names()).as("zero from byte %d", from).containsExactly("db", "web");
        }
    }

    /** Not one bit may make a promise disappear without a word. */
    @Test
    void aFlippedBitIsReportedWhereverItIs() throws Exception {
        for (int at = 0; at < whole.length; at++) {
            boolean every = EVERY_BIT || at < JournalFrame.FILE_HEADER;
            for (int bit = every ? 0 : at % Byte.SIZE; bit < (every ? Byte.SIZE : at % Byte.SIZE + 1); bit++) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) (1 << bit);
                Files.write(file, flipped);
                if (RESERVED.contains(at) || isReadable(version(flipped))) {
                    assertThat(names()).containsExactly("cache", "db", "web");
                    continue;
                }
                refuses("bit " + bit + " of byte " + at, "damaged at byte", "of version");
                assertThat(Files.readAllBytes(file)).isEqualTo(flipped);
            }
        }
    }

    @Test
    void aMissingPieceInTheMiddleIsReported() throws Exception {
        ByteBuffer frames = ByteBuffer.wrap(whole);
        int second = JournalFrame.FILE_HEADER + JournalFrame.lengthAt(frames, JournalFrame.FILE_HEADER);
        int third = second + JournalFrame.lengthAt(frames, second);
        byte[] without = new byte[whole.length - (third - second)];
        System.arraycopy(whole, 0, without, 0, second);
        System.arraycopy(whole, third, without, second, whole.length - third);
        Files.write(file, without);
        refuses("a record less", "record 1 is missing");
    }

    @Test
    void anEmptiedFileIsReportedAndNotTakenForANewOne() throws Exception {
        Files.write(file, new byte[0]);
        refuses("an empty file", "does not begin as a journal does");
    }

    @Test
    void theNextReleasesFileIsLeftAlone() throws Exception {
        byte[] later = whole.clone();
        ByteBuffer.wrap(later).putShort(Integer.BYTES, (short) (JournalFrame.NEWEST_VERSION + 1));
        Files.write(file, later);
        refuses("a later version", "is of version");
        assertThat(Files.readAllBytes(file)).isEqualTo(later);
        assertThatThrownBy(() -> DurableLedger.open(folder, true))
                .as("salvaging is for damage, not for what is whole")
                .hasMessageContaining("is of version");
    }

    @Test
    void whatCannotBeReadIsNamed() throws Exception {
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> DurableLedger.open(folder, false)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
            assertThat(e).hasMessageContaining(file.toString());
            assertThat(e.hint()).contains("permissions");
        });
    }

    /** The kernel forgets what a failed force did not write, and the next force says nothing of it. */
    @Test
    void nothingIsDurableAfterAForceThatFailed() {
        int steps = steps(new FaultyFolder());
        for (int step = 0; step < steps; step++) {
            FaultyFolder disk = new FaultyFolder().failingFrom(step, step + 1);
            Set<String> answered = new TreeSet<>();
            try (DurableLedger ledger = new DurableLedger(disk, false)) {
                make(ledger, answered);
            } catch (WireException e) {
                continue; // it did not even open
            }
            for (int seed = 0; seed < 4; seed++) {
                try (DurableLedger next = new DurableLedger(disk.afterPowerCut(new Random(seed)), false)) {
                    assertThat(names(next)).as("failed at step %d", step).isEqualTo(answered);
                }
            }
        }
    }

    /** The power goes at each step of a compaction, and the rename does or does not reach the disk. */
    @Test
    void aLostRenameLosesNothing() {
        FaultyFolder probe = new FaultyFolder();
        int before = compaction(probe) - 12;
        for (int cut = before; cut < probe.steps(); cut++) {
            FaultyFolder disk = new FaultyFolder().cutAt(cut);
            Set<String> answered = new TreeSet<>();
            DurableLedger ledger = new DurableLedger(disk, false);
            fill(ledger, answered);
            for (int seed = 0; seed < 4; seed++) {
                try (DurableLedger next = new DurableLedger(disk.afterPowerCut(new Random(seed)), false)) {
                    assertThat(names(next)).as("cut at step %d", cut).containsAll(answered);
                }
            }
        }
    }

    private static int compaction(FaultyFolder probe) {
        DurableLedger ledger = new DurableLedger(probe, false);
        fill(ledger, new TreeSet<>());
        int steps = probe.steps();
        ledger.close();
        return steps;
    }

    /** As many changes as make the file worth compacting. */
    private static void fill(DurableLedger ledger, Set<String> answered) {
        for (int i = 0; i < 1030; i++) {
            make(ledger, answered, "e" + i % 3);
        }
    }

    private static int steps(FaultyFolder disk) {
        try (DurableLedger ledger = new DurableLedger(disk, false)) {
            make(ledger, new TreeSet<>());
        }
        return disk.steps();
    }

    private static void make(DurableLedger ledger, Set<String> answered) {
        MADE.forEach(name -> make(ledger, answered, name));
    }

    private static void make(DurableLedger ledger, Set<String> answered, String name) {
        try {
            answered.add(ledger.change(put(name)));
        } catch (WireException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
        }
    }

    /** Of the file, if it is not that which was written. */
    private int version(byte[] flipped) {
        int version = ByteBuffer.wrap(flipped).getShort(Integer.BYTES);
        return version == ByteBuffer.wrap(whole).getShort(Integer.BYTES) ? 0 : version;
    }

    /** A version says who can read the entries, and not what they say. */
    private static boolean isReadable(int version) {
        return version >= JournalFrame.FIRST_VERSION && version <= JournalFrame.NEWEST_VERSION;
    }

    private void refuses(String what, String... words) {
        assertThatThrownBy(() -> DurableLedger.open(folder, false))
                .as(what)
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
                    assertThat(e.getMessage()).contains(file.toString()).containsAnyOf(words);
                });
    }

    private Set<String> names() {
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            return names(ledger);
        }
    }

    private static Set<String> names(DurableLedger ledger) {
        return ledger.read(it ->
                it.endpoints().keySet().stream().map(EndpointKey::name).collect(Collectors.toCollection(TreeSet::new)));
    }

    private static int lastFrame(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int at = JournalFrame.FILE_HEADER;
        while (at + JournalFrame.lengthAt(buffer, at) < bytes.length) {
            at += JournalFrame.lengthAt(buffer, at);
        }
        return at;
    }
}
