package io.virtualwire.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A fabric of one node that others join, and that its first node leaves, as docs/operations.md has it.
 *
 * <pre>
 *   east 10.78.1.2 ──┐
 *   north 10.78.2.2 ─┤ router 10.78.N.1
 *   south 10.78.3.2 ─┘
 * </pre>
 */
@NetnsTest
final class GrowingFabricNetnsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final List<String> NAMES = List.of("east", "north", "south");

    private final Map<String, Namespace> hosts = new HashMap<>();
    private final Map<String, RunningCommand> nodes = new HashMap<>();
    private final Map<String, RunningCommand> connectors = new HashMap<>();
    private Namespaces lab;
    private Path home;
    private CommandSession wire;

    @BeforeEach
    void open() throws IOException {
        lab = Namespaces.open();
        Namespace router = lab.namespace("router");
        router.forwarding();
        for (String name : NAMES) {
            Namespace host = lab.namespace(name);
            host.ip("link set lo up");
            lab.veth(router, name, gateway(name) + "/24", host, "up0", address(name) + "/24");
            host.route("default", gateway(name));
            hosts.put(name, host);
        }
        home = lab.scratch().resolve("home");
        wire = new CommandSession(router, home);
    }

    @AfterEach
    void close() {
        nodes.values().forEach(RunningCommand::close);
        connectors.values().forEach(RunningCommand::close);
        wire.close();
        lab.close();
    }

    @Test
    void aNodeJoinsThoughItsPowerFailsAndTheFirstOneLeaves() throws Exception {
        begin();
        // As whoever's power fails on the way does it.
        start("north", "--join", "--peers", peers());
        nodes.get("north").awaitLine("(?s).*joins the fabric of east.*", LIMIT);
        nodes.get("north").kill();
        start("north", "--join", "--peers", peers());
        up("north");
        awaitMembers(Map.of("east", "votes", "north", "votes"));
        assertThat(said("node", "ls")).contains("NODE", "north", "present", address("north") + ":7483");

        aSwitchMovesThoughAHostIsDead();

        said("node", "drain", "east", "--timeout", "30");
        assertThat(said("node", "rm", "east")).contains("east has left the fabric");
        nodes.get("east").kill();
        assertThat(said("node", "rm", "east")).contains("east is no member");
        assertThat(said("switch", "create", "dmz", "--on", "north")).contains("version");
        assertThat(wire.run("node", "rm", "north").text()).contains("it is the only one");
    }

    /** The host in the south loses its power, the switch goes from east to north, and there the host finds it later. */
    private void aSwitchMovesThoughAHostIsDead() throws Exception {
        startConnector("east");
        startConnector("south");
        Namespace web = guest("web", "east", "10.1.0.1");
        guest("app", "east", "10.1.0.2");
        Namespace db = guest("db", "south", "10.1.0.3");
        web.run("ping", "-c", "1", "-w", "20", "10.1.0.2");
        web.run("ping", "-c", "1", "-w", "20", "10.1.0.3");

        hosts.get("south").ip("link set up0 down");
        connectors.get("south").kill();
        RunningCommand ping = web.start("ping", "-i", "0.01", "10.1.0.2");
        ping.awaitLine("64 bytes.*", LIMIT);
        long begun = System.nanoTime();
        String moved = said("migrate", "lan", "--to", "north");
        Duration took = Duration.ofNanos(System.nanoTime() - begun);
        ping.signal("INT");
        Pings pings = Pings.of(ping.await(LIMIT).text());
        System.out.println("moved without a dead host in " + took.toMillis() + " ms, " + pings + "\n" + moved);
        assertThat(moved)
                .contains("nothing is agreed with host-south yet; lan goes without")
                .contains("without host-south, whose wires follow when it answers")
                .contains("lan moved from east to north");
        assertThat(took).isLessThan(Duration.ofSeconds(8));
        assertThat(pings.lost()).isZero();
        assertThat(pings.duplicates()).isZero();

        hosts.get("south").ip("link set up0 up");
        hosts.get("south").route("default", gateway("south"));
        startConnector("south");
        db.run("ping", "-c", "1", "-w", "20", "10.1.0.1");
        web.run("ping", "-c", "1", "-w", "20", "10.1.0.3");
        assertThat(said("migrate", "lan", "--to", "east"))
                .contains("lan moved from north to east")
                .doesNotContain("no answer");
        connectors.values().forEach(RunningCommand::kill);
    }

    private void startConnector(String name) {
        RunningCommand connector = CommandSession.daemon(
                hosts.get(name), home, "connector", "run", "--name", "host-" + name, "--listen", address(name));
        connectors.put(name, connector);
        connector.awaitLine("connector acme/host-" + name + " is ready.*", LIMIT);
    }

    private Namespace guest(String name, String host, String address) throws IOException {
        Namespace guest = lab.namespace(name);
        said("endpoint", "add", name, "--host", "host-" + host, "--netns", guest.name(), "--tap", "eth0");
        said("switch", "plug", "lan/" + name, name + "@host-" + host);
        guest.address("eth0", address + "/24");
        return guest;
    }

    @TestFactory
    Stream<DynamicTest> threeThatJoinedAreAMajorityWithoutTheFirst() {
        return LongRun.of("three that joined are a majority without the first", this::three);
    }

    private void three() throws Exception {
        begin();
        start("north", "--join", "--peers", peers());
        up("north");
        awaitMembers(Map.of("east", "votes", "north", "votes"));
        start("south", "--join", "--peers", "north=" + address("north"));
        up("south");
        awaitMembers(Map.of("east", "votes", "north", "votes", "south", "votes"));
        assertThat(said("switch", "ls", "--node", address("south"))).contains("lan", "east");

        nodes.get("east").kill();
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> wire.run("switch", "create", "dmz", "--on", "south", "--node", address("south"))
                                .status()
                        == 0);
        // With the file of the first day.
        start("east", "--peers", peers());
        up("east");
        assertThat(nodes.get("east").output()).contains("that counts, and not [east] as --peers says");
        awaitMembers(Map.of("east", "votes", "north", "votes", "south", "votes"));

        said("node", "drain", "east", "--timeout", "30");
        said("node", "rm", "east");
        nodes.get("east").kill();
        awaitMembers(Map.of("north", "votes", "south", "votes"));

        // Of two neither agrees on anything without the other: who moves says so to the other itself.
        nodes.get("south").kill();
        // If north leads, its log is the longer one now, and south cannot lead without what it has.
        assertThat(wire.run("switch", "create", "undecided", "--on", "north", "--node", address("north"))
                        .text())
                .contains("may still take effect");
        hosts.get("south").ip("addr del " + address("south") + "/24 dev up0");
        hosts.get("south").address("up0", "10.78.3.9/24");
        hosts.get("south").ip("route replace default via 10.78.3.1");
        startAt("south", "10.78.3.9", "--join", "--peers", "north=" + address("north"));
        up("south");
        Awaitility.await()
                .atMost(LIMIT)
                .until(() -> wire.run("node", "ls", "--node", address("north"))
                        .text()
                        .contains("10.78.3.9:7483"));
        said("switch", "rm", "dmz");
        said("switch", "rm", "lan");
        said("node", "rm", "south");
        nodes.get("south").kill();
        assertThat(said("switch", "create", "alone", "--on", "north")).contains("version");
    }

    private void begin() throws IOException {
        start("east", "--peers", peers());
        up("east");
        said("switch", "create", "lan", "--on", "east", "--node", address("east"));
    }

    private static String peers() {
        return "east=" + address("east");
    }

    private void start(String name, String... more) {
        startAt(name, address(name), more);
    }

    private void startAt(String name, String address, String... more) {
        List<String> line =
                new ArrayList<>(List.of("node", "run", "--name", name, "--listen", address, "--leave-timeout", "0"));
        line.addAll(List.of(more));
        nodes.put(name, CommandSession.daemon(hosts.get(name), home, line.toArray(String[]::new)));
    }

    private void up(String name) {
        nodes.get(name).awaitLine("(?s).*node " + name + " is up.*", LIMIT);
    }

    private void awaitMembers(Map<String, String> wanted) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> {
            CommandSession.Result answer = wire.run("node", "ls", "-o", "json");
            assertThat(answer.status()).as(answer.text()).isZero();
            Map<String, String> members = new TreeMap<>();
            for (JsonNode member : JSON.readTree(answer.text())) {
                members.put(member.path("name").asText(), member.path("state").asText());
            }
            assertThat(members).isEqualTo(wanted);
        });
    }

    private String said(String... command) throws IOException {
        return wire.said(command);
    }

    private static String address(String name) {
        return "10.78." + (NAMES.indexOf(name) + 1) + ".2";
    }

    private static String gateway(String name) {
        return "10.78." + (NAMES.indexOf(name) + 1) + ".1";
    }
}
