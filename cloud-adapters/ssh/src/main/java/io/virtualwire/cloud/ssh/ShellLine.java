package io.virtualwire.cloud.ssh;

import java.util.List;
import java.util.stream.Collectors;

/** Arguments as one line that a POSIX shell takes apart into the same arguments. */
record ShellLine(List<String> arguments) {
    @Override
    public String toString() {
        return arguments.stream().map(ShellLine::quoted).collect(Collectors.joining(" "));
    }

    /* Nothing has a meaning between single quotes but the next one. */
    private static String quoted(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }
}
