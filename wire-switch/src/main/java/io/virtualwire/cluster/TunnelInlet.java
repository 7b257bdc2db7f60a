package io.virtualwire.cluster;

import io.virtualwire.identity.Guard;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tunnel's end on loopback: stands in for one service of one node on another machine. */
final class TunnelInlet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelInlet.class);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int HANDSHAKE_MILLIS = 2_000;

    private final ServerSocket listener;
    private final TlsContexts tls;
    private final NodeDialer dialer;
    private final ClusterService service;
    private final OpenSockets open = new OpenSockets();

    private TunnelInlet(ServerSocket listener, TlsContexts tls, NodeDialer dialer, ClusterService service) {
        this.listener = listener;
        this.tls = tls;
        this.dialer = dialer;
        this.service = service;
    }

    static TunnelInlet open(InetSocketAddress address, TlsContexts tls, NodeDialer dialer, ClusterService service)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        // Several nodes on this machine stand in for the same remote one; when one of them dies the others go on.
        listener.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        listener.bind(address);
        TunnelInlet inlet = new TunnelInlet(listener, tls, dialer, service);
        Acceptor.start("tunnel-" + dialer.node().name() + "-" + service.label(), listener, inlet::carry);
        return inlet;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() {
        Sockets.close(listener);
        open.close();
    }

    private void carry(Socket caller) {
        ClusterNode node = dialer.node();
        if (!open.hold(caller)) {
            return;
        }
        try (Socket underlay = dialer.dial(CONNECT_MILLIS, open::hold)) {
            try {
                caller.setTcpNoDelay(true);
                Sockets.prepare(underlay);
                underlay.setSoTimeout(HANDSHAKE_MILLIS);
                SSLSocket peer = tls.clientSocket(underlay, node.identity());
                if (ServiceRequest.ask(peer.getInputStream(), peer.getOutputStream(), service)) {
                    peer.setSoTimeout(0);
                    try (Guard guard = tls.guard(peer.getSession(), () -> Sockets.reset(underlay))) {
                        new Relay(caller, peer, underlay).run();
                    }
                    return;
                }
            } catch (SSLException stranger) {
                dialer.elsewhere();
                throw stranger;
            } finally {
                open.release(underlay);
            }
        } catch (IOException e) {
            LOG.debug("{} of {} cannot be reached at {}: {}", service, node.name(), node.tunnels(), e.getMessage());
        } finally {
            open.release(caller);
        }
        Sockets.reset(caller);
    }
}
