package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.KernelLab.GRANTED;
import static io.virtualwire.connector.KernelLab.GUEST_A;
import static io.virtualwire.connector.KernelLab.GUEST_B;
import static io.virtualwire.connector.KernelLab.asking;
import static io.virtualwire.connector.KernelLab.awaitKernel;
import static io.virtualwire.connector.KernelLab.backing;
import static io.virtualwire.connector.KernelLab.device;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.kernel.CrossConnectConfig;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.port.DropReason;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RawSocket;
import io.virtualwire.testkit.netns.RunningCommand;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who is let onto a wire that the kernels carry, and who is not any more; and what becomes of it without its connectors. */
@NetnsTest
@Timeout(120)
class KernelWireTrustNetnsTest {
    private static final int IP_AND_UDP_HEADER = 28;
    private static final int VXLAN_HEADER = 8;
    /** 198.51.100.1: a machine beside b that has nothing to do with the wire. */
    private static final int STRANGER = 0xc6336401;

    private final KernelLab lab = new KernelLab();

    @AfterEach
    void remove() throws Exception {
        lab.close();
    }

    @Test
    void whoseCertificateIsRevokedIsCutOffAndAForgedSourceIsDropped() {
        lab.startA(GRANTED);
        lab.startB(GRANTED);
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        lab.connect(a, b);

        int vni = vniTowards(lab.hosts.hostB(), ADDRESS_A);
        Namespace stranger = lab.hosts.attacker();
        byte[] frame = new byte[VXLAN_HEADER + 60];
        ByteBuffer.wrap(frame).putInt(0x0800_0000).putInt(vni << 8);
        new NetworkNamespace(stranger.name()).call(() -> {
            try (RawSocket raw = RawSocket.sender()) {
                InetAddress to = InetAddress.ofLiteral(ADDRESS_B);
                return raw.udp(
                        STRANGER,
                        40_000,
                        new InetSocketAddress(to, CrossConnectConfig.DEFAULT_PORT),
                        frame,
                        frame.length);
            }
        });
        String forged = DropReason.FORGED_SOURCE.metricName();
        await().untilAsserted(() ->
                assertThat(b.wire(ConnectorLab.WIRE).getFirst().drops()).containsEntry(forged, 1L));
        assertThat(lab.pings(5)).contains("5 received");

        a.offer(lab.authority.revocationList(
                2, Map.of(lab.credentialsB.certificate().getSerialNumber(), Instant.now())));
        await().untilAsserted(() -> {
            assertThat(backing(a).carrier()).isEqualTo("user");
            assertThat(backing(a).reason()).contains("revoked");
        });
        assertThat(lab.pings(3)).contains("0 received");
    }

    /** The VNI by which that host hears what comes from there. */
    private int vniTowards(Namespace host, String from) {
        int source = ByteBuffer.wrap(InetAddress.ofLiteral(from).getAddress()).getInt();
        RunningCommand pinging = lab.guestA.start("ping", "-n", "-q", "-i", "0.02", "-c", "500", GUEST_B);
        int heard = new NetworkNamespace(host.name()).call(() -> {
            try (RawSocket spy = RawSocket.spy()) {
                while (true) {
                    ByteBuffer packet = spy.receive();
                    if (packet.limit() > IP_AND_UDP_HEADER + VXLAN_HEADER
                            && packet.getInt(12) == source
                            && packet.getShort(22) == CrossConnectConfig.DEFAULT_PORT) {
                        return packet.getInt(IP_AND_UDP_HEADER + 4) >>> 8;
                    }
                }
            }
        });
        pinging.close();
        return heard;
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("io.virtualwire.connector.KernelLab#inTheLongRun")
    void anotherTenantHasTheKernelOnlyByItsGrant(boolean always) {
        TenantAuthority cloud = TenantAuthority.create("cloud", InstantSource.system());
        TenantAuthority rival = TenantAuthority.create("rival", InstantSource.system());
        Credentials host =
                cloud.issue("a").trusting(lab.authority.certificate()).trusting(rival.certificate());
        lab.start(lab.hosts.hostA(), ADDRESS_A, host, GRANTED + """
                grants:
                  - tenant: acme
                    devices: ["web"]
                    namespaces: ["-"]
                    destinations: [192.0.2.2]
                    kernel-wires: true
                  - tenant: rival
                    devices: ["other"]
                    namespaces: ["-"]
                    destinations: [192.0.2.2]
                """);
        lab.hosts.guest("guest-r", lab.hosts.hostA(), "other", "10.2.0.1/24");
        ConnectorClient granted = lab.hosts.client(
                lab.hosts.hostA(), ADDRESS_A, lab.authority.issue("me").trusting(cloud.certificate()));
        ConnectorClient without =
                lab.hosts.client(lab.hosts.hostA(), ADDRESS_A, rival.issue("me").trusting(cloud.certificate()));
        granted.putEndpoint(device("web"));
        without.putEndpoint(device("other"));
        assertThatThrownBy(() -> without.connect(
                        asking(KernelLab.at(ConnectorLab.sideA(lab.credentialsB, 1, 1), "other"), Backend.KERNEL)))
                .isInstanceOfSatisfying(WireException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.FORBIDDEN);
                    assertThat(e.hint()).contains("kernel-wires: true");
                });
        assertThat(without.wires()).isEmpty();
        granted.connect(asking(ConnectorLab.sideA(lab.credentialsB, 1, 1), Backend.KERNEL));
        assertThat(granted.wires()).hasSize(1);
    }

    /** A ping every few milliseconds, of which none is lost and none comes twice, beside a stream. */
    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("io.virtualwire.connector.KernelLab#inTheLongRun")
    void nothingIsLostOrComesTwiceWhenItsConnectorIsKilledOrTakenOver(boolean always) throws Exception {
        RunningCommand running = lab.startA(GRANTED);
        lab.startB(GRANTED);
        ConnectorClient a = lab.clientA();
        ConnectorClient b = lab.clientB();
        lab.connect(a, b);
        Pings pings = new Pings(lab.guestA, GUEST_B, 5);
        try (TcpStream stream = new TcpStream(lab.guestB, GUEST_B, lab.guestA)) {
            running.kill();
            running = lab.startA(GRANTED);
            ConnectorLab.awaitAgreed(lab.clientA(), b);
            awaitKernel(lab.clientA(), b);
            running = lab.takeOverA(running, GRANTED);
            ConnectorLab.awaitAgreed(lab.clientA(), b);
            awaitKernel(lab.clientA(), b);
            System.out.println(stream.endWithoutAnError() + ", longest ping " + pings.endWithoutALoss() + " ms");
        }
        assertThat(lab.guestB
                        .tryRun("ping", "-n", "-q", "-c", "1", "-W", "1", GUEST_A)
                        .succeeded())
                .isTrue();
    }
}
