package io.virtualwire.connector.journal;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledBytes;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Journal files as a failing disk, or somebody with an editor, leaves them: read, or refused with what to do. */
class JournalFuzzTest {
    private static final int LONGEST = 20_000;

    private final EntryCodec codec = new EntryCodec();
    private final Logger log = (Logger) LoggerFactory.getLogger(JournalScan.class);

    /** It would say of each file what was wrong with it. */
    @BeforeEach
    void hush() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void speak() {
        log.setLevel(null);
    }

    @Test
    void filesAreReadRefusedOrSalvaged() throws IOException {
        byte[] good = file();
        Fuzz.of("journal files")
                .refusing(WireException.class)
                .stillWorks(() -> assertThat(endpoints(good, false)).isEqualTo(2))
                .run(2_000, new SpoiledBytes(List.of(good), LONGEST, 0, 4, 6, 8, 12, 16, 20, 24), bytes -> {
                    endpoints(bytes, true);
                    endpoints(bytes, false);
                });
    }

    @Test
    void wholeRecordsThatSayNonsenseAreDamage() throws IOException {
        String entries = new String(codec.encode(entries()), StandardCharsets.UTF_8);
        Fuzz.of("journal records")
                .refusing(WireException.class)
                .run(1_500, new SpoiledText(List.of(entries), LONGEST, "side-settled", "YIELDED", "entry"), text -> {
                    byte[] file = framed(text, codec.encode(List.of(Requests.endpoint("last"))));
                    assertThat(endpoints(file, true)).isNotNegative();
                    endpoints(file, false);
                });
    }

    /** Opens a journal with these bytes and, if that works, goes on with it. */
    private static int endpoints(byte[] bytes, boolean salvage) throws IOException {
        FaultyFolder folder = new FaultyFolder();
        folder.put(Journal.FILE, bytes);
        Ledger ledger = new Ledger();
        try (Journal journal = Journal.open(folder, salvage, ledger::apply)) {
            journal.append(List.of(Requests.endpoint("after")), ledger.entries());
        }
        return ledger.endpoints().size();
    }

    private byte[] file() throws IOException {
        return framed(
                codec.encode(entries()),
                codec.encode(List.of(Requests.endpoint("db"))),
                codec.encode(List.of(new JournalEntry.EndpointRemoved(Requests.TENANT, "nobody"))));
    }

    private static List<JournalEntry> entries() {
        return List.of(
                Requests.endpoint("web"),
                new JournalEntry.SideConnected(Requests.TENANT, Requests.connect(2, Requests.peer("far", 1))),
                new JournalEntry.SideSettled(
                        Requests.TENANT,
                        Requests.WIRE,
                        Side.A,
                        Requests.generation(2),
                        SettledRole.ACTIVE,
                        Requests.generation(1)),
                new JournalEntry.SideDisconnected(Requests.TENANT, Requests.WIRE, Side.B, Requests.generation(7)));
    }

    private static byte[] framed(byte[]... payloads) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(bytes(JournalFrame.fileHeader(JournalFrame.NEWEST_VERSION)));
        int sequence = 0;
        for (byte[] payload : payloads) {
            file.write(bytes(JournalFrame.frame(sequence++, payload)));
        }
        return file.toByteArray();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
