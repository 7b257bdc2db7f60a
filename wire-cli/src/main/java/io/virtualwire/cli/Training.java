package io.virtualwire.cli;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * Touches what a short command loads, so that the launcher can record it in an ahead-of-time cache.
 *
 * <p>It parses and prints the help of every command and runs none.
 */
final class Training {
    private Training() {}

    public static void main(String[] arguments) {
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLine wire = Main.commandLine().setOut(nowhere).setErr(nowhere);
        wire.execute("--version");
        wire.execute("help");
        wire.execute("no-such-command");
        helpBelow(wire);
    }

    private static void helpBelow(CommandLine command) {
        for (CommandLine below : command.getSubcommands().values()) {
            below.getUsageMessage();
            helpBelow(below);
        }
    }
}
