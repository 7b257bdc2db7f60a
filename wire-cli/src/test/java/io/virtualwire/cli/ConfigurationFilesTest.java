package io.virtualwire.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.config.ConfigKeys;
import io.virtualwire.connector.ConnectorFile;
import io.virtualwire.connector.admission.Grant;
import io.virtualwire.node.NodeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** A daemon's file is the twin of its flags, and its commented example is right. */
final class ConfigurationFilesTest {
    /** Flags that are no keys, each with its reason. */
    private static final Map<String, String> ONLY_FLAGS = Map.of(
            "config",
            "names the file itself",
            "output",
            "is about what this one command prints",
            "take-over",
            "is a decision for one start; a connector that is started after a crash has nobody to follow",
            "salvage-journal",
            "is a decision for one start; kept in a file it would throw away the next damage, too");

    /** Keys that are no flags. */
    private static final Map<String, String> ONLY_KEYS = Map.of(
            "trust", "is a list, and changes while the daemon runs",
            "grants", "is a list of records, and changes while the daemon runs");

    private record Daemon<F extends Record>(
            String name, ConfigKeys<F> keys, Function<Path, F> reader, F empty, String example) {
        List<String> differentFromEmpty(Path file) {
            return keys.different(empty, reader.apply(file));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @TempDir
    private Path folder;

    static Stream<Daemon<?>> daemons() {
        return Stream.of(
                new Daemon<>(
                        "connector", ConnectorFile.KEYS, ConnectorFile::read, ConnectorFile.empty(), "connector.yaml"),
                new Daemon<>("node", NodeFile.KEYS, NodeFile::read, NodeFile.empty(), "node.yaml"));
    }

    @ParameterizedTest
    @MethodSource("daemons")
    void everyFlagHasAKeyOfItsNameAndTheReverse(Daemon<?> daemon) {
        Set<String> flags = options(daemon).keySet().stream()
                .filter(flag -> !ONLY_FLAGS.containsKey(flag))
                .collect(Collectors.toSet());
        Set<String> keys = daemon.keys().all().stream()
                .filter(key -> !ONLY_KEYS.containsKey(key))
                .collect(Collectors.toSet());
        assertThat(keys).isEqualTo(flags);
    }

    /** A number that stands in the example is the default, and the flag's help says the same one. */
    @ParameterizedTest
    @MethodSource("daemons")
    void theExampleShowsTheDefaults(Daemon<?> daemon) throws IOException {
        String example = Files.readString(Path.of("../docs").resolve(daemon.example()));
        Map<String, OptionSpec> options = options(daemon);
        List<MatchResult> numbers = Pattern.compile("(?m)^(# .*\n)# ([a-z-]+): (\\d+)$")
                .matcher(example)
                .results()
                .toList();
        assertThat(numbers).hasSizeGreaterThan(3);
        for (MatchResult number : numbers) {
            OptionSpec option = Objects.requireNonNull(options.get(number.group(2)), number.group(2));
            String help = String.join(" ", option.description());
            assertThat(help.substring(help.indexOf("default: ")))
                    .as(help)
                    .containsPattern("\\b" + number.group(3) + "\\b");
            Matcher said = Pattern.compile("Default: (\\d+)").matcher(number.group(1));
            if (said.find()) {
                assertThat(number.group(3)).as(number.group(2)).isEqualTo(said.group(1));
            }
        }
    }

    private static Map<String, OptionSpec> options(Daemon<?> daemon) {
        CommandLine run = Main.commandLine()
                .getSubcommands()
                .get(daemon.name())
                .getSubcommands()
                .get("run");
        return run.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .collect(Collectors.toMap(option -> option.longestName().replaceFirst("^-+", ""), option -> option));
    }

    /** It says nothing as it stands, and every key in it is one when its comment sign is taken away. */
    @ParameterizedTest
    @MethodSource("daemons")
    void theCommentedExampleIsRight(Daemon<?> daemon) throws IOException {
        Path example = Path.of("../docs").resolve(daemon.example());
        assertThat((Object) daemon.reader().apply(example)).isEqualTo(daemon.empty());
        String all = Files.readString(example)
                .replaceAll("(?m)^# ([a-z-]+: )", "$1")
                .replaceAll("(?m)^([a-z-]+): \\[]$", "$1:")
                .replaceAll("(?m)^#  ", "  ");
        Path uncommented = Files.writeString(folder.resolve(daemon.example()), all);
        assertThat(daemon.differentFromEmpty(uncommented))
                .as("every key is in the example, with a value")
                .isEqualTo(daemon.keys().all());
        if (daemon.keys().all().contains("grants")) {
            assertThat(new ConfigKeys<>(Grant.class).all())
                    .allSatisfy(key -> assertThat(all).contains(" " + key + ": "));
        }
    }
}
