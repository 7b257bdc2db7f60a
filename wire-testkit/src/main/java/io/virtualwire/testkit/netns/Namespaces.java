package io.virtualwire.testkit.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The namespaces of one test, removed with everything in them when it closes.
 *
 * <p>Names are {@code vwt-PID-N-LABEL}, so tests run side by side, and what a killed test JVM left behind is found by
 * its process id and removed by the next one.
 *
 * <pre>
 *   try (var lab = Namespaces.open()) {
 *       var east = lab.namespace("east");
 *       var west = lab.namespace("west");
 *       lab.veth(east, "up0", "192.0.2.1/24", west, "up0", "192.0.2.2/24");
 *       east.run("ping", "-c1", "192.0.2.2");
 *   }
 * </pre>
 */
public final class Namespaces implements AutoCloseable {
    private static final String PREFIX = "vwt-";
    private static final Path RUN_NETNS = Path.of("/run/netns");
    private static final Duration IP_LIMIT = Duration.ofSeconds(30);
    private static final AtomicInteger SERIAL = new AtomicInteger();

    private final String prefix = PREFIX + ProcessHandle.current().pid() + "-" + SERIAL.incrementAndGet() + "-";
    private final Path scratch;
    private final AtomicInteger outputs = new AtomicInteger();
    private final Deque<RunningCommand> commands = new ArrayDeque<>();
    private final Deque<Namespace> namespaces = new ArrayDeque<>();
    private final Thread onExit = new Thread(this::release, "namespaces-cleanup");
    private boolean released;

    private Namespaces(Path scratch) {
        this.scratch = scratch;
    }

    /** Starts with no namespace. */
    public static Namespaces open() {
        try {
            Namespaces opened = new Namespaces(Files.createTempDirectory("vwt-"));
            Runtime.getRuntime().addShutdownHook(opened.onExit);
            opened.removeLeftovers();
            return opened;
        } catch (IOException e) {
            throw new UncheckedIOException("no scratch folder for a namespace test", e);
        }
    }

    /** A folder for this test's files; it goes with the fixture. */
    public Path scratch() {
        return scratch;
    }

    /** Makes a namespace with its loopback up. */
    public synchronized Namespace namespace(String label) {
        String name = prefix + label;
        host("ip", "netns", "add", name).orFail();
        Namespace namespace = new Namespace(this, name);
        namespaces.push(namespace);
        namespace.ip("link set lo up");
        // Duplicate address detection would keep IPv6 addresses unusable for a second or two.
        namespace.tryRun("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad");
        namespace.tryRun("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/all/accept_dad");
        return namespace;
    }

    /** Joins two namespaces with a veth pair; each end gets its device name, its address, and is up. */
    public void veth(
            Namespace left, String leftDevice, String leftCidr, Namespace right, String rightDevice, String rightCidr) {
        left.run("ip", "link", "add", leftDevice, "type", "veth", "peer", "name", rightDevice, "netns", right.name());
        left.address(leftDevice, leftCidr);
        right.address(rightDevice, rightCidr);
    }

    /** A guest of a host: a namespace whose eth0 is the other end of the host's device. Neither end says anything by itself. */
    public Namespace guest(String label, Namespace host, String device, int mtuBytes, String cidr) {
        Namespace guest = namespace(label);
        host.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        guest.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        host.ip("link add " + device + " mtu " + mtuBytes + " type veth peer name eth0 mtu " + mtuBytes + " netns "
                + guest.name());
        guest.address("eth0", cidr);
        host.ip("link set " + device + " up");
        return guest;
    }

    /** Runs a command outside all namespaces, to its end. */
    public CommandOutput host(String... command) {
        return start(List.of(command), String.join(" ", command)).await(IP_LIMIT);
    }

    synchronized RunningCommand start(List<String> command, String shown) {
        if (released) {
            throw new IllegalStateException("`" + shown + "` started after the fixture was closed");
        }
        commands.removeIf(ended -> !ended.alive());
        RunningCommand started = RunningCommand.start(
                new ProcessBuilder(command), shown, scratch.resolve("output-" + outputs.incrementAndGet()));
        commands.push(started);
        return started;
    }

    @Override
    public void close() {
        release();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // The JVM is going down and the hook itself is running: nothing is left to unregister.
            return;
        }
    }

    private synchronized void release() {
        if (released) {
            return;
        }
        released = true;
        commands.forEach(RunningCommand::close);
        namespaces.forEach(namespace -> remove(namespace.name()));
        try (Stream<Path> files = Files.walk(scratch)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void removeLeftovers() throws IOException {
        if (!Files.isDirectory(RUN_NETNS)) {
            return;
        }
        try (Stream<Path> all = Files.list(RUN_NETNS)) {
            all.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(PREFIX))
                    .filter(name -> !ownerLives(name))
                    .forEach(Namespaces::remove);
        }
    }

    private static boolean ownerLives(String name) {
        int end = name.indexOf('-', PREFIX.length());
        String pid = end < 0 ? "" : name.substring(PREFIX.length(), end);
        return pid.isEmpty()
                || !pid.chars().allMatch(Character::isDigit)
                || ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    /* Processes that outlived their parents would keep the namespace, and with it every device in it, alive. */
    private static void remove(String name) {
        try {
            Process pids = new ProcessBuilder("ip", "netns", "pids", name).start();
            String[] found = new String(pids.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split("\\s+");
            for (String pid : found) {
                if (!pid.isEmpty()) {
                    ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
            new ProcessBuilder("ip", "netns", "delete", name)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .onExit()
                    .join();
        } catch (IOException e) {
            throw new UncheckedIOException("namespace " + name + " cannot be removed", e);
        }
    }
}
