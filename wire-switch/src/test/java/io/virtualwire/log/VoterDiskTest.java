package io.virtualwire.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VoterDiskTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderThatCannotBeUsedIsNotCalledDamaged() throws IOException {
        Path inTheWay = Files.writeString(folder.resolve("state"), "a file");
        assertThatThrownBy(() -> VoterDisk.open(inTheWay.resolve("log")))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.SYSTEM);
                    assertThat(e.getMessage() + e.hint()).contains("--state").doesNotContain("damaged", "away");
                });
    }

    @Test
    void aNoteThatCannotBeReadIs() throws IOException {
        Files.writeString(folder.resolve("voter.json"), "{\"disk\":");
        assertThatThrownBy(() -> VoterDisk.open(folder))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT));
    }
}
