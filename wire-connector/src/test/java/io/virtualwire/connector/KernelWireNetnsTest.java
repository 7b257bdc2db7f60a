package io.virtualwire.connector;

import static io.virtualwire.connector.KernelLab.GRANTED;
import static io.virtualwire.connector.KernelLab.GUEST_B;
import static io.virtualwire.connector.KernelLab.asking;
import static io.virtualwire.connector.KernelLab.at;
import static io.virtualwire.connector.KernelLab.awaitKernel;
import static io.virtualwire.connector.KernelLab.backing;
import static io.virtualwire.connector.KernelLab.count;
import static io.virtualwire.connector.KernelLab.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import io.virtualwire.testkit.vm.LinuxGuest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wires that the kernel carries, asked for as users do, between connectors in processes of their own. */
@NetnsTest
@Timeout(120)
class KernelWireNetnsTest {
    private final KernelLab lab = new KernelLab();

    @AfterEach
    void remove() throws Exception {
        lab.close();
    }

    @Test
    void goesOnWithoutTheConnectorsAndIsFoundAgain() {
        RunningCommand first = lab.startA(GRANTED);
        lab.startB(GRANTED);
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        a.putEndpoint(EndpointDescription.named("tap"));
        assertThatThrownBy(() ->
                        a.connect(asking(at(ConnectorLab.sideA(lab.credentialsB, 1, 1), "tap"), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(e.hint()).contains("--device-side");
                });
        lab.hosts.hostA().ip("link set web mtu 1451");
        assertThatThrownBy(() -> a.connect(asking(ConnectorLab.sideA(lab.credentialsB, 1, 1), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.WRONG_STATE);
                    assertThat(e.hint()).contains("1450");
                });
        assertThat(a.wires()).isEmpty();
        lab.hosts.hostA().ip("link set web mtu 1450");

        a.connect(asking(ConnectorLab.sideA(lab.credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 1), Backend.AUTO));
        awaitKernel(a, b);
        lab.awaitPing();
        long before = count(a, "framesOut");
        assertThat(lab.pings(10)).contains("10 received");
        assertThat(count(a, "framesOut")).isGreaterThanOrEqualTo(before + 10);
        assertThat(count(b, "framesIn")).isPositive();

        RunningCommand pinging = lab.guestA.start("ping", "-n", "-q", "-i", "0.02", "-c", "1000", GUEST_B);
        first.kill();
        lab.startA(GRANTED);
        ConnectorClient again = lab.clientA();
        ConnectorLab.awaitAgreed(again, b);
        awaitKernel(again, b);
        assertThat(count(again, "framesOut")).as("counters are the kernel's").isGreaterThan(before + 10);
        // Another generation takes the place of this one, in place.
        again.connect(asking(ConnectorLab.sideA(lab.credentialsB, 2, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 2), Backend.AUTO));
        await().untilAsserted(
                        () -> assertThat(b.wire(ConnectorLab.WIRE).getFirst().peers())
                                .anyMatch(peer -> peer.generation().number() == 2
                                        && peer.state().equals("active")));
        awaitKernel(again, b);
        pinging.signal("INT");
        assertThat(pinging.await(Duration.ofSeconds(20)).text()).contains(" 0% packet loss");

        again.disconnect(ConnectorLab.WIRE, Side.A, ConnectorLab.generation(2));
        assertThat(lab.pings(2)).contains("0 received");
        assertThat(again.wires()).isEmpty();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("io.virtualwire.connector.KernelLab#inTheLongRun")
    void isCarriedByTheKernelOnlyIfBothSidesMay(boolean always) {
        lab.startA(GRANTED);
        lab.startB("");
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        assertThatThrownBy(() -> b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 1), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
                    assertThat(e.hint()).contains("kernel-wires: true");
                });
        // b's operator has granted nothing: the wire is one of the processes, and works.
        a.connect(asking(ConnectorLab.sideA(lab.credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 1), Backend.AUTO));
        lab.awaitPing();
        assertThat(backing(b).carrier()).isEqualTo("user");
        assertThat(backing(b).reason()).contains("kernel-wires: true");
        await().untilAsserted(() -> assertThat(backing(a).reason()).contains("does not ask"));
    }

    /** The far end flips by the first frame, which is the guest's RARP; no daemon says anything before. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("io.virtualwire.connector.KernelLab#inTheLongRun")
    void followsAGuestThatAnnouncesItselfElsewhere(boolean always) {
        Credentials credentialsC = lab.authority.issue("c");
        Namespace hostC = lab.hosts.behindA();
        Namespace guestC = lab.hosts.guest("guest-c", hostC, "web", "10.1.0.1/24");
        lab.guestA.ip("link set eth0 address 52:54:00:00:00:01");
        guestC.ip("link set eth0 address 52:54:00:00:00:01");
        lab.startA(GRANTED);
        lab.startB(GRANTED);
        lab.start(hostC, ConnectorLab.ADDRESS_BEHIND_A, credentialsC, GRANTED);
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        ConnectorClient c = lab.hosts.client(hostC, ConnectorLab.ADDRESS_BEHIND_A, lab.me);
        a.putEndpoint(device("web"));
        b.putEndpoint(device("db"));
        c.putEndpoint(device("web"));
        a.connect(asking(ConnectorLab.sideA(lab.credentialsB, 1, 1), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 1), Backend.KERNEL));
        awaitKernel(a, b);
        lab.awaitPing();

        c.connect(asking(ConnectorLab.sideA(lab.credentialsB, 2, 1), Backend.KERNEL, Role.STANDBY));
        b.connect(asking(
                ConnectorLab.towards(ConnectorLab.sideB(credentialsC, 1, 2), ConnectorLab.ADDRESS_BEHIND_A + ":7471"),
                Backend.KERNEL));
        ConnectorLab.awaitAgreed(b, c);
        awaitKernel(b, c);
        assertThat(lab.pings(5)).contains("5 received");
        assertThat(c.wire(ConnectorLab.WIRE).getFirst().state()).isEqualTo("standby");

        lab.guestA.ip("link set eth0 down");
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

    /** The TAP is the connector's, its descriptor QEMU's, and no frame passes the connector. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("io.virtualwire.connector.KernelLab#inTheLongRun")
    void carriesTheFramesOfAMachine(boolean always) {
        String mac = "52:54:00:00:00:51";
        String address = "10.1.0.9";
        lab.startA(GRANTED);
        lab.startB(GRANTED);
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        a.putEndpoint(new EndpointDescription("web1", "vm0", Optional.empty(), false, 1450, Optional.of(mac), true));
        b.putEndpoint(device("db"));
        a.connect(asking(at(ConnectorLab.sideA(lab.credentialsB, 1, 1), "web1"), Backend.KERNEL));
        b.connect(asking(ConnectorLab.sideB(lab.credentialsA, 1, 1), Backend.KERNEL));
        awaitKernel(a, b);
        LinuxGuest guest = LinuxGuest.named("kernel").nic("vm0", mac, address + "/24");
        try (RunningCommand qemu = lab.hosts
                .hostA()
                .start(guest.emulated(1450, lab.hosts.file("console")).toArray(String[]::new))) {
            await("the machine answers")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> lab.guestB
                            .tryRun("ping", "-c", "1", "-W", "1", address)
                            .succeeded());
            assertThat(lab.guestB
                            .run("ping", "-n", "-q", "-M", "do", "-s", "1422", "-i", "0.02", "-c", "20", address)
                            .text())
                    .contains("20 received");
            assertThat(lab.guestB
                            .run("curl", "-sS", "http://" + address + "/cgi-bin/id")
                            .text())
                    .contains("kernel");
            assertThat(qemu.alive()).isTrue();
        }
        assertThat(count(a, "framesOut")).isGreaterThan(20);
        assertThat(a.endpoints().stream()
                        .filter(it -> it.endpoint().name().equals("web1"))
                        .findFirst()
                        .orElseThrow()
                        .counters())
                .containsEntry("framesFromGuest", 0L);
    }
}
