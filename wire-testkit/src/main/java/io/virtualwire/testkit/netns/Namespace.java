package io.virtualwire.testkit.netns;

import io.virtualwire.testkit.Jvm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One network namespace: a host of a test's own. */
public final class Namespace {
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);

    private final Namespaces owner;
    private final String name;

    Namespace(Namespaces owner, String name) {
        this.owner = owner;
        this.name = name;
    }

    /** The name under /run/netns, unique on this machine. */
    public String name() {
        return name;
    }

    /** The file that names it for setns(2). */
    public Path file() {
        return Path.of("/run/netns", name);
    }

    /** Runs a command to its end; fails the test when it exits with anything but 0. */
    public CommandOutput run(String... command) {
        return tryRun(command).orFail();
    }

    /** Runs a command to its end, whatever its exit status. */
    public CommandOutput tryRun(String... command) {
        return tryRun(COMMAND_LIMIT, command);
    }

    /** Runs a command to its end within a limit, whatever its exit status. */
    public CommandOutput tryRun(Duration limit, String... command) {
        return start(command).await(limit);
    }

    /** Runs an {@code ip} command given as one line; fails the test when it is refused. */
    public CommandOutput ip(String arguments) {
        return run(("ip " + arguments).split(" +"));
    }

    /** Adds an address, in CIDR form, to a device and brings the device up. */
    public Namespace address(String device, String cidr) {
        ip("address add " + cidr + " dev " + device);
        ip("link set " + device + " up");
        return this;
    }

    /** The MAC address of a device. */
    public String mac(String device) {
        return run("cat", "/sys/class/net/" + device + "/address").text().strip();
    }

    /** Adds a route; {@code destination} may be {@code default}. */
    public Namespace route(String destination, String via) {
        ip("route add " + destination + " via " + via);
        return this;
    }

    /** Lets it forward IPv4, as a router does. */
    public Namespace forwarding() {
        sysctl("net/ipv4/ip_forward", "1");
        return this;
    }

    /** Writes a file below /proc/sys as seen inside. */
    public void sysctl(String path, String value) {
        run("sh", "-c", "echo " + value + " > /proc/sys/" + path);
    }

    /** Starts a command; it is ended with the fixture at the latest. */
    public RunningCommand start(String... command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
        inside.addAll(Arrays.asList(command));
        return owner.start(inside, name + ": " + String.join(" ", command));
    }

    /** Starts a JVM that runs a class of this test, or of what it tests. */
    public RunningCommand startJava(Class<?> main, String... arguments) {
        return startJava(main, List.of(), arguments);
    }

    /** Starts a JVM that runs a class of this test, or of what it tests, with further JVM options. */
    public RunningCommand startJava(Class<?> main, List<String> jvmOptions, String... arguments) {
        List<String> options = new ArrayList<>(List.of("-Xmx256m"));
        options.addAll(jvmOptions);
        return start(Jvm.DAEMON.command(options, main, arguments).toArray(String[]::new));
    }

    @Override
    public String toString() {
        return name;
    }
}
