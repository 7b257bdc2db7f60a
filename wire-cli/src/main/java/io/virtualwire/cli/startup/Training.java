package io.virtualwire.cli.startup;

import io.virtualwire.cli.Main;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine;

/**
 * Does what short commands do, so that the launcher can record what they load in an ahead-of-time cache.
 *
 * <p>{@code upgrade JAR} prepares a jar, which has to be done before the recording; {@code practise} is the recording
 * and expects WIRE_HOME to be an empty folder that is thrown away afterwards.
 */
final class Training {
    private final CommandLine wire = Main.commandLine();
    private final Path home;

    private Training(Path home) {
        this.home = home;
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length == 2 && arguments[0].equals("upgrade")) {
            ClassFileUpgrade.rewrite(Path.of(arguments[1]));
            return;
        }
        String home = System.getenv("WIRE_HOME");
        if (arguments.length != 1 || !arguments[0].equals("practise") || home == null) {
            throw new IllegalArgumentException("the launcher runs this after a build, with a WIRE_HOME of its own");
        }
        new Training(Path.of(home)).practise();
        System.exit(0);
    }

    private void practise() {
        wire.execute("--version");
        wire.execute("help");
        wire.execute("no-such-command");
        helpBelow(wire);
        wire.execute("init", "--tenant", "practice");
        Path server = home.resolve("practice-server.wire");
        wire.execute("identity", "issue", "server", "--out", server.toString());
        try (PracticeServer daemon = new PracticeServer(new TlsContexts(Credentials.load(server)))) {
            wire.execute("host", "add", "practice", "127.0.0.1:" + daemon.port());
            wire.execute("endpoint", "ls", "--host", "practice");
            wire.execute("ls");
            wire.execute("ls", "-o", "json");
            wire.execute("connect", "a@practice", "b@practice");
        }
    }

    private static void helpBelow(CommandLine command) {
        for (CommandLine below : command.getSubcommands().values()) {
            below.getUsageMessage();
            helpBelow(below);
        }
    }
}
