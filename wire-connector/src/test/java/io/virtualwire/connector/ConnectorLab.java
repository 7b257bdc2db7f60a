package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.testkit.netns.CommandOutput;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.RunningCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Two hosts with a connector each, in processes of their own.
 *
 * <pre>
 *   a (192.0.2.1) ── veth, MTU 1500 ── b (192.0.2.2)
 *   TAPs of endpoints appear in a and b themselves, or in further namespaces
 * </pre>
 */
final class ConnectorLab implements AutoCloseable {
    static final WireId WIRE = WireId.named("lab");
    static final String ADDRESS_A = "192.0.2.1";
    static final String ADDRESS_B = "192.0.2.2";
    static final String ADDRESS_BEHIND_A = "198.51.100.2";
    static final String ADDRESS6_A = "2001:db8::1";
    static final String ADDRESS6_B = "2001:db8::2";
    private static final Duration START = Duration.ofSeconds(60);

    private final Namespaces namespaces = Namespaces.open();
    private final List<AutoCloseable> doors = new ArrayList<>();
    private final List<RunningCommand> connectors = new CopyOnWriteArrayList<>();
    private final Namespace hostA = namespaces.namespace("a");
    private final Namespace hostB = namespaces.namespace("b");

    ConnectorLab() {
        namespaces.veth(hostA, "eth0", ADDRESS_A + "/24", hostB, "eth0", ADDRESS_B + "/24");
    }

    /** Takes IPv4 away from the underlay and gives it IPv6. */
    void useIpv6() {
        hostA.ip("-4 address flush dev eth0");
        hostB.ip("-4 address flush dev eth0");
        hostA.ip("address add " + ADDRESS6_A + "/64 dev eth0 nodad");
        hostB.ip("address add " + ADDRESS6_B + "/64 dev eth0 nodad");
    }

    Namespace hostA() {
        return hostA;
    }

    Namespace hostB() {
        return hostB;
    }

    /** A file of the test's own. */
    Path file(String name) {
        return namespaces.scratch().resolve(name);
    }

    /** A machine on the underlay beside b, whose packets to b may have any source. */
    Namespace attacker() {
        Namespace attacker = namespaces.namespace("x");
        namespaces.veth(attacker, "eth0", "198.51.100.1/24", hostB, "eth1", "198.51.100.2/24");
        hostB.sysctl("net/ipv4/conf/all/rp_filter", "0");
        hostB.sysctl("net/ipv4/conf/eth1/rp_filter", "0");
        return attacker.route(ADDRESS_B, "198.51.100.2");
    }

    /** A machine behind a, which both reach at {@link #ADDRESS_BEHIND_A}. */
    Namespace behindA() {
        Namespace behind = namespaces.namespace("c");
        namespaces.veth(behind, "eth0", ADDRESS_BEHIND_A + "/24", hostA, "eth1", "198.51.100.1/24");
        hostA.forwarding();
        behind.route("192.0.2.0/24", "198.51.100.1");
        hostB.route("198.51.100.0/24", ADDRESS_A);
        return behind;
    }

    Namespace namespace(String label) {
        return namespaces.namespace(label);
    }

    /** A guest whose interface the kernel can carry frames of: {@code device} in the host, as narrow as that takes. */
    Namespace guest(String label, Namespace host, String device, String cidr) {
        return namespaces.guest(label, host, device, 1450, cidr);
    }

    /** Starts a connector and waits until it says that it is ready. */
    RunningCommand start(Namespace host, String address, Credentials credentials, String config) {
        return start(host, address, credentials, config, List.of());
    }

    /** The same with further JVM options. */
    RunningCommand start(
            Namespace host, String address, Credentials credentials, String config, List<String> jvmOptions) {
        RunningCommand started = begin(host, address, credentials, config, jvmOptions);
        started.awaitLine("ready " + credentials.identity(), START);
        return started;
    }

    /** Where that connector's journal is. */
    Path stateFolder(Credentials credentials) {
        return namespaces.scratch().resolve("state-" + credentials.identity().name());
    }

    /** Starts a connector; {@code options} are those of {@link ConnectorProcess}. */
    RunningCommand begin(Namespace host, String address, Credentials credentials, String config, String... options) {
        return begin(host, address, credentials, config, List.of(), options);
    }

    private RunningCommand begin(
            Namespace host,
            String address,
            Credentials credentials,
            String config,
            List<String> jvmOptions,
            String... options) {
        Path folder = namespaces.scratch();
        String name = credentials.identity().name();
        Path identity = folder.resolve(name + ".wire");
        Path file = folder.resolve(name + ".yaml");
        credentials.save(identity);
        try {
            Files.writeString(file, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> arguments = new ArrayList<>(
                List.of(identity.toString(), address, stateFolder(credentials).toString(), file.toString()));
        arguments.addAll(List.of(options));
        List<String> allOptions = new ArrayList<>();
        allOptions.add("-Dwire.threads=" + Integer.getInteger("wire.threads", ConnectorConfig.DEFAULT_THREADS));
        allOptions.addAll(jvmOptions);
        RunningCommand connector = host.startJava(ConnectorProcess.class, allOptions, arguments.toArray(String[]::new));
        connectors.add(connector);
        return connector;
    }

    /** A client of the connector in that host. */
    ConnectorClient client(Namespace host, String address, Credentials credentials) {
        try {
            NamespaceDoor door = new NamespaceDoor(host, address, ConnectorConfig.DEFAULT_API_PORT);
            doors.add(door);
            ConnectorClient client =
                    new ConnectorClient(new TlsContexts(credentials), door.address(), Optional.empty());
            doors.add(client);
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Generation generation(long number) {
        return new Generation(number, "");
    }

    static ConnectRequest sideA(Credentials b, long own, long peer) {
        return request(
                Side.A,
                "web",
                own,
                new PeerDescription(b.identity(), generation(peer), List.of(ADDRESS_B + ":7471"), false));
    }

    static ConnectRequest sideB(Credentials a, long own, long peer) {
        return request(
                Side.B,
                "db",
                own,
                new PeerDescription(a.identity(), generation(peer), List.of(ADDRESS_A + ":7471"), false));
    }

    /** The same request with the peer to be found elsewhere. */
    static ConnectRequest towards(ConnectRequest request, String path) {
        PeerDescription peer = request.peer();
        return request(
                request.side(),
                request.endpoint(),
                request.generation().number(),
                new PeerDescription(peer.identity(), peer.generation(), List.of(path), false));
    }

    static ConnectRequest plain(ConnectRequest request) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                new ConnectOptions(Role.ACTIVE, true),
                request.relayTo(),
                request.relayFrom());
    }

    /** A wire between endpoint web (10.1.0.1) of host a and db (10.1.0.2) of host b, over which a ping comes back. */
    void connectWebToDb(Credentials me, Credentials credentialsA, Credentials credentialsB) {
        ConnectorClient a = client(hostA, ADDRESS_A, me);
        ConnectorClient b = client(hostB, ADDRESS_B, me);
        a.putEndpoint(EndpointDescription.named("web"));
        b.putEndpoint(EndpointDescription.named("db"));
        hostA.address("web", "10.1.0.1/24");
        hostB.address("db", "10.1.0.2/24");
        a.connect(sideA(credentialsB, 1, 1));
        b.connect(sideB(credentialsA, 1, 1));
        awaitAgreed(a, b);
        awaitPing(hostA, "10.1.0.2");
    }

    /** The guests web and db need not ask for each other any more, which they do but once a second when nobody answers for long. */
    void knowEachOther() {
        hostA.ip("neighbour replace 10.1.0.2 lladdr " + hostB.mac("db") + " dev web nud permanent");
        hostB.ip("neighbour replace 10.1.0.1 lladdr " + hostA.mac("web") + " dev db nud permanent");
    }

    static void awaitAgreed(ConnectorClient... connectors) {
        Awaitility.await("both ends agree").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            for (ConnectorClient connector : connectors) {
                assertThat(connector.wire(WIRE)).isNotEmpty().allMatch(WireStatus::isAgreed);
            }
        });
    }

    /** One ping of the guest's full MTU that must not be fragmented. */
    static boolean ping(Namespace from, String to) {
        return pings(from, to, 1).succeeded();
    }

    static CommandOutput pings(Namespace from, String to, int count) {
        return from.tryRun(
                "ping",
                "-n",
                "-q",
                "-M",
                "do",
                "-s",
                "1472",
                "-i",
                "0.01",
                "-W",
                "0.2",
                "-c",
                Integer.toString(count),
                to);
    }

    /** Fails with what the connectors said. */
    void awaitPing(Namespace from, String to) {
        try {
            Awaitility.await("a ping from " + from + " to " + to)
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> ping(from, to));
        } catch (ConditionTimeoutException e) {
            String said = connectors.stream()
                    .map(each -> "\n" + each.pid() + (each.alive() ? "" : ", which is gone") + ":\n" + each.output())
                    .collect(Collectors.joining());
            throw new AssertionError(e.getMessage() + said, e);
        }
    }

    private static ConnectRequest request(Side side, String endpoint, long own, PeerDescription peer) {
        return new ConnectRequest(
                WIRE,
                side,
                generation(own),
                endpoint,
                peer,
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable door : doors.reversed()) {
            door.close();
        }
        namespaces.close();
    }
}
