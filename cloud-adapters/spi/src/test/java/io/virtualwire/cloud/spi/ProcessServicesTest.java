package io.virtualwire.cloud.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Daemons of this machine, as they are kept running where there is no systemd. */
final class ProcessServicesTest {
    private static final String UNIT = "wire-test-loop";

    @TempDir
    Path folder;

    @AfterEach
    void end() {
        services().stop(UNIT);
    }

    @Test
    void oneThatFailsAgainAndAgainDoesNotRunUntilItLasts() throws IOException {
        Path well = folder.resolve("well");
        services()
                .start(new HostService(
                        UNIT,
                        List.of("sh", "-c", "[ -e \"$0\" ] && exec sleep 600; echo ill; exit 3", well.toString())));
        Awaitility.await().until(() -> !services().running(UNIT));
        assertThat(services().log(UNIT, 5)).contains("ill", "ended with status 3, starting it again");

        Files.createFile(well);
        Path failed = folder.resolve("run/" + UNIT + ".failed");
        Files.setLastModifiedTime(failed, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
        Awaitility.await().until(() -> {
            // It may have failed once more in between.
            Files.setLastModifiedTime(failed, FileTime.from(Instant.now().minus(Duration.ofMinutes(1))));
            return services().running(UNIT);
        });
        services().stop(UNIT);
        assertThat(services().running(UNIT)).isFalse();
    }

    private Services services() {
        return new ProcessServices(new Shell(), folder.resolve("run").toString());
    }

    private static final class Shell implements HostShell {
        @Override
        public CommandResult run(Duration limit, List<String> command, byte[] input) {
            return new LocalCommand(command).run(limit, input);
        }

        @Override
        public void put(String path, int mode, byte[] content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void put(String path, int mode, Path content) {
            throw new UnsupportedOperationException();
        }

        @Override
        public HostLayout layout() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Services services() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            // Nothing is held open.
        }
    }
}
