package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ClusterTunnelTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials east = authority.issue("east");
    private final Credentials west = authority.issue("west");
    private final List<AutoCloseable> closing = new ArrayList<>();
    private ServerSocket service;
    private TunnelOutlet outlet;

    @BeforeEach
    void listen() throws Exception {
        service = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        closing.add(service);
        outlet = TunnelOutlet.open(
                ANY,
                new TlsContexts(west),
                east.identity()::equals,
                wanted -> wanted == ClusterService.LOG
                        ? (InetSocketAddress) service.getLocalSocketAddress()
                        : new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        closing.add(outlet);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable closeable : closing) {
            closeable.close();
        }
    }

    @Test
    void carriesBytesBothWaysAndEndsEachDirectionByItself() throws Exception {
        byte[] question = new byte[3_000_000];
        new Random(7).nextBytes(question);
        CompletableFuture<byte[]> heard = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (Socket server = service.accept()) {
                // Reads to the end first and answers then: works only if the end travels alone.
                heard.complete(server.getInputStream().readAllBytes());
                server.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                heard.completeExceptionally(e);
            }
        });
        try (Socket client = call(inlet(east, west.identity(), ClusterService.LOG))) {
            client.getOutputStream().write(question);
            client.shutdownOutput();
            assertThat(heard.get(10, TimeUnit.SECONDS)).isEqualTo(question);
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
        }
    }

    @Test
    void serviceThatDoesNotRunIsToldAtOnce() throws Exception {
        assertThat(outcome(inlet(east, west.identity(), ClusterService.MEMBERS)))
                .isLessThan(1_000);
    }

    @Test
    void nodeThatIsGoneIsToldAtOnce() throws Exception {
        TunnelInlet inlet = inlet(east, west.identity(), ClusterService.LOG);
        outlet.close();
        assertThat(outcome(inlet)).isLessThan(1_000);
    }

    @Test
    void connectionsEndWhenTheFarNodeGoes() throws Exception {
        Socket client = call(inlet(east, west.identity(), ClusterService.LOG));
        Socket server = service.accept();
        client.getOutputStream().write(1);
        assertThat(server.getInputStream().read()).isEqualTo(1);
        outlet.close();
        assertThat(readUntilEnd(client)).isLessThan(1_000);
    }

    @Test
    void otherNodeThanTheExpectedOneGetsNothing() throws Exception {
        TunnelInlet inlet = inlet(east, new Identity("acme", "north"), ClusterService.LOG);
        outcome(inlet);
        assertNothingArrived();
    }

    @Test
    void memberThatIsNoNodeGetsNothing() throws Exception {
        Credentials person = authority.issue("someone");
        outcome(inlet(person, west.identity(), ClusterService.LOG));
        assertNothingArrived();
    }

    @Test
    void strangerWithForgedCredentialsLearnsAndReachesNothing() throws Exception {
        Credentials forged =
                TenantAuthority.create("acme", InstantSource.system()).issue("east");
        outcome(inlet(forged, west.identity(), ClusterService.LOG));
        assertNothingArrived();
    }

    @Test
    void strangerWithoutTlsLearnsAndReachesNothing() throws Exception {
        try (Socket stranger = call(outlet.address())) {
            stranger.getOutputStream().write("virtualwire-tunnel/1 log\nhello".getBytes(StandardCharsets.US_ASCII));
            byte[] answer = readQuietly(stranger.getInputStream());
            // At most a TLS alert: 5 bytes of header, then level and description.
            assertThat(answer.length).isLessThanOrEqualTo(7);
        }
        assertNothingArrived();
    }

    @Test
    void silentStrangersDoNotKeepMembersOut() throws Exception {
        for (int number = 0; number < 100; number++) {
            closing.add(call(outlet.address()));
        }
        try (Socket client = call(inlet(east, west.identity(), ClusterService.LOG))) {
            client.getOutputStream().write(1);
            assertThat(service.accept().getInputStream().read()).isEqualTo(1);
        }
    }

    @Test
    void onlyTheThreeServicesCanBeAskedFor() throws Exception {
        for (String line : List.of("virtualwire-tunnel/1 ssh", "virtualwire-tunnel/1 127.0.0.1:22", "GET / HTTP/1.1")) {
            try (Socket underlay = call(outlet.address());
                    SSLSocket peer = new TlsContexts(east).clientSocket(underlay, west.identity())) {
                peer.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("refused\n");
            }
        }
        assertNothingArrived();
    }

    @Test
    void whoTheDeskHearsMayAskThereAndReachesNothingElse() throws Exception {
        Credentials north = authority.issue("node-north");
        Credentials host = authority.issue("hosta");
        outlet = TunnelOutlet.open(
                ANY,
                new TlsContexts(west),
                east.identity()::equals,
                wanted -> (InetSocketAddress) service.getLocalSocketAddress(),
                new JoinDesk() {
                    @Override
                    public boolean hears(Identity asker) {
                        return asker.name().startsWith("node-");
                    }

                    @Override
                    public String answer(Identity asker, String question) {
                        return asker + " asks " + question;
                    }
                });
        closing.add(outlet);
        assertThat(asked(north, "to join")).isEqualTo("acme/node-north asks to join");
        assertThatThrownBy(() -> asked(host, "to join")).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> asked(
                        TenantAuthority.create("acme", InstantSource.system()).issue("node-north"), "to join"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> asked(north, "x".repeat(70_000))).isInstanceOf(IOException.class);
        outcome(inlet(north, west.identity(), ClusterService.LOG));
        assertNothingArrived();
    }

    private String asked(Credentials self, String question) throws IOException {
        return JoinCall.ask(new TlsContexts(self), west.identity(), outlet.address(), question, Duration.ofSeconds(5));
    }

    @Test
    void planRefusesForeignCredentials() {
        ClusterPlan plan = new ClusterPlan(1, List.of(new ClusterNode(1, west.identity(), ANY)));
        assertThatThrownBy(() -> ClusterTunnel.open(plan, new TlsContexts(east)))
                .hasMessageContaining("acme/west");
    }

    private TunnelInlet inlet(Credentials self, Identity expected, ClusterService wanted) throws IOException {
        ClusterNode node = new ClusterNode(2, expected, outlet.address());
        TunnelInlet inlet = TunnelInlet.open(ANY, new TlsContexts(self), new NodeDialer(node), wanted);
        closing.add(inlet);
        return inlet;
    }

    /** Calls and reads until the end; answers how many milliseconds that took. */
    private static long outcome(TunnelInlet inlet) throws IOException {
        try (Socket client = call(inlet)) {
            return readUntilEnd(client);
        }
    }

    private static long readUntilEnd(Socket client) {
        long begun = System.nanoTime();
        try {
            assertThat(readQuietly(client.getInputStream())).isEmpty();
        } catch (IOException reset) {
            assertThat(reset).isNotInstanceOf(ConnectException.class);
        }
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }

    private static byte[] readQuietly(InputStream in) {
        try {
            return in.readAllBytes();
        } catch (IOException reset) {
            return new byte[0];
        }
    }

    private void assertNothingArrived() throws IOException {
        service.setSoTimeout(200);
        assertThatThrownBy(service::accept).isInstanceOf(SocketTimeoutException.class);
    }

    private static Socket call(TunnelInlet inlet) throws IOException {
        return call(inlet.address());
    }

    private static Socket call(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(8_000);
        return socket;
    }
}
