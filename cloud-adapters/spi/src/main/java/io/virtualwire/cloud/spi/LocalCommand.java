package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command that runs on the machine of whoever asks.
 *
 * @param line the command and its arguments
 */
public record LocalCommand(List<String> line) {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCommand.class);
    private static final int LONGEST = 120;

    public LocalCommand {
        line = List.copyOf(line);
    }

    /** Runs it, waits for it, and ends it with all that it started when {@code limit} has passed. */
    public CommandResult run(Duration limit, byte[] input) {
        Path output = null;
        Process process = null;
        try {
            output = Files.createTempFile("virtualwire-", ".out");
            // Through files: what it leaves running in the background must not keep anybody waiting for an end of
            // output.
            process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            Process started = process;
            Thread.ofVirtual().start(() -> give(started, input));
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new WireException(
                        ErrorCode.TIMEOUT,
                        "'" + name() + "' did not end within " + limit.toMillis() + " ms and was ended",
                        "allow it more time");
            }
            return new CommandResult(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot run '" + line.getFirst() + "'", "install it, or mend PATH", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(ErrorCode.TIMEOUT, "interrupted while running '" + line.getFirst() + "'", "", e);
        } finally {
            if (process != null && process.isAlive()) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            if (output != null) {
                output.toFile().delete();
            }
        }
    }

    private static void give(Process process, byte[] input) {
        try (OutputStream into = process.getOutputStream()) {
            into.write(input);
        } catch (IOException e) {
            LOG.debug("a command ended without reading all that it was given", e);
        }
    }

    private String name() {
        String all = String.join(" ", line);
        return all.length() <= LONGEST ? all : all.substring(0, LONGEST) + "…";
    }
}
