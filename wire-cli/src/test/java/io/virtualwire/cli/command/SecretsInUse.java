package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The secrets that daemons and people have had while a test ran, and the search for them in all that must not have them: what was
 * printed and logged, what is on disk besides the files that are for keys, and every command line of the machine.
 */
final class SecretsInUse {
    /** Of a key's base64; a certificate has none as long in common with it. */
    private static final int LEAST = 40;

    private final Set<String> secrets = ConcurrentHashMap.newKeySet();
    private final List<RunningCommand> daemons = new ArrayList<>();
    private final StringBuilder said = new StringBuilder();

    /** A token as its word, and what is secret within. */
    void token(String word, String secret) {
        secrets.add(word);
        secrets.add(secret);
    }

    /** All private keys that are in files below a folder now. */
    void keysIn(Path folder) {
        for (Path file : files(folder)) {
            boolean within = false;
            for (String line : text(file).split("\n")) {
                if (line.startsWith("-----")) {
                    within = line.contains("BEGIN") && line.contains("PRIVATE KEY");
                } else if (within && line.strip().length() >= LEAST) {
                    secrets.add(line.strip());
                }
            }
        }
    }

    int count() {
        return secrets.size();
    }

    RunningCommand watch(RunningCommand daemon) {
        daemons.add(daemon);
        return daemon;
    }

    /** Something that was printed, or answered, to somebody. */
    void said(String text) {
        said.append(text).append('\n');
    }

    /** None of them is where none may be. */
    void assertKept(Path folder) throws IOException {
        assertNoneIn("what was said", said.toString());
        for (RunningCommand daemon : daemons) {
            assertNoneIn("what a daemon printed", daemon.output());
        }
        for (Path file : files(folder)) {
            if (!isForKeys(file)) {
                assertNoneIn(file.toString(), text(file));
            }
        }
        assertNoCommandLineHasOne();
    }

    /** May be called at any time: arguments are there for all to see, for as long as the process lives. */
    void assertNoCommandLineHasOne() throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes
                    .filter(it -> it.getFileName().toString().matches("\\d+"))
                    .toList()) {
                assertNoneIn("the command line of " + process, text(process.resolve("cmdline")));
            }
        }
    }

    private static boolean isForKeys(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".wire") || name.endsWith(".key") || name.endsWith(".token-text");
    }

    private void assertNoneIn(String what, String text) {
        for (String secret : secrets) {
            assertThat(text.contains(secret))
                    .as("%s has a secret that begins with %s", what, secret.substring(0, 6))
                    .isFalse();
        }
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UncheckedIOException e) {
            // A file was replaced while we looked.
            return files(folder);
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            // A process that has ended meanwhile.
            return "";
        }
    }
}
