package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LibvirtHost;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Two clouds, each a namespace with a libvirt daemon and a connector, nodes with switches, and somebody who pings the guests.
 *
 * <pre>
 *   pinger ── connector e1 ═╗
 *   guest  ── connector e1 ═╬═ switch lan on node n1   (cloud east, 192.0.2.1)
 *            connector w1 ═╝             node n2@west (cloud west, 192.0.2.2)
 * </pre>
 */
final class MachineLab implements AutoCloseable {
    /** Of what is waited for; many times what it takes, since the machine may be as busy as can be. */
    static final Duration LIMIT = Duration.ofSeconds(180);

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String EAST = "192.0.2.1";
    private static final String WEST = "192.0.2.2";
    private static final List<String> SWITCHES = List.of("lan", "dmz");

    private final Namespaces lab = Namespaces.open();
    private final Namespace east = lab.namespace("east");
    private final Namespace west = lab.namespace("west");
    private final Namespace pinger = lab.namespace("pinger");
    private final Path home = lab.scratch().resolve("home");
    private final List<AutoCloseable> parts = new ArrayList<>();
    private final Map<String, LibvirtHost> hypervisors = new TreeMap<>();
    private final Map<String, RunningCommand> nodes = new TreeMap<>();
    private final Map<String, RunningCommand> connectors = new TreeMap<>();
    private final CommandSession wire;

    /** @param nodeNames n1, n2 …, the first with the switch; in the east, or {@code n2@west} */
    MachineLab(String... nodeNames) throws IOException {
        lab.veth(east, "up0", EAST + "/24", west, "up0", WEST + "/24");
        east.ip("link set lo up");
        west.ip("link set lo up");
        hypervisors.put("e1", part(LibvirtHost.start(east, lab.scratch().resolve("e"), EAST)));
        hypervisors.put("w1", part(LibvirtHost.start(west, lab.scratch().resolve("w"), WEST)));
        wire = part(new CommandSession(east, home));
        connectors.put("e1", part(daemon(east, "connector", "run", "--name", "e1", "--listen", EAST)));
        connectors.put("w1", part(daemon(west, "connector", "run", "--name", "w1", "--listen", WEST)));
        connectors.values().forEach(each -> each.awaitLine("connector acme/.* is ready.*", LIMIT));
        for (String name : nodeNames) {
            startNode(name, nodeNames);
        }
        for (RunningCommand node : nodes.values()) {
            node.awaitLine("node .* is up.*", LIMIT);
        }
        hypervisors.values().forEach(LibvirtHost::awaitReady);
        said(
                "switch",
                "ls",
                "--node",
                Arrays.stream(nodeNames).map(MachineLab::address).collect(Collectors.joining(",")));
        addHost("e1", EAST);
        addHost("w1", WEST);
        createSwitch("lan", "10.1.0.1/24", nameOf(nodeNames[0]));
    }

    /** A switch on a node in the east, and the pinger at it. */
    void createSwitch(String name, String cidr, String node) throws IOException {
        said("switch", "create", name, "--on", node);
        said("endpoint", "add", "ping-" + name, "--host", "e1", "--netns", pinger.name(), "--tap", name + "0");
        said("switch", "plug", name + "/pinger", "ping-" + name + "@e1");
        pinger.address(name + "0", cidr);
    }

    private static String nameOf(String node) {
        return node.split("@")[0];
    }

    private static String addressOf(String node) {
        return node.endsWith("@west") ? WEST : EAST;
    }

    private static int offset(String node) {
        return 100 * (node.charAt(1) - '1');
    }

    /** Nodes are told apart by their ports. */
    private static String address(String node) {
        return addressOf(node) + ":" + (7482 + offset(node));
    }

    void startNode(String name, String... all) {
        String peers = Arrays.stream(all)
                .map(each -> nameOf(each) + "=" + addressOf(each) + ":" + (7483 + offset(each)))
                .collect(Collectors.joining(","));
        boolean isWest = name.endsWith("@west");
        nodes.put(
                nameOf(name),
                part(daemon(
                        isWest ? west : east,
                        "node",
                        "run",
                        "--name",
                        nameOf(name),
                        "--cloud",
                        isWest ? "west" : "east",
                        "--listen",
                        addressOf(name),
                        "--wire-port",
                        Integer.toString(7481 + offset(name)),
                        "--api-port",
                        Integer.toString(7482 + offset(name)),
                        "--peers",
                        peers)));
    }

    /** The daemons by name. */
    Map<String, RunningCommand> daemons() {
        Map<String, RunningCommand> daemons = new TreeMap<>(connectors);
        daemons.putAll(nodes);
        return daemons;
    }

    void startConnector(String host) {
        RunningCommand connector = part(daemon(
                namespace(host), "connector", "run", "--name", host, "--listen", host.equals("e1") ? EAST : WEST));
        connectors.put(host, connector);
        connector.awaitLine("connector acme/.* is ready.*", LIMIT);
    }

    RunningCommand connector(String host) {
        return connectors.get(host);
    }

    /** Breaks the only line between the two clouds, or mends it. */
    void link(boolean up) {
        west.ip("link set up0 " + (up ? "up" : "down"));
    }

    /** Begins a move, driven by that node, which tells how far it is. */
    RunningCommand migrate(String vm, String to, String driver, String... options) {
        List<String> arguments = new ArrayList<>(List.of("migrate", vm, "--to", to, "--node", address(driver)));
        arguments.addAll(List.of(options));
        return start(arguments.toArray(String[]::new));
    }

    /** The guest's name and boot id: the same as long as it is the same running machine. */
    String identity(String address) {
        String said = pinger.run("curl", "-sS", "-m", "10", "http://" + address + "/cgi-bin/id")
                .text();
        return said.substring(0, said.lastIndexOf(' ', said.lastIndexOf(' ') - 1));
    }

    /** What the nodes say of machines. */
    String machineLog() {
        return nodes.entrySet().stream()
                .map(node -> node.getValue()
                        .output()
                        .lines()
                        .filter(line -> line.contains("achine"))
                        .collect(Collectors.joining("\n", node.getKey() + ":\n", "\n")))
                .collect(Collectors.joining());
    }

    /** Has the guest rewrite its memory for a while, faster than a slow move copies it. */
    void rewriteMemory(String address) {
        pinger.run("curl", "-fsS", "-m", "20", "http://" + address + "/cgi-bin/dirty");
    }

    /** Has the guest's kernel panic. */
    void panic(String address) {
        pinger.tryRun("curl", "-sS", "-m", "3", "http://" + address + "/cgi-bin/panic");
    }

    RunningCommand node(String name) {
        return nodes.get(name);
    }

    private void addHost(String name, String address) throws IOException {
        LibvirtHost there = hypervisors.get(name);
        said(
                "host",
                "add",
                name,
                address,
                "--libvirt",
                there.uri(),
                "--libvirt-peer",
                there.tcpUri(),
                "--cloud",
                name.equals("e1") ? "east" : "west");
    }

    /** A guest that is defined and attached first, so that its TAPs are there when it starts; then plugged in: lan, dmz. */
    void startGuest(String name, String host, LinuxGuest guest) throws IOException {
        startGuest(name, host, guest, guest.domain());
    }

    /** The same, described so. */
    void startGuest(String name, String host, LinuxGuest guest, String domain) throws IOException {
        define(name, host, domain);
        LibvirtHost there = hypervisors.get(host);
        for (int nic = 0; nic < guest.nics().size(); nic++) {
            said("vm", "attach", nic == 0 ? name : name + ":" + nic, "--host", host);
        }
        there.virsh("start", name);
        for (int nic = 0; nic < guest.nics().size(); nic++) {
            said("switch", "plug", SWITCHES.get(nic) + "/" + name, nic == 0 ? name : name + "-" + nic);
        }
    }

    /** Makes a guest known to a hypervisor, and does not start it. */
    void define(String name, String host, String domain) throws IOException {
        Path file = lab.scratch().resolve(name + ".xml");
        Files.writeString(file, domain);
        hypervisors.get(host).virsh("define", file.toString());
    }

    void awaitAnswer(String address) {
        orTell(() -> Awaitility.await(address + " answers")
                .atMost(LIMIT)
                .until(() ->
                        pinger.tryRun("ping", "-c", "1", "-W", "1", address).succeeded()));
    }

    /** Pings every 10 ms until it is told to end. */
    RunningCommand ping(String address) {
        return pinger.start("ping", "-i", "0.01", address);
    }

    /** What the pinger saw, after it was told to end. */
    static Pings pings(RunningCommand ping) {
        ping.signal("INT");
        return Pings.of(ping.await(LIMIT).text());
    }

    /** So many pings, each of which has seconds for its answer. */
    Pings pings(String address, int count) {
        return Pings.of(pinger.tryRun("ping", "-c", Integer.toString(count), "-i", "0.05", "-W", "5", address)
                .text());
    }

    LibvirtHost hypervisor(String host) {
        return hypervisors.get(host);
    }

    Namespace namespace(String host) {
        return host.equals("e1") ? east : west;
    }

    String said(String... arguments) throws IOException {
        return wire.said(arguments);
    }

    CommandSession.Result run(String... arguments) throws IOException {
        return wire.run(arguments);
    }

    JsonNode json(String... arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("-o");
        all.add("json");
        return JSON.readTree(wire.said(all.toArray(String[]::new)));
    }

    /** A command in a process of its own. */
    RunningCommand start(String... arguments) {
        return part(daemon(east, arguments));
    }

    private RunningCommand daemon(Namespace host, String... arguments) {
        return CommandSession.daemon(host, home, arguments);
    }

    /** Where a machine is, as the fabric and both hypervisors say; and that nothing of it is anywhere else. */
    void awaitOnlyAt(String host, String name) {
        orTell(() -> requireOnlyAt(host, name));
    }

    /** When that fails, what the machines and those who run them say, so that a guest that broke is not taken for a network that did. */
    private void orTell(Runnable awaited) {
        try {
            awaited.run();
        } catch (RuntimeException e) {
            System.out.println(machineLog());
            System.out.println(listed());
            hypervisors.forEach((where, hypervisor) -> System.out.println(where + ":\n" + hypervisor.report()));
            List<String> panicked = hypervisors.values().stream()
                    .flatMap(hypervisor -> hypervisor.panicked().stream())
                    .distinct()
                    .toList();
            if (!panicked.isEmpty()) {
                throw new AssertionError(
                        "the kernel of " + panicked
                                + " panicked, as one in hundreds does when QEMU moves what it emulates without KVM"
                                + " (docs/migration.md, \"Emulated guests\"): run it again",
                        e);
            }
            throw e;
        }
    }

    private String listed() {
        try {
            return run("ls").text();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void requireOnlyAt(String host, String name) {
        String other = host.equals("e1") ? "w1" : "e1";
        Awaitility.await(name + " is at " + host + " only").atMost(LIMIT).untilAsserted(() -> {
            JsonNode vm = json("vm", "show", name);
            assertThat(vm.path("host").asText()).isEqualTo(host);
            assertThat(vm.path("state").asText()).isEqualTo("running");
            assertThat(vm.path("movingTo").asText()).isEmpty();
            assertThat(hypervisor(host).running()).contains(name);
            assertThat(hypervisor(other).running()).doesNotContain(name);
            for (JsonNode nic : vm.path("nics")) {
                String endpoint = nic.path("endpoint").asText();
                assertThat(endpoints(host)).contains(endpoint);
                assertThat(endpoints(other)).doesNotContain(endpoint);
                String device = nic.path("device").asText();
                assertThat(namespace(other).tryRun("ip", "link", "show", device).succeeded())
                        .as("a TAP left at " + other)
                        .isFalse();
            }
        });
    }

    /** The machine's wires stand by at the other host, and everything of it is at this one. */
    void awaitAwaited(String host, String name) {
        String other = host.equals("e1") ? "w1" : "e1";
        Awaitility.await(name + " is at " + host + " and awaited at " + other)
                .atMost(LIMIT)
                .untilAsserted(() -> {
                    JsonNode vm = json("vm", "show", name);
                    assertThat(vm.path("host").asText()).isEqualTo(host);
                    assertThat(vm.path("state").asText()).isEqualTo("running");
                    assertThat(vm.path("movingTo").asText()).isEmpty();
                    assertThat(vm.path("follow").asText()).isEqualTo("rarp");
                    assertThat(vm.at("/standbys/0/host").asText()).isEqualTo(other);
                    assertThat(vm.at("/standbys/0/ready").asBoolean())
                            .as(vm.path("standbys").toString())
                            .isTrue();
                    assertThat(hypervisor(other).running()).doesNotContain(name);
                });
    }

    List<String> endpoints(String host) throws IOException {
        List<String> names = new ArrayList<>();
        json("endpoint", "ls", "--host", host)
                .forEach(each -> names.add(each.at("/endpoint/name").asText()));
        return names;
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.addFirst(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts) {
            try {
                part.close();
            } catch (Exception e) {
                System.out.println("not ended well: " + e);
            }
        }
        lab.close();
    }
}
