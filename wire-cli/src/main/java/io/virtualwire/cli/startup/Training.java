package io.virtualwire.cli.startup;

import io.virtualwire.cli.Main;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * Touches what a short command loads, so that the launcher can record it in an ahead-of-time cache.
 *
 * <p>It parses and prints the help of every command and runs none. With {@code upgrade JAR} it prepares a jar instead,
 * which has to be done before the recording.
 */
final class Training {
    private Training() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals("upgrade")) {
            ClassFileUpgrade.rewrite(Path.of(arguments[1]));
            return;
        }
        PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        CommandLine wire = Main.commandLine().setOut(nowhere).setErr(nowhere);
        wire.execute("--version");
        wire.execute("help");
        wire.execute("no-such-command");
        helpBelow(wire);
        System.exit(0);
    }

    private static void helpBelow(CommandLine command) {
        for (CommandLine below : command.getSubcommands().values()) {
            below.getUsageMessage();
            helpBelow(below);
        }
    }
}
