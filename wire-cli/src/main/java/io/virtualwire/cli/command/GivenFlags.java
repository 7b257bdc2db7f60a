package io.virtualwire.cli.command;

import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** Which of a command's options somebody typed, by their names without dashes. */
final class GivenFlags {
    private final CommandSpec spec;

    GivenFlags(CommandSpec spec) {
        this.spec = spec;
    }

    Set<String> names() {
        return spec.commandLine().getParseResult().matchedOptions().stream()
                .map(option -> option.longestName().replaceFirst("^-+", ""))
                .collect(Collectors.toSet());
    }
}
