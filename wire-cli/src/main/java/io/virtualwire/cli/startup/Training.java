package io.virtualwire.cli.startup;

import io.virtualwire.cli.Main;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.rehearsal.MovingMachine;
import io.virtualwire.rehearsal.Rehearsal;
import io.virtualwire.time.Ticker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * Does what short commands do, so that the launcher can record what they load in an ahead-of-time cache.
 *
 * <p>{@code upgrade JAR} prepares a jar, which has to be done before the recording; {@code practise} is the recording
 * and expects WIRE_HOME to be an empty folder that is thrown away afterwards; {@code prepare} and then
 * {@code ask} are the same for {@code wire ls}; {@code connector} and {@code daemons} for what runs on. A cache's classes are all
 * taken up when a process starts, used or not, so each of these has one without the rest.
 */
final class Training {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What counts is that every class is seen once; how often its code runs is not recorded. */
    private static final Duration TRAFFIC = Duration.ofMillis(200);

    private static final int MOVES = 2;

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
            case "prepare" -> training.prepare();
            case "ask" -> training.practiseAsking();
            case "connector" -> training.practiseConnector();
            case "daemons" -> training.practiseNodes();
            default -> throw new IllegalArgumentException("'" + arguments[0] + "' is nothing to practise");
        }
        System.exit(0);
    }

    private void practise() {
        Main.run("--version");
        Main.run("help");
        Main.run("no-such-command");
        helpBelow(Main.commandLine());
        prepare();
        try (PracticeServer daemon = server()) {
            Main.run("host", "add", "practice", "127.0.0.1:" + daemon.port());
            Main.run("endpoint", "ls", "--host", "practice");
            Main.run("ls");
            Main.run("ls", "-o", "json");
            Main.run("connect", "a@practice", "b@practice");
        }
    }

    /** What {@link #server} and those who ask it need. */
    private void prepare() {
        Main.run("init", "--tenant", "practice");
        Main.run("identity", "issue", "server", "--out", serverCredentials().toString());
    }

    /** Only {@code wire ls}, which is typed most. */
    private void practiseAsking() throws IOException {
        Main.run("--version");
        try (PracticeServer daemon = server()) {
            Files.writeString(home.resolve("hosts.json"), "{\"practice\": \"127.0.0.1:" + daemon.port() + "\"}");
            Main.run("ls");
        }
    }

    private PracticeServer server() {
        return new PracticeServer(new TlsContexts(Credentials.load(serverCredentials())));
    }

    private Path serverCredentials() {
        return home.resolve("practice-server.wire");
    }

    /** Frames and moves on loopback; then a connector, for a tenant that nobody else has. */
    private void practiseConnector() throws IOException {
        String tenant = rehearse();
        try (MovingMachine machine =
                new MovingMachine(TenantAuthority.create(tenant, InstantSource.system()), Ticker.system())) {
            for (int moves = 0; moves < MOVES; moves++) {
                machine.move();
            }
        }
        Main.run("init", "--tenant", tenant);
        int api = freePort();
        daemon(
                "connector run --listen 127.0.0.1 --port 0 --api-port " + api,
                "--identity",
                issue("connector"),
                "--state",
                home.resolve("connector").toString());
        until("endpoint ls --host 127.0.0.1:" + api);
    }

    /** The same, and a cluster of two nodes, and a switch that moves between them. */
    private void practiseNodes() throws IOException {
        Main.run("init", "--tenant", rehearse());
        String peers = "one=127.0.0.1:" + freePort() + ",two=127.0.0.1:" + freePort();
        int one = node("one", peers);
        int two = node("two", peers);
        Path topology = home.resolve("topology.yaml");
        Files.writeString(topology, "version: 1\nswitches: { lan: { node: one } }\n");
        until("apply -f " + topology + " --node 127.0.0.1:" + one);
        Main.run(("migrate lan --to two --node 127.0.0.1:" + one).split(" "));
        Main.run(("migrate lan --to one --node 127.0.0.1:" + two).split(" "));
    }

    /** Frames and moves of components; gives the tenant's name. */
    private static String rehearse() {
        String tenant = "practice-" + UUID.randomUUID();
        try (Rehearsal rehearsal =
                new Rehearsal(TenantAuthority.create(tenant, InstantSource.system()), Ticker.system())) {
            for (int moves = 0; moves < MOVES; moves++) {
                rehearsal.traffic(TRAFFIC);
                rehearsal.move();
            }
        }
        return tenant;
    }

    private int node(String name, String peers) throws IOException {
        int api = freePort();
        daemon(
                "node run --listen 127.0.0.1 --wire-port 0 --name " + name + " --api-port " + api + " --peers " + peers,
                "--identity",
                issue("node-" + name),
                "--state",
                home.resolve("node-" + name).toString());
        return api;
    }

    private void until(String command) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Main.run(command.split(" ")) != 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private String issue(String name) {
        String file = home.resolve("practice-" + name + ".wire").toString();
        Main.run("identity", "issue", name, "--out", file);
        return file;
    }

    private static void daemon(String command, String... more) {
        String[] arguments = Stream.concat(Arrays.stream(command.split(" ")), Arrays.stream(more))
                .toArray(String[]::new);
        Thread.ofPlatform().daemon().start(() -> Main.run(arguments));
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
