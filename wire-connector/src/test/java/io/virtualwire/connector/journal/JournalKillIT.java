package io.virtualwire.connector.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.Jvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is killed in the middle of writing, several times over, has kept everything that it answered. */
final class JournalKillIT {
    private static final int LIVES = 6;
    private static final int ANSWERS_A_LIFE = 400;

    @Test
    void whatWasAnsweredSurvivesKillNine(@TempDir Path folder) throws Exception {
        Set<String> answered = new TreeSet<>();
        for (int life = 0; life < LIVES; life++) {
            answered.addAll(liveAndBeKilled(folder, "life-" + life + "-"));
            try (DurableLedger ledger = DurableLedger.open(folder, false)) {
                Set<String> kept = ledger.read(it -> {
                    Set<String> names = new TreeSet<>();
                    it.endpoints().keySet().forEach(key -> names.add(key.name()));
                    return names;
                });
                assertThat(kept)
                        .containsAll(answered.stream()
                                .filter(line -> !line.startsWith(JournalWriterProcess.DISCONNECTED))
                                .toList());
                for (String line : answered) {
                    if (line.startsWith(JournalWriterProcess.DISCONNECTED)) {
                        // A late copy of what was answered, then disconnected, and that answered, too.
                        String name = line.substring(JournalWriterProcess.DISCONNECTED.length());
                        assertThatThrownBy(() -> ledger.change(Requests.plug(name)))
                                .isInstanceOfSatisfying(
                                        WireException.class,
                                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STALE_GENERATION));
                    }
                }
            }
        }
        assertThat(answered.size()).isGreaterThanOrEqualTo(LIVES * ANSWERS_A_LIFE);
        assertThat(answered).anyMatch(line -> line.startsWith(JournalWriterProcess.DISCONNECTED));
    }

    private static Set<String> liveAndBeKilled(Path folder, String prefix) throws IOException {
        Process process = new ProcessBuilder(
                        Jvm.DAEMON.command(List.of(), JournalWriterProcess.class, folder.toString(), prefix))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Set<String> answered = new TreeSet<>();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (int i = 0; i < ANSWERS_A_LIFE; i++) {
                String line = lines.readLine();
                assertThat(line).as("the process lives until it is killed").isNotNull();
                answered.add(line);
            }
            // By its handle: Process itself would close the pipe with what is still in it.
            process.toHandle().destroyForcibly();
            // What it had said before it died counts as well; the very last line may be cut.
            String line = lines.readLine();
            while (line != null) {
                String next = lines.readLine();
                if (next != null) {
                    answered.add(line);
                }
                line = next;
            }
        } finally {
            process.destroyForcibly().onExit().join();
        }
        return answered;
    }
}
