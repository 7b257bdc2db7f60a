package io.virtualwire.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFileTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Identity ME = new Identity("acme", "me");

    @TempDir
    private Path folder;

    @Test
    void aLineSaysWhoFromWhereWhatOnWhatAndWhatCameOfIt() throws IOException {
        Path path = folder.resolve("audit.jsonl");
        try (AuditFile file = new AuditFile(path)) {
            AuditTrail trail = new AuditTrail(file, () -> Instant.parse("2026-01-02T03:04:05.678901Z"));
            trail.asked(ME, "192.0.2.1:5", "putEndpoint", "/v1/endpoints/web", Optional.of("k1"), null);
            trail.asked(
                    ME,
                    "192.0.2.1:5",
                    "connect",
                    "/v1/wires/x/sides/a\n{\"forged\":1}",
                    Optional.empty(),
                    new WireException(ErrorCode.FORBIDDEN, "no", ""));
            trail.local("reload", "connector.yaml", new IllegalStateException("broken"));
        }
        assertThat(Files.readAllLines(path)).containsExactly("""
                        {"time":"2026-01-02T03:04:05.678Z","caller":"acme/me","from":"192.0.2.1:5","operation":"putEndpoint","target":"/v1/endpoints/web","outcome":"done","key":"k1"}""", """
                        {"time":"2026-01-02T03:04:05.678Z","caller":"acme/me","from":"192.0.2.1:5","operation":"connect","target":"/v1/wires/x/sides/a\\n{\\"forged\\":1}","outcome":"refused","code":"FORBIDDEN"}""", """
                        {"time":"2026-01-02T03:04:05.678Z","caller":"local","operation":"reload","target":"connector.yaml","outcome":"failed","code":"INTERNAL"}""");
        assertThat(Files.getPosixFilePermissions(path)).hasSize(3);
    }

    @Test
    void itGrowsToItsSizeAndFormerFilesAreFew() throws IOException {
        Path path = folder.resolve("deep/er/audit.jsonl");
        try (AuditFile file = new AuditFile(path, 100, 2, 10)) {
            IntStream.range(0, 200).forEach(i -> file.write(List.of("line", i)));
        }
        assertThat(path.resolveSibling("audit.jsonl.3")).doesNotExist();
        List<Integer> numbers = new ArrayList<>();
        for (String name : List.of("audit.jsonl.2", "audit.jsonl.1", "audit.jsonl")) {
            assertThat(Files.size(path.resolveSibling(name))).isLessThanOrEqualTo(100);
            for (String line : Files.readAllLines(path.resolveSibling(name))) {
                numbers.add(JSON.readTree(line).path(1).asInt());
            }
        }
        assertThat(numbers).isSorted().doesNotHaveDuplicates().endsWith(199);
    }

    @Test
    void itIsAddedToAfterARestart() throws IOException {
        Path path = folder.resolve("audit.jsonl");
        for (int i = 0; i < 3; i++) {
            try (AuditFile file = new AuditFile(path)) {
                file.write(List.of(i));
            }
        }
        assertThat(Files.readAllLines(path)).containsExactly("[0]", "[1]", "[2]");
    }

    /** A folder where the file should be cannot be written to, whoever asks: root may do all that permissions forbid. */
    @Test
    void whatCannotBeWrittenIsToldAndMadeUpFor() throws IOException {
        Path path = folder.resolve("audit.jsonl");
        Files.createDirectory(path);
        try (AuditFile file = new AuditFile(path, 1_000, 2, 3)) {
            for (int i = 0; i < 5; i++) {
                file.write(List.of(i));
            }
            assertThat(file.problem().orElseThrow()).contains("3 records wait, 2 are lost", path.toString());
            Files.delete(path);
            file.write(List.of("after"));
            assertThat(file.problem()).isEmpty();
            file.write(List.of("later"));
        }
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            lines.add(JSON.readTree(line));
        }
        assertThat(lines.getFirst().path("lost").asInt()).isEqualTo(3);
        assertThat(lines.stream().skip(1).map(it -> it.path(0).asText())).containsExactly("0", "1", "2", "later");
    }

    /** /dev/full takes nothing, as a disk that is full. */
    @Test
    void aFullDiskIsSuchACase() throws IOException {
        Path path = Files.createSymbolicLink(folder.resolve("audit.jsonl"), Path.of("/dev/full"));
        try (AuditFile file = new AuditFile(path, 1_000, 2, 3)) {
            file.write(List.of(1));
            assertThat(file.problem().orElseThrow()).containsIgnoringCase("no space left on device");
        }
    }
}
