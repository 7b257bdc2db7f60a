package io.virtualwire.testkit.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The scripts beside this class, and the folder in which what they made is kept for the next test. */
final class Workshop {
    private Workshop() {}

    /** {@code target/vm} at the top of the source tree, so that all modules share it. */
    static Path folder() {
        Path top = Path.of("").toAbsolutePath();
        for (Path at = top; at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(".mvn"))) {
                top = at;
            }
        }
        return top.resolve("target").resolve("vm");
    }

    /** The script as a file. */
    static Path script(String name) {
        try (InputStream content = Workshop.class.getResourceAsStream(name)) {
            if (content == null) {
                throw new IllegalStateException("no " + name + " beside " + Workshop.class);
            }
            byte[] wanted = content.readAllBytes();
            Path file = Files.createDirectories(folder()).resolve(name);
            // Its time says whether what it made is older.
            if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), wanted)) {
                Path fresh = Files.createTempFile(folder(), name, "");
                Files.write(fresh, wanted);
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a script and returns what it printed. */
    static String run(Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
