package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wires that the kernel carries, asked for as users do, between connectors in processes of their own.
 *
 * <pre>
 *   guest-a: eth0 10.1.0.1 ── veth ── web │ a 192.0.2.1 ── underlay ── b 192.0.2.2 │ db ── veth ── eth0 10.1.0.2 :guest-b
 * </pre>
 */
@NetnsTest
@Timeout(120)
class KernelWireNetnsTest {
    private static final String GRANTED = "kernel-wires: true\n";
    private static final String GUEST_B = "10.1.0.2";

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials me = authority.issue("me");
    private final Credentials credentialsA = authority.issue("a");
    private final Credentials credentialsB = authority.issue("b");

    private ConnectorLab lab;
    private Namespace guestA;
    private Namespace guestB;

    @BeforeEach
    void build() {
        lab = new ConnectorLab();
        guestA = guest("guest-a", lab.hostA(), "web", "10.1.0.1");
        guestB = guest("guest-b", lab.hostB(), "db", GUEST_B);
    }

    @AfterEach
    void remove() throws Exception {
        lab.close();
    }

    private static Stream<Boolean> inTheLongRun() {
        return Boolean.getBoolean("wire.long") ? Stream.of(true) : Stream.empty();
    }

    @Test
    void goesOnWithoutTheConnectorsAndIsFoundAgain() {
        RunningCommand first = start(lab.hostA(), ConnectorLab.ADDRESS_A, credentialsA, GRANTED);
        start(lab.hostB(), ConnectorLab.ADDRESS_B, credentialsB, GRANTED);
        ConnectorClient a = lab.client(lab.hostA(), ConnectorLab.ADDRESS_A, me);
        ConnectorClient b = lab.client(lab.hostB(), ConnectorLab.ADDRESS_B, me);
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        a.putEndpoint(EndpointDescription.named("tap"));
        assertThatThrownBy(() -> a.connect(asking(at(ConnectorLab.sideA(credentialsB, 1, 1), "tap"), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(e.hint()).contains("--device-side");
                });
        lab.hostA().ip("link set web mtu 1451");
        assertThatThrownBy(() -> a.connect(asking(ConnectorLab.sideA(credentialsB, 1, 1), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(e.hint()).contains("1450");
                });
        assertThat(a.wires()).isEmpty();
        lab.hostA().ip("link set web mtu 1450");

        a.connect(asking(ConnectorLab.sideA(credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 1), Backend.AUTO));
        awaitKernel(a, b);
        awaitPing();
        long before = count(a, "framesOut");
        assertThat(pings(10)).contains("10 received");
        assertThat(count(a, "framesOut")).isGreaterThanOrEqualTo(before + 10);
        assertThat(count(b, "framesIn")).isPositive();

        RunningCommand pinging = guestA.start("ping", "-n", "-q", "-i", "0.02", "-c", "1000", GUEST_B);
        first.kill();
        start(lab.hostA(), ConnectorLab.ADDRESS_A, credentialsA, GRANTED);
        ConnectorClient again = lab.client(lab.hostA(), ConnectorLab.ADDRESS_A, me);
        ConnectorLab.awaitAgreed(again, b);
        awaitKernel(again, b);
        assertThat(count(again, "framesOut")).as("counters are the kernel's").isGreaterThan(before + 10);
        // Another generation takes the place of this one, in place.
        again.connect(asking(ConnectorLab.sideA(credentialsB, 2, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 2), Backend.AUTO));
        await().untilAsserted(
                        () -> assertThat(b.wire(ConnectorLab.WIRE).getFirst().peers())
                                .anyMatch(peer -> peer.generation().number() == 2
                                        && peer.state().equals("active")));
        awaitKernel(again, b);
        pinging.signal("INT");
        assertThat(pinging.await(Duration.ofSeconds(20)).text()).contains(" 0% packet loss");

        again.disconnect(ConnectorLab.WIRE, Side.A, ConnectorLab.generation(2));
        assertThat(pings(2)).contains("0 received");
        assertThat(again.wires()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("inTheLongRun")
    void isCarriedByTheKernelOnlyIfBothSidesMay(boolean always) {
        start(lab.hostA(), ConnectorLab.ADDRESS_A, credentialsA, GRANTED);
        start(lab.hostB(), ConnectorLab.ADDRESS_B, credentialsB, "");
        ConnectorClient a = lab.client(lab.hostA(), ConnectorLab.ADDRESS_A, me);
        ConnectorClient b = lab.client(lab.hostB(), ConnectorLab.ADDRESS_B, me);
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        assertThatThrownBy(() -> b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 1), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
                    assertThat(e.hint()).contains("kernel-wires: true");
                });
        // b's operator has granted nothing: the wire is one of the processes, and works.
        a.connect(asking(ConnectorLab.sideA(credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 1), Backend.AUTO));
        awaitPing();
        assertThat(backing(b).carrier()).isEqualTo("user");
        assertThat(backing(b).reason()).contains("kernel-wires: true");
        await().untilAsserted(() -> assertThat(backing(a).reason()).contains("does not ask"));
    }

    /** The far end flips by the first frame, which is the guest's RARP; no daemon says anything before. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("inTheLongRun")
    void followsAGuestThatAnnouncesItselfElsewhere(boolean always) {
        Credentials credentialsC = authority.issue("c");
        Namespace hostC = lab.behindA();
        Namespace guestC = guest("guest-c", hostC, "web", "10.1.0.1");
        guestA.ip("link set eth0 address 52:54:00:00:00:01");
        guestC.ip("link set eth0 address 52:54:00:00:00:01");
        start(lab.hostA(), ConnectorLab.ADDRESS_A, credentialsA, GRANTED);
        start(lab.hostB(), ConnectorLab.ADDRESS_B, credentialsB, GRANTED);
        start(hostC, ConnectorLab.ADDRESS_BEHIND_A, credentialsC, GRANTED);
        ConnectorClient a = lab.client(lab.hostA(), ConnectorLab.ADDRESS_A, me);
        ConnectorClient b = lab.client(lab.hostB(), ConnectorLab.ADDRESS_B, me);
        ConnectorClient c = lab.client(hostC, ConnectorLab.ADDRESS_BEHIND_A, me);
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        c.putEndpoint(device("web"));
        a.connect(asking(ConnectorLab.sideA(credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(credentialsA, 1, 1), Backend.KERNEL));
        awaitKernel(a, b);
        awaitPing();

        c.connect(asking(ConnectorLab.sideA(credentialsB, 2, 1), Backend.KERNEL, Role.STANDBY));
        b.connect(asking(
                ConnectorLab.towards(ConnectorLab.sideB(credentialsC, 1, 2), ConnectorLab.ADDRESS_BEHIND_A + ":7471"),
                Backend.KERNEL));
        ConnectorLab.awaitAgreed(b, c);
        awaitKernel(b, c);
        assertThat(pings(5)).contains("5 received");
        assertThat(c.wire(ConnectorLab.WIRE).getFirst().state()).isEqualTo("standby");

        guestA.ip("link set eth0 down");
        byte[] rarp = HexFormat.of()
                .parseHex("00".repeat(12) + "ffffffffffff" + "525400000001" + "8035" + "0001080006040003"
                        + "525400000001" + "00000000" + "525400000001" + "00000000" + "00".repeat(18));
        try (PacketSocket socket = PacketSocket.open(new NetworkNamespace(guestC.name()), "eth0")) {
            assertThat(socket.send(rarp, 0, rarp.length)).isPositive();
        }
        await().untilAsserted(() -> {
            assertThat(c.wire(ConnectorLab.WIRE).getFirst().state()).isEqualTo("active");
            assertThat(a.wire(ConnectorLab.WIRE).getFirst().state()).isEqualTo("yielded");
            assertThat(guestC.tryRun("ping", "-n", "-q", "-c", "3", "-i", "0.02", "-W", "0.3", GUEST_B)
                            .text())
                    .contains("3 received");
        });
        awaitKernel(b, c);
    }

    private RunningCommand start(Namespace host, String address, Credentials credentials, String config) {
        // It carries no frames, so it need not be compiled well.
        return lab.start(host, address, credentials, config, List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    }

    private Namespace guest(String label, Namespace host, String device, String address) {
        Namespace guest = lab.namespace(label);
        host.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        guest.sysctl("net/ipv6/conf/default/disable_ipv6", "1");
        host.run(
                "ip",
                "link",
                "add",
                device,
                "mtu",
                "1450",
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "mtu",
                "1450",
                "netns",
                guest.name());
        guest.address("eth0", address + "/24");
        host.ip("link set " + device + " up");
        return guest;
    }

    private static EndpointDescription device(String name) {
        return new EndpointDescription(name, name, Optional.empty(), true, 1450, Optional.empty(), true);
    }

    private static ConnectRequest asking(ConnectRequest request, Backend backend) {
        return asking(request, backend, Role.ACTIVE);
    }

    private static ConnectRequest asking(ConnectRequest request, Backend backend, Role role) {
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

    private static ConnectRequest at(ConnectRequest request, String endpoint) {
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

    private static WireStatus.Backing backing(ConnectorClient connector) {
        return connector.wire(ConnectorLab.WIRE).getFirst().backend().orElseThrow();
    }

    private static long count(ConnectorClient connector, String name) {
        return connector.wire(ConnectorLab.WIRE).getFirst().counters().get(name);
    }

    private static void awaitKernel(ConnectorClient... connectors) {
        await("the kernels carry it").untilAsserted(() -> {
            for (ConnectorClient connector : connectors) {
                assertThat(backing(connector))
                        .isEqualTo(new WireStatus.Backing(backing(connector).asked(), "kernel", ""));
            }
        });
    }

    private void awaitPing() {
        await().until(() -> pings(1).contains("1 received"));
    }

    private String pings(int count) {
        return guestA.tryRun("ping", "-n", "-q", "-i", "0.02", "-W", "0.3", "-c", Integer.toString(count), GUEST_B)
                .text();
    }
}
