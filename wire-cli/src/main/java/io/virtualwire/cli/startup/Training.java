package io.virtualwire.cli.startup;

import io.virtualwire.cli.Main;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;

/**
 * Does what short commands do, so that the launcher can record what they load in an ahead-of-time cache.
 *
 * <p>{@code upgrade JAR} prepares a jar, which has to be done before the recording; {@code practise} is the recording
 * and expects WIRE_HOME to be an empty folder that is thrown away afterwards; {@code daemons} is the same for what runs on.
 */
final class Training {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

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
        if (arguments.length != 1 || home == null) {
            throw new IllegalArgumentException("the launcher runs this after a build, with a WIRE_HOME of its own");
        }
        Training training = new Training(Path.of(home));
        switch (arguments[0]) {
            case "practise" -> training.practise();
            case "daemons" -> training.practiseDaemons();
            default -> throw new IllegalArgumentException("'" + arguments[0] + "' is nothing to practise");
        }
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

    /** A connector and a cluster of one node, on loopback and for a tenant that nobody else has, until both answer. */
    private void practiseDaemons() throws IOException {
        String tenant = "practice-" + UUID.randomUUID();
        wire.execute("init", "--tenant", tenant);
        String connector = issue("connector");
        String node = issue("node-practice");
        int connectorApi = freePort();
        int nodeApi = freePort();
        daemon(
                "connector",
                "run",
                "--identity",
                connector,
                "--listen",
                LOOPBACK,
                "--port",
                "0",
                "--api-port",
                Integer.toString(connectorApi),
                "--state",
                home.resolve("connector").toString());
        daemon(
                "node",
                "run",
                "--name",
                "practice",
                "--identity",
                node,
                "--listen",
                LOOPBACK,
                "--wire-port",
                "0",
                "--api-port",
                Integer.toString(nodeApi),
                "--state",
                home.resolve("node").toString(),
                "--peers",
                "practice=" + LOOPBACK + ":" + freePort());
        wire.execute("host", "add", "practice", LOOPBACK + ":" + connectorApi);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean answered = false;
        while (!answered && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            answered = wire.execute("endpoint", "ls", "--host", "practice") == 0
                    && wire.execute("switch", "ls", "--node", LOOPBACK + ":" + nodeApi) == 0;
        }
    }

    private String issue(String name) {
        String file = home.resolve("practice-" + name + ".wire").toString();
        wire.execute("identity", "issue", name, "--out", file);
        return file;
    }

    private static void daemon(String... arguments) {
        Thread.ofPlatform().daemon().start(() -> Main.commandLine().execute(arguments));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void helpBelow(CommandLine command) {
        for (CommandLine below : command.getSubcommands().values()) {
            below.getUsageMessage();
            helpBelow(below);
        }
    }
}
