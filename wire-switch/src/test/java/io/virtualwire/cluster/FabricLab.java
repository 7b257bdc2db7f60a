package io.virtualwire.cluster;

import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Three nodes on three hosts in networks of their own, and a router between them on which everything can be captured.
 *
 * <pre>
 *   node-1 10.77.1.2 ──┐
 *   node-2 10.77.2.2 ──┤ router 10.77.N.1, ports n1 n2 n3
 *   node-3 10.77.3.2 ──┘
 * </pre>
 */
final class FabricLab implements AutoCloseable {
    static final int SIZE = 3;
    private static final Duration START = Duration.ofSeconds(60);

    private final Namespaces namespaces = Namespaces.open();
    private final Namespace router = namespaces.namespace("router");
    private final List<Namespace> hosts = new ArrayList<>();
    private final RunningCommand[] running = new RunningCommand[SIZE + 1];
    private final RunningCommand capture;

    FabricLab() {
        router.forwarding();
        TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
        for (int number = 1; number <= SIZE; number++) {
            Namespace host = namespaces.namespace("n" + number);
            namespaces.veth(router, "n" + number, "10.77." + number + ".1/24", host, "up0", address(number) + "/24");
            host.route("default", "10.77." + number + ".1");
            hosts.add(host);
            authority.issue("node-" + number).save(folder().resolve("node-" + number + ".wire"));
        }
        capture = router.start(
                "tcpdump", "-i", "any", "-U", "-s", "0", "-w", captured().toString());
        capture.awaitLine("listening on", START);
    }

    Path folder() {
        return namespaces.scratch();
    }

    /** What crossed the router, as tcpdump wrote it. */
    Path captured() {
        return namespaces.scratch().resolve("underlay.pcap");
    }

    /** Starts the nodes that do not run, and waits until all can be spoken to. */
    void startAll() {
        for (int number = 1; number <= SIZE; number++) {
            if (running[number] == null || !running[number].alive()) {
                start(number);
            }
        }
        for (int number = 1; number <= SIZE; number++) {
            running[number].awaitLine("(?m)^ready", START);
        }
    }

    void start(int number) {
        List<String> arguments = new ArrayList<>(List.of(Integer.toString(number), folder().toString()));
        for (int node = 1; node <= SIZE; node++) {
            arguments.add("acme/node-" + node + "@" + address(node));
        }
        running[number] = hosts.get(number - 1).startJava(FabricProcess.class, arguments.toArray(String[]::new));
    }

    void awaitReady(int number) {
        running[number].awaitLine("(?m)^ready", START);
    }

    void kill(int number) {
        running[number].kill();
    }

    /** What a node printed. */
    String output(int number) {
        return running[number].output();
    }

    /** Takes a host's cable out, or puts it back: nothing says goodbye. */
    void cable(int number, boolean in) {
        router.ip("link set n" + number + (in ? " up" : " down"));
    }

    /** Has a node carry out a command; answers what it says. */
    String ask(int number, String command) {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder().resolve("node-" + number + ".sock"));
        try (SocketChannel channel = SocketChannel.open(address);
                PrintWriter out = new PrintWriter(Channels.newOutputStream(channel), true, StandardCharsets.UTF_8);
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8))) {
            out.println(command);
            return String.valueOf(in.readLine());
        } catch (IOException e) {
            return "error " + e.getMessage();
        }
    }

    /** The number of the node that leads, or 0. */
    int leader() {
        for (int number = 1; number <= SIZE; number++) {
            if (running[number].alive() && ask(number, "leads").equals("true")) {
                return number;
            }
        }
        return 0;
    }

    @Override
    public void close() {
        namespaces.close();
    }

    private static String address(int number) {
        return "10.77." + number + ".2";
    }
}
