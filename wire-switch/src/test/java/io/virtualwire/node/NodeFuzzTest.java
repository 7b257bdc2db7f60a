package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.NodeClient;
import io.virtualwire.control.WireException;
import io.virtualwire.testkit.RawConnection;
import io.virtualwire.testkit.RawWebSocket;
import io.virtualwire.testkit.SilentConnections;
import io.virtualwire.testkit.fuzz.Absurd;
import io.virtualwire.testkit.fuzz.Fuzz;
import io.virtualwire.testkit.fuzz.SpoiledText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node asked, over REST, on its bus and in its file, as nobody should ask: an answer that says what is wrong, never a failure. */
@Timeout(180)
class NodeFuzzTest {
    private static final int LONGEST = 80_000;

    private static final String FILE = """
            name: east
            identity: /etc/virtualwire/node-east.wire
            listen: 192.0.2.10
            peers: [east=192.0.2.10, west=node-w@198.51.100.10:7]
            state: /var/lib/virtualwire
            wire-port: 1
            api-port: 2
            witness: true
            log-level: warn
            trust: [/etc/virtualwire/cloud.crt]
            """;

    private static final String TOPOLOGY = "{\"version\":1,\"hosts\":{\"h1\":{\"api\":\"127.0.0.1:1\"}},"
            + "\"switches\":{\"lan\":{\"node\":\"east\"}},"
            + "\"wires\":[{\"switch\":\"lan\",\"port\":\"web\",\"endpoint\":\"web@h1\"}]}";

    @TempDir
    private Path folder;

    @Test
    void requestsAreAnswered() throws Exception {
        try (NodeInterface node = new NodeInterface();
                NodeClient client = node.client();
                RawConnection connection = node.connection()) {
            Fuzz.of("REST requests to a node")
                    .stillWorks(() -> {
                        assertThat(client.apply("good", TOPOLOGY, OptionalLong.empty())
                                        .switches())
                                .containsExactly("lan");
                        assertThat(node.escaped()).isEmpty();
                    })
                    .run(600, new SpoiledText(requests(), LONGEST, "east", "expectedVersion", "lan"), input -> {
                        RawConnection.Answer answer = connection.ask(input);
                        if (answer.status() >= 500 || answer.status() < 200) {
                            throw new AssertionError(
                                    "answered with " + answer + " to " + new String(input, StandardCharsets.UTF_8));
                        }
                        if (answer.status() >= 400 && !answer.body().isEmpty()) {
                            assertThat(answer.body()).contains("\"code\"", "\"message\"", "\"hint\"");
                            assertThat(answer.body()).doesNotContain("\"INTERNAL\"");
                        }
                    });
        }
    }

    @Test
    void whoSaysNothingKeepsNobodyOut() throws Exception {
        try (NodeInterface node = new NodeInterface();
                OneSocket bus = new OneSocket(node)) {
            byte[] question = send("fabric.show", "{}").getBytes(StandardCharsets.UTF_8);
            assertThat(bus.tell(question)).contains("rec");
            try (SilentConnections silent = new SilentConnections(node.port(), 300);
                    NodeClient client = node.client()) {
                assertThat(client.view().components()).isEmpty();
                assertThat(bus.tell(question)).as("a socket that was there").contains("rec");
                await().untilAsserted(() -> assertThat(silent.stillOpen()).isLessThanOrEqualTo(16));
            }
        }
    }

    @Test
    void messagesAreAnswered() throws Exception {
        try (NodeInterface node = new NodeInterface();
                NodeClient client = node.client();
                OneSocket socket = new OneSocket(node)) {
            Fuzz.of("messages on a node's event bus")
                    .stillWorks(() -> {
                        client.apply("good", TOPOLOGY, OptionalLong.empty());
                        assertThat(node.escaped()).isEmpty();
                    })
                    .run(600, new SpoiledText(messages(), LONGEST, "virtualwire.v1.", "headers", "key"), input -> {
                        String answers = socket.tell(input);
                        assertThat(answers).doesNotContain("INTERNAL");
                    });
        }
    }

    @Test
    void filesAreReadOrRefused() throws Exception {
        Path good = Files.writeString(folder.resolve("good.yaml"), FILE);
        Path bad = folder.resolve("bad.yaml");
        Fuzz.of("configuration files of nodes")
                .refusing(WireException.class)
                .allocatingAtMost(32 << 20)
                .stillWorks(() -> assertThat(NodeFile.read(good).name()).contains("east"))
                .run(1_000, new SpoiledText(List.of(FILE), 50_000, "enrol", "witness"), input -> {
                    Files.write(bad, input);
                    NodeFile.read(bad);
                });
    }

    @Test
    void whatIsAbsurdIsRefused() throws Exception {
        for (Map.Entry<String, String> absurd : Absurd.yaml("peers").entrySet()) {
            Path file = Files.writeString(folder.resolve("absurd.yaml"), absurd.getValue());
            assertThatThrownBy(() -> NodeFile.read(file))
                    .as(absurd.getKey())
                    .isInstanceOfSatisfying(
                            WireException.class, e -> assertThat(e.getMessage()).hasSizeLessThan(5_000));
        }
        try (NodeInterface node = new NodeInterface();
                RawConnection connection = node.connection();
                OneSocket socket = new OneSocket(node)) {
            for (Map.Entry<String, String> absurd : Absurd.json("topology").entrySet()) {
                RawConnection.Answer answer =
                        connection.ask(("POST /v1/topology\n\n" + absurd.getValue()).getBytes(StandardCharsets.UTF_8));
                assertThat(answer.status()).as(absurd.getKey()).isEqualTo(400);
                assertThat(answer.body())
                        .as(absurd.getKey())
                        .contains("BAD_REQUEST")
                        .hasSizeLessThan(5_000);
                for (String message : List.of(absurd.getValue(), send("topology.apply", absurd.getValue()))) {
                    assertThat(socket.tell(message.getBytes(StandardCharsets.UTF_8)))
                            .as(absurd.getKey())
                            .doesNotContain("INTERNAL", "\"rec\"")
                            .hasSizeLessThan(5_000);
                }
            }
            assertThat(node.escaped()).isEmpty();
        }
    }

    /** A socket of the bus, another one whenever it was closed. */
    private static final class OneSocket implements AutoCloseable {
        private static final String QUESTION =
                "{\"type\":\"send\",\"address\":\"virtualwire.v1.fabric.show\",\"replyAddress\":\"after-%d\",\"body\":{}}";

        private final NodeInterface node;
        private @Nullable RawWebSocket socket;
        private int number;

        OneSocket(NodeInterface node) {
            this.node = node;
        }

        /** Sends it, and what is good besides; gives all that comes until that is answered or the node closes. */
        String tell(byte[] message) throws IOException {
            RawWebSocket open = socket;
            if (open == null) {
                open = node.bus();
                socket = open;
            }
            number++;
            StringBuilder answers = new StringBuilder();
            try {
                open.send(message);
                open.send(QUESTION.formatted(number).getBytes(StandardCharsets.UTF_8));
                while (true) {
                    String answer = open.receive();
                    if (answer.contains("after-" + number)) {
                        return answers.toString();
                    }
                    answers.append(answer).append('\n');
                }
            } catch (java.net.SocketTimeoutException silent) {
                throw new AssertionError("a good message was not answered after it", silent);
            } catch (IOException closed) {
                close();
                return answers.toString();
            }
        }

        @Override
        public void close() throws IOException {
            RawWebSocket open = socket;
            socket = null;
            if (open != null) {
                open.close();
            }
        }
    }

    /** Method, address, and after an empty line the body. */
    private static List<String> requests() {
        return List.of(
                "POST /v1/topology?origin=net.yaml&expectedVersion=1\n\n" + TOPOLOGY,
                "POST /v1/components/lan/migrate?to=west&expectedGeneration=1\n\n",
                "GET /v1/events?since=0&follow=false\n\n",
                "GET /v1/events?since=9223372036854775807&follow=false\n\n",
                "GET /v1/events?since=9223372036854775808&follow=false\n\n",
                "POST /v1/vms/web/migrate?to=h2&bandwidth=2147483648&parallel=1e1\n\n",
                "GET /v1/components/lan\n\n",
                "GET /v1/vms\n\n",
                "GET /v1/fabric\n\n",
                "GET /v1/topology\n\n",
                "GET /v1/health\n\n",
                "POST /v1/reload\n\n",
                "PUT /v1/revocations\n\n-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n");
    }

    private static List<String> messages() {
        return List.of(
                send("topology.apply", "{\"topology\":" + TOPOLOGY + ",\"expectedVersion\":1,\"key\":\"k\"}"),
                send("topology.apply", "{\"topology\":\"version: 1\",\"origin\":\"net.yaml\"}"),
                send("switches.create", "{\"name\":\"dmz\",\"node\":\"west\",\"key\":\"k\"}"),
                send("switches.remove", "{\"name\":\"dmz\"}"),
                send("components.migrate", "{\"name\":\"lan\",\"to\":\"west\",\"expectedGeneration\":1}"),
                send("components.show", "{\"name\":\"lan\"}"),
                send(
                        "vms.attach",
                        "{\"name\":\"vm\",\"host\":\"h1\",\"nic\":\"vnet0\",\"endpoint\":\"web\",\"mtu\":1500}"),
                send("vms.migrate", "{\"name\":\"vm\",\"to\":\"h1\",\"mode\":\"tunnelled\",\"bandwidth\":20}"),
                send("vms.show", "{\"name\":\"vm\"}"),
                send("events.read", "{\"since\":0,\"limit\":1024}"),
                send("connectors.endpoints.put", "{\"host\":\"h1\",\"endpoint\":{\"name\":\"web\",\"mtu\":1500}}"),
                send(
                        "connectors.wires.connect",
                        "{\"host\":\"h1\",\"side\":{\"wire\":\"0b6f0000-0000-4000-8000-000000000001\",\"side\":\"a\","
                                + "\"generation\":\"1\",\"endpoint\":\"web\",\"peer\":{\"identity\":\"acme/b\","
                                + "\"generation\":\"1\",\"paths\":[]}}}"),
                send(
                        "connectors.wires.disconnect",
                        "{\"host\":\"h1\",\"wire\":\"0b6f0000-0000-4000-8000-000000000001\",\"side\":\"a\",\"generation\":\"1\"}"),
                "{\"type\":\"register\",\"address\":\"virtualwire.v1.events\",\"headers\":{\"a\":\"b\"}}",
                "{\"type\":\"unregister\",\"address\":\"virtualwire.v1.events\"}",
                "{\"type\":\"publish\",\"address\":\"virtualwire.v1.events\",\"body\":{\"sequence\":9}}",
                "{\"type\":\"ping\"}");
    }

    private static String send(String operation, String body) {
        return "{\"type\":\"send\",\"address\":\"virtualwire.v1." + operation + "\",\"replyAddress\":\"r\",\"body\":"
                + body + "}";
    }
}
