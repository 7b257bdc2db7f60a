package io.virtualwire.cli.output;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** In which form a command prints what it found. */
public enum OutputFormat {
    /** Aligned columns. */
    TABLE,
    /** One JSON document on standard output. */
    JSON;

    /** Says how {@code -o} is read and explained, whatever its names. */
    public static OptionSpec option(OptionSpec.Builder named) {
        return named.type(OutputFormat.class)
                .paramLabel("FORMAT")
                .defaultValue("table")
                .description("Print results as a table or as json; default: ${DEFAULT-VALUE}.")
                .build();
    }

    /** What {@code -o} says, wherever on the command line it stands. */
    static OutputFormat of(CommandSpec command) {
        OptionSpec option = command.root().findOption("-o");
        return option != null && option.getValue() instanceof OutputFormat format ? format : TABLE;
    }
}
