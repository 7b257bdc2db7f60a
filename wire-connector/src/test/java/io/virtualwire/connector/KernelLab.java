package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.ConnectorLab.WIRE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Role;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Two connectors that may let the kernel carry wires, in processes of their own, and a guest beside each.
 *
 * <pre>
 *   guest-a: eth0 10.1.0.1 ── veth ── web │ a 192.0.2.1 ── underlay ── b 192.0.2.2 │ db ── veth ── eth0 10.1.0.2 :guest-b
 * </pre>
 */
final class KernelLab implements AutoCloseable {
    static final String GRANTED = "kernel-wires: true\n";
    static final String GUEST_A = "10.1.0.1";
    static final String GUEST_B = "10.1.0.2";
    private static final Duration LIMIT = Duration.ofSeconds(60);
    // They carry no frames, so they need not be compiled well.
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
    final Credentials me = authority.issue("me");
    final Credentials credentialsA = authority.issue("a");
    final Credentials credentialsB = authority.issue("b");
    final ConnectorLab hosts = new ConnectorLab();
    final Namespace guestA = hosts.guest("guest-a", hosts.hostA(), "web", GUEST_A + "/24");
    final Namespace guestB = hosts.guest("guest-b", hosts.hostB(), "db", GUEST_B + "/24");

    /** What takes the ordinary run too long: the one argument of a test that is not in it, else none. */
    static Stream<Boolean> inTheLongRun() {
        return Boolean.getBoolean("wire.long") ? Stream.of(true) : Stream.empty();
    }

    RunningCommand startA(String config) {
        return start(hosts.hostA(), ADDRESS_A, credentialsA, config);
    }

    RunningCommand startB(String config) {
        return start(hosts.hostB(), ADDRESS_B, credentialsB, config);
    }

    RunningCommand start(Namespace host, String address, Credentials credentials, String config) {
        return hosts.start(host, address, credentials, config, QUICK);
    }

    /** Another process takes that connector's place. */
    RunningCommand takeOverA(RunningCommand running, String config) {
        RunningCommand next = hosts.begin(hosts.hostA(), ADDRESS_A, credentialsA, config, "take-over");
        next.awaitLine("ready " + credentialsA.identity(), LIMIT);
        running.awaitLine("replaced by " + next.pid(), LIMIT);
        return next;
    }

    ConnectorClient clientA() {
        return hosts.client(hosts.hostA(), ADDRESS_A, me);
    }

    ConnectorClient clientB() {
        return hosts.client(hosts.hostB(), ADDRESS_B, me);
    }

    /** Both endpoints and, between them, a wire that the kernels carry. */
    void connect(ConnectorClient a, ConnectorClient b) {
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        a.connect(asking(ConnectorLab.sideA(credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 1), Backend.KERNEL));
        awaitKernel(a, b);
        awaitPing();
    }

    static EndpointDescription device(String name) {
        return new EndpointDescription(name, name, Optional.empty(), true, 1450, Optional.empty(), true);
    }

    static ConnectRequest asking(ConnectRequest request, Backend backend) {
        return asking(request, backend, Role.ACTIVE);
    }

    static ConnectRequest asking(ConnectRequest request, Backend backend, Role role) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                request.endpoint(),
                request.peer(),
                new ConnectOptions(role, false, Optional.of(backend)),
                request.relayTo(),
                request.relayFrom());
    }

    static ConnectRequest at(ConnectRequest request, String endpoint) {
        return new ConnectRequest(
                request.wire(),
                request.side(),
                request.generation(),
                endpoint,
                request.peer(),
                request.options(),
                request.relayTo(),
                request.relayFrom());
    }

    static WireStatus.Backing backing(ConnectorClient connector) {
        return connector.wire(WIRE).getFirst().backend().orElseThrow();
    }

    static long count(ConnectorClient connector, String name) {
        return connector.wire(WIRE).getFirst().counters().get(name);
    }

    static void awaitKernel(ConnectorClient... connectors) {
        await("the kernels carry it").untilAsserted(() -> {
            for (ConnectorClient connector : connectors) {
                assertThat(backing(connector))
                        .isEqualTo(new WireStatus.Backing(backing(connector).asked(), "kernel", ""));
            }
        });
    }

    void awaitPing() {
        await().until(() -> pings(1).contains("1 received"));
    }

    String pings(int count) {
        return guestA.tryRun("ping", "-n", "-q", "-i", "0.02", "-W", "0.3", "-c", Integer.toString(count), GUEST_B)
                .text();
    }

    @Override
    public void close() throws Exception {
        hosts.close();
    }
}
