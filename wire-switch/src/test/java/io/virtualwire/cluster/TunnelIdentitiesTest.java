package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.Revocations;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.testkit.ManualTicker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections of the cluster outlive the certificates with which they began, but not the trust in their peer. */
@Timeout(30)
class TunnelIdentitiesTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration DAY = Duration.ofHours(24);

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
    private final ManualTicker ticker = new ManualTicker();
    private final Credentials first = authority.issue("east", DAY);
    private final OwnIdentity east = self(first);
    private final OwnIdentity west = self(authority.issue("west", DAY));
    private final List<AutoCloseable> closing = new ArrayList<>();
    private TunnelProof proof;
    private Socket near;
    private Socket far;

    @BeforeEach
    void connect() throws IOException {
        ServerSocket service = kept(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
        TunnelOutlet outlet = kept(TunnelOutlet.open(ANY, new TlsContexts(west), east.identity()::equals, wanted ->
                (InetSocketAddress) service.getLocalSocketAddress()));
        ClusterNode node = new ClusterNode(2, west.identity(), outlet.address());
        TunnelInlet inlet =
                kept(TunnelInlet.open(ANY, new TlsContexts(east), new NodeDialer(node), ClusterService.LOG));
        proof = kept(TunnelProof.start(new TlsContexts(east), new NodeDialer(node)));
        near = kept(new Socket(inlet.address().getAddress(), inlet.address().getPort()));
        near.getOutputStream().write(1);
        far = kept(service.accept());
        assertThat(far.getInputStream().read()).isEqualTo(1);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    @Test
    void connectionOutlivesItsCertificatesWhenNewerOnesAreShown() throws Exception {
        for (int day = 1; day <= 3; day++) {
            ticker.advance(DAY.minusHours(8));
            renewAndReview();
            ticker.advance(Duration.ofHours(7));
            assertThat(proof.isFresh()).isFalse();
            await().until(proof::isFresh);
            ticker.advance(Duration.ofMinutes(90));
            renewAndReview();
            near.getOutputStream().write(day);
            assertThat(far.getInputStream().read()).as("after day %s", day).isEqualTo(day);
        }
    }

    @Test
    void connectionEndsWithCertificatesThatNobodyRenews() throws Exception {
        ticker.advance(DAY.plusMinutes(6));
        west.review();
        assertThat(isCut(near)).isTrue();
    }

    @Test
    void connectionOfARevokedNodeIsCut() throws Exception {
        west.offer(authority.revocationList(1, Map.of(first.certificate().getSerialNumber(), Instant.now())));
        assertThat(isCut(near)).isTrue();
    }

    private void renewAndReview() {
        east.renew(authority.issue("east", DAY));
        west.renew(authority.issue("west", DAY));
        east.review();
        west.review();
    }

    private static boolean isCut(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private OwnIdentity self(Credentials credentials) {
        return new OwnIdentity(credentials, Revocations.inMemory(), InstantSource.system(), ticker);
    }

    private <T extends AutoCloseable> T kept(T one) {
        closing.addFirst(one);
        return one;
    }
}
