package io.virtualwire.cluster;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.Guard;
import io.virtualwire.identity.Standing;
import io.virtualwire.identity.Strangers;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tunnel's end on the underlay: takes connections of proved peers to this node's own services. */
final class TunnelOutlet implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelOutlet.class);
    private static final int HANDSHAKE_MILLIS = 5_000;
    private static final int SERVICE_CONNECT_MILLIS = 1_000;

    private static final int HANDSHAKES = 64;

    private final ServerSocket listener;
    private final TlsContexts tls;
    private final Predicate<Identity> isPeer;
    private final Function<ClusterService, InetSocketAddress> services;
    private final JoinDesk desk;
    private final Strangers<Socket> strangers = new Strangers<>(HANDSHAKES, Sockets::reset);
    private final OpenSockets open = new OpenSockets();

    private TunnelOutlet(
            ServerSocket listener,
            TlsContexts tls,
            Predicate<Identity> isPeer,
            Function<ClusterService, InetSocketAddress> services,
            JoinDesk desk) {
        this.desk = desk;
        this.listener = listener;
        this.tls = tls;
        this.isPeer = isPeer;
        this.services = services;
    }

    static TunnelOutlet open(
            InetSocketAddress address,
            TlsContexts tls,
            Predicate<Identity> isPeer,
            Function<ClusterService, InetSocketAddress> services)
            throws IOException {
        return open(address, tls, isPeer, services, JoinDesk.CLOSED);
    }

    static TunnelOutlet open(
            InetSocketAddress address,
            TlsContexts tls,
            Predicate<Identity> isPeer,
            Function<ClusterService, InetSocketAddress> services,
            JoinDesk desk)
            throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(address);
        TunnelOutlet outlet = new TunnelOutlet(listener, tls, isPeer, services, desk);
        Acceptor.start("tunnel-outlet", listener, outlet::serve);
        return outlet;
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() {
        Sockets.close(listener);
        open.close();
    }

    private void serve(Socket caller) {
        Optional<SSLSocket> proved = open.hold(caller) ? shakeHands(caller) : Optional.empty();
        try {
            if (proved.isPresent()) {
                connect(proved.get(), caller);
            }
        } catch (IOException e) {
            LOG.debug("A tunnel connection from {} ended: {}", caller.getRemoteSocketAddress(), e.getMessage());
        } finally {
            proved.ifPresent(Sockets::close);
            Sockets.close(caller);
            open.release(caller);
        }
    }

    private Optional<SSLSocket> shakeHands(Socket caller) {
        strangers.came(caller.getInetAddress(), caller);
        try {
            Sockets.prepare(caller);
            caller.setSoTimeout(HANDSHAKE_MILLIS);
            SSLSocket proved = tls.serverSocket(caller, isPeer.or(desk::hears));
            proved.startHandshake();
            // Whatever is asked next: this much is proved, for the other connections of this peer, too.
            Standing standing = tls.standing(proved.getSession());
            LOG.trace("{} proved itself at the cluster tunnel", standing.peer());
            return Optional.of(proved);
        } catch (IOException e) {
            // Not louder: anybody on the underlay can make it happen.
            LOG.debug("Refused {} at the cluster tunnel: {}", caller.getRemoteSocketAddress(), e.getMessage());
            return Optional.empty();
        } finally {
            strangers.left(caller);
        }
    }

    private void connect(SSLSocket peer, Socket carrier) throws IOException {
        Identity caller = tls.standing(peer.getSession()).peer();
        ServiceRequest.Wanted wanted = ServiceRequest.read(peer.getInputStream());
        if (wanted.join() && desk.hears(caller)) {
            ServiceRequest.accept(peer.getOutputStream());
            String question = ServiceRequest.readLongLine(peer.getInputStream());
            ServiceRequest.writeLine(peer.getOutputStream(), desk.answer(caller, question));
            return;
        }
        if (wanted.service().isEmpty() || !isPeer.test(caller)) {
            ServiceRequest.refuse(peer.getOutputStream());
            return;
        }
        try (Socket service = new Socket()) {
            try {
                service.connect(services.apply(wanted.service().get()), SERVICE_CONNECT_MILLIS);
            } catch (IOException notRunning) {
                ServiceRequest.refuse(peer.getOutputStream());
                return;
            }
            service.setTcpNoDelay(true);
            ServiceRequest.accept(peer.getOutputStream());
            peer.setSoTimeout(0);
            if (open.hold(service)) {
                try (Guard guard = tls.guard(peer.getSession(), () -> Sockets.reset(carrier))) {
                    new Relay(service, peer, carrier).run();
                }
                open.release(service);
            }
        }
    }
}
