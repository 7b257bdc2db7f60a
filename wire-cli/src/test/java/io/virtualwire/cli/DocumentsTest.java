package io.virtualwire.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.virtualwire.testkit.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;

/** What the documents name is there: commands and their options, make's targets, tests, files, other documents. */
final class DocumentsTest {
    private static final Path TOP = SourceTree.TOP;
    private static final Path PAGES = TOP.resolve("docs/cli");

    private static final List<Path> FILES = SourceTree.files();
    private static final List<String> SOURCES = FILES.stream()
            .map(Path::toString)
            .filter(file -> file.endsWith(".java"))
            .toList();

    /** A command as somebody types it, perhaps after a prompt. */
    private static final Pattern TYPED = Pattern.compile("(?m)^ {0,2}(?:[a-z]+[#$] |[$] )?(?:bin/)?wire ([a-z-].*)$");

    /** A command that is spoken of, perhaps without what it takes. */
    private static final Pattern MENTIONED = Pattern.compile("[`'](?:bin/)?wire ([a-z-][^`'\n|]*)[`']");

    private static final Pattern TARGET = Pattern.compile("(?m)(?:^[$] (?:sudo )?|`(?:sudo )?)make ([a-z0-9-]+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(?:#[^)]*)?\\)");
    private static final Pattern TEST = Pattern.compile("-Dtest=(\\w+)");
    private static final Pattern MODULE = Pattern.compile("-pl ([a-z-]+)");
    private static final Pattern TYPE = Pattern.compile("`(io\\.virtualwire\\.[a-z.]+\\.[A-Z]\\w+)`");

    private final CommandLine wire = Main.commandLine();

    /** With {@code -Dwire.docs=write}, as {@code make docs} says it, the pages are written instead. */
    @Test
    void thePagesOfTheCommandsAreWhatTheCommandsSay() throws IOException {
        Map<String, String> wanted = new CommandPages().all();
        if (System.getProperty("wire.docs", "").equals("write")) {
            Files.createDirectories(PAGES);
            for (Map.Entry<String, String> page : wanted.entrySet()) {
                Files.writeString(PAGES.resolve(page.getKey()), page.getValue());
            }
        }
        Map<String, String> present = new TreeMap<>();
        try (Stream<Path> files = Files.list(PAGES)) {
            for (Path file : files.toList()) {
                present.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        assertThat(present).as("run 'make docs' and commit what it changes").isEqualTo(wanted);
    }

    /** Who runs it is said before each block; docs/check.sh does what it says. */
    @Test
    void everySnippetIsRunBySomething() throws Exception {
        Process check = new ProcessBuilder("bash", TOP.resolve("docs/check.sh").toString(), "marks")
                .redirectErrorStream(true)
                .start();
        String said = String.join("\n", check.inputReader().lines().toList());
        assertThat(check.waitFor()).as(said).isZero();
    }

    @TestFactory
    Stream<DynamicTest> everyDocument() {
        List<Path> documents = documents();
        assertThat(documents).hasSizeGreaterThan(10);
        return documents.stream()
                .map(document ->
                        DynamicTest.dynamicTest(TOP.relativize(document).toString(), () -> check(document)));
    }

    private void check(Path document) throws IOException {
        String text = Files.readString(document);
        found(TYPED, text)
                .forEach(line ->
                        assertThatCode(() -> parse(line)).as("wire " + line).doesNotThrowAnyException());
        found(MENTIONED, text).forEach(line -> {
            try {
                parse(line);
            } catch (MissingParameterException incomplete) {
                // Enough to speak of it.
            }
        });
        String makefile = Files.readString(TOP.resolve("Makefile"));
        found(TARGET, text).forEach(target -> assertThat(makefile).containsPattern("(?m)^" + target + ":"));
        Path folder = document.getParent();
        found(LINK, text).forEach(link -> assertThat(folder.resolve(link)).exists());
        found(MODULE, text).forEach(module -> assertThat(TOP.resolve(module)).isDirectory());
        found(TEST, text).forEach(test -> assertThat(SOURCES).anyMatch(path -> path.endsWith("/" + test + ".java")));
        found(TYPE, text)
                .forEach(type ->
                        assertThat(SOURCES).anyMatch(path -> path.endsWith("/" + type.replace('.', '/') + ".java")));
    }

    /** Whether the command line would be understood; what it does is tried by docs/check.sh and examples/check.sh. */
    private void parse(String line) {
        String words = line.replaceAll("\\s+#.*", "")
                .replaceAll("\\s*(?:[&…]\\s*$|[|>&] ?.*)", "")
                .strip();
        wire.parseArgs(words.split("\\s+"));
    }

    private static List<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static List<Path> documents() {
        return FILES.stream()
                .filter(file -> file.toString().endsWith(".md"))
                .sorted()
                .toList();
    }
}
