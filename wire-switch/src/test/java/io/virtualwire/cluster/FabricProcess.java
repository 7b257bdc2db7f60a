package io.virtualwire.cluster;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.Codec;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.Ledger;
import io.virtualwire.log.LogSettings;
import io.virtualwire.log.Voter;
import io.virtualwire.log.VotingLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;

/**
 * A node with everything that this package and the log offer and nothing else, as a process of its own.
 *
 * <p>Arguments: own number, folder (with {@code NAME.wire}), then {@code NAME@ADDRESS} for each node in the order of
 * their numbers. Obeys one-line commands on the Unix socket {@code NAME.sock}, which reaches across namespaces.
 */
final class FabricProcess {
    private static final int TUNNEL_PORT = 7483;
    private static final int JOIN_ATTEMPTS = 10;

    private final FabricLog<Ledger.Command, Ledger> log;
    private final ClusterMember member;
    private final ReplicatedTable<String> table;

    private FabricProcess(FabricLog<Ledger.Command, Ledger> log, ClusterMember member) {
        this.log = log;
        this.member = member;
        this.table = member.table("fdb", Codec.json(JsonMapper.builder().build(), String.class));
    }

    static void main(String[] arguments) throws Exception {
        long begun = System.nanoTime();
        int self = Integer.parseInt(arguments[0]);
        Path folder = Path.of(arguments[1]);
        List<ClusterNode> nodes = new ArrayList<>();
        for (int number = 1; number <= arguments.length - 2; number++) {
            String[] nameAndAddress = arguments[number + 1].split("@", 2);
            nodes.add(new ClusterNode(
                    number, Identity.parse(nameAndAddress[0]), new InetSocketAddress(nameAndAddress[1], TUNNEL_PORT)));
        }
        ClusterPlan plan = new ClusterPlan(self, nodes);
        String name = plan.own().name();
        ClusterTunnel.open(plan, new TlsContexts(Credentials.load(folder.resolve(name + ".wire"))));
        report("tunnel", begun);
        List<Voter> voters = nodes.stream()
                .map(node -> new Voter(node.name(), plan.address(node, ClusterService.LOG)))
                .toList();
        Map<String, InetSocketAddress> doors = nodes.stream()
                .collect(Collectors.toMap(ClusterNode::name, node -> plan.address(node, ClusterService.VOTERS)));
        FabricLog<Ledger.Command, Ledger> log = VotingLog.open(
                plan.tenant(), name, voters, doors, folder.resolve(name), new Ledger.Machine(), LogSettings.DEFAULT);
        report("log", begun);
        ClusterMember member = join(plan);
        report("member", begun);
        new FabricProcess(log, member).serve(folder.resolve(name + ".sock"));
    }

    /** As a node does: who starts on a busy machine may miss the others at first. */
    private static ClusterMember join(ClusterPlan plan) {
        for (int attempt = 1; ; attempt++) {
            try {
                return ClusterMember.join(plan);
            } catch (WireException e) {
                if (attempt == JOIN_ATTEMPTS) {
                    throw e;
                }
                System.out.println(e.getMessage() + "; trying again");
            }
        }
    }

    private static void report(String what, long begun) {
        System.out.printf(
                "%s after %d ms, %d MB resident%n", what, (System.nanoTime() - begun) / 1_000_000, resident());
    }

    private static long resident() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0)
                    / 1024;
        } catch (IOException e) {
            return 0;
        }
    }

    private void serve(Path socket) throws IOException {
        Files.deleteIfExists(socket);
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            System.out.println("ready");
            while (true) {
                SocketChannel caller = server.accept();
                Thread.ofVirtual().start(() -> converse(caller));
            }
        }
    }

    private void converse(SocketChannel caller) {
        try (caller;
                BufferedReader in = new BufferedReader(
                        new InputStreamReader(Channels.newInputStream(caller), StandardCharsets.UTF_8));
                PrintWriter out = new PrintWriter(Channels.newOutputStream(caller), true, StandardCharsets.UTF_8)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                out.println(answer(line));
            }
        } catch (IOException callerLeft) {
            System.out.println("a caller left: " + callerLeft.getMessage());
        }
    }

    private String answer(String line) {
        String[] words = line.split(" ", 2);
        try {
            return switch (words[0]) {
                case "append" -> {
                    log.append(new Ledger.Write(words[1])).join();
                    yield "ok";
                }
                case "lines" -> String.join(",", log.current().state().lines());
                case "agreed" -> String.join(",", log.latest().join().state().lines());
                case "leads" -> Boolean.toString(log.isLeader());
                case "present" -> {
                    TreeSet<String> names = new TreeSet<>();
                    member.membership().present().forEach(node -> names.add(node.name()));
                    yield String.join(",", names);
                }
                case "offer" -> {
                    for (String key : words[1].split(",")) {
                        table.offer(new TableEntry<>(key, 1, "learned " + key)).join();
                    }
                    yield "ok";
                }
                case "claim" -> {
                    String[] keyAndVersion = words[1].split(" ", 2);
                    long version = Long.parseLong(keyAndVersion[1]);
                    yield table.offer(new TableEntry<>(keyAndVersion[0], version, "claimed"))
                            .join()
                            .toString();
                }
                case "version" ->
                    table.read(words[1])
                            .join()
                            .map(entry -> Long.toString(entry.version()))
                            .orElse("none");
                case "table" -> {
                    TreeSet<String> keys = new TreeSet<>();
                    table.readAll().join().forEach(entry -> keys.add(entry.key()));
                    yield String.join(",", keys);
                }
                case "resident" -> Long.toString(resident());
                default -> "error unknown command";
            };
        } catch (CompletionException e) {
            return e.getCause() instanceof WireException known ? "error " + known.code() : "error " + e.getCause();
        }
    }
}
