package io.virtualwire.connector.journal;

import static io.virtualwire.connector.journal.Requests.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.JournalEntry.Drained;
import io.virtualwire.connector.journal.JournalEntry.EndpointPut;
import io.virtualwire.connector.journal.JournalEntry.EndpointRemoved;
import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals of the release before this one, and what that one makes of this one's. */
final class JournalVersionTest {
    @TempDir
    private Path folder;

    @Test
    void theFirstReleasesJournalIsRead() throws Exception {
        Files.write(folder.resolve(Journal.FILE), golden("journal-v1"));
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            String endpoints = ledger.read(it -> it.endpoints().keySet().toString());
            assertThat(endpoints).isEqualTo("[acme/web]");
            LedgerSide side = ledger.read(it -> it.side(new SideKey("acme", WireId.named("wire"), Side.A)))
                    .orElseThrow();
            assertThat(side.role()).isEqualTo(SettledRole.YIELDED);
            assertThat(side.generation()).isEqualTo(new Generation(2, "east"));
            assertThat(side.latest().relayTo().orElseThrow().paths()).containsExactly("[2001:db8::1]:7471");
            LedgerSide gone = ledger.read(it -> it.side(new SideKey("acme", WireId.named("other"), Side.B)))
                    .orElseThrow();
            assertThat(gone.isConnected()).isFalse();
            assertThat(gone.generation()).isEqualTo(new Generation(1, ""));
            ledger.change(put("db"));
        }
        assertThat(version()).as("the first release can go on with it").isEqualTo(1);
    }

    /** Nobody who wrote nothing new is kept from going back. */
    @Test
    void theVersionRisesWithWhatIsSaidAndFallsAgain() throws Exception {
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            ledger.change(put("web"));
            assertThat(version()).isEqualTo(1);
            ledger.change(new Turn(true));
            assertThat(version()).isEqualTo(2);
            ledger.change(put("db"));
            assertThat(version()).isEqualTo(2);
        }
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            assertThat(ledger.read(Ledger::drainsSince)).contains(5L);
            assertThat(size(ledger)).isEqualTo(2);
            ledger.change(new Turn(false));
            ledger.read(it -> it);
            ledger.read(it -> it);
            assertThat(version()).isEqualTo(1);
        }
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            assertThat(ledger.read(Ledger::drainsSince)).isEmpty();
            assertThat(size(ledger)).isEqualTo(2);
        }
    }

    /** Who does not know such endpoints would take their devices for ordinary ones, from under the guests that have them. */
    @Test
    void anEndpointThatIsHeldByItsInterfaceIsNotForEarlierReleases() throws Exception {
        EndpointDescription seen = new EndpointDescription(
                "vm", "vm0", Optional.empty(), true, 1500, Optional.of("02:00:00:00:00:01"), true);
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            ledger.change(put("web"));
            assertThat(version()).isEqualTo(1);
            ledger.change(new Put(seen));
            assertThat(version()).isEqualTo(3);
        }
        Path golden = Files.createDirectories(folder.resolve("golden"));
        Files.write(golden.resolve(Journal.FILE), golden("journal-v3"));
        try (DurableLedger ledger = DurableLedger.open(golden, false)) {
            EndpointDescription read = ledger.read(it -> it.endpoints().get(new EndpointKey("acme", "vm")));
            assertThat(read).isEqualTo(seen);
        }
        assertThat(Files.readAllBytes(folder.resolve(Journal.FILE))).isEqualTo(golden("journal-v3"));
        try (DurableLedger ledger = DurableLedger.open(folder, false)) {
            ledger.change(new Removal("vm"));
            ledger.read(it -> it);
            ledger.read(it -> it);
            assertThat(version()).as("earlier releases can go on with it again").isEqualTo(1);
        }
    }

    /** What the release before does with what it does not know, and this one will do: it says so and touches nothing. */
    @Test
    void aLaterVersionIsRefusedByItsNumber() throws Exception {
        byte[] later = golden("journal-v1");
        ByteBuffer.wrap(later).putShort(Integer.BYTES, (short) 4);
        Files.write(folder.resolve(Journal.FILE), later);
        assertThatThrownBy(() -> DurableLedger.open(folder, false)).isInstanceOfSatisfying(WireException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT);
            assertThat(e).hasMessageContaining("it is of version 4, this program reads version 3");
            assertThat(e.hint()).contains("start the release that wrote it");
        });
        assertThat(Files.readAllBytes(folder.resolve(Journal.FILE))).isEqualTo(later);
    }

    private static int size(DurableLedger ledger) {
        return ledger.read(it -> it.endpoints().size());
    }

    private int version() throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(folder.resolve(Journal.FILE))).getShort(Integer.BYTES);
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream in = JournalVersionTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no " + name);
            }
            return in.readAllBytes();
        }
    }

    private record Put(EndpointDescription endpoint) implements LedgerChange<Boolean> {
        @Override
        public int journalVersion() {
            return EndpointPut.versionOf(endpoint);
        }

        @Override
        public List<JournalEntry> decide(Ledger ledger) {
            return List.of(new EndpointPut("acme", endpoint));
        }

        @Override
        public Boolean carryOut() {
            return true;
        }
    }

    private record Removal(String name) implements LedgerChange<Boolean> {
        @Override
        public List<JournalEntry> decide(Ledger ledger) {
            return List.of(new EndpointRemoved("acme", name));
        }

        @Override
        public Boolean carryOut() {
            return true;
        }
    }

    private record Turn(boolean on) implements LedgerChange<Boolean> {
        @Override
        public int journalVersion() {
            return Drained.JOURNAL_VERSION;
        }

        @Override
        public List<JournalEntry> decide(Ledger ledger) {
            return List.of(new Drained(on, 5));
        }

        @Override
        public Boolean carryOut() {
            return on;
        }
    }
}
