package io.virtualwire.cluster;

import io.virtualwire.identity.Standing;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shakes hands with another node whenever one of the two has newer credentials to show, and does nothing else: the
 * connections of the cluster live longer than the certificates with which they began, and need not end with them.
 */
final class TunnelProof implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelProof.class);
    private static final int PAUSE_MILLIS = 500;
    private static final int HANDSHAKE_MILLIS = 2_000;

    private final TlsContexts tls;
    private final NodeDialer dialer;
    private final ClusterNode node;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Standing standing;

    private TunnelProof(TlsContexts tls, NodeDialer dialer) {
        this.tls = tls;
        this.dialer = dialer;
        this.node = dialer.node();
    }

    static TunnelProof start(TlsContexts tls, NodeDialer dialer) {
        TunnelProof proof = new TunnelProof(tls, dialer);
        Thread.ofVirtual().name("tunnel-proof-" + proof.node.name()).start(proof::run);
        return proof;
    }

    @Override
    public void close() {
        closed.countDown();
    }

    /** Whether each of the two knows the newest credentials of the other, or those that it knows will do. */
    boolean isFresh() {
        Standing last = standing;
        return last != null && !last.isFollowingDue(true, tls.now());
    }

    private void run() {
        try {
            while (!closed.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                if (!isFresh()) {
                    shakeHands();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void shakeHands() {
        try (Socket underlay = dialer.dial(HANDSHAKE_MILLIS, socket -> true)) {
            underlay.setSoTimeout(HANDSHAKE_MILLIS);
            SSLSocket peer = tls.clientSocket(underlay, node.identity());
            peer.startHandshake();
            // In TLS 1.3 the server judges after the client has finished: it ends the connection either way, orderly if
            // it
            // has believed.
            peer.shutdownOutput();
            int unused = peer.getInputStream().read();
            standing = tls.standing(peer.getSession());
        } catch (IOException e) {
            LOG.debug("cannot show {} newer credentials: {}", node.name(), e.getMessage());
        }
    }
}
