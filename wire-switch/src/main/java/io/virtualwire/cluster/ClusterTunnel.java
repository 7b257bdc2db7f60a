package io.virtualwire.cluster;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what nodes say to one another over mutual TLS 1.3, so that their cluster software need only know loopback
 * addresses and nothing of it is in the clear on the underlay.
 *
 * <pre>
 *   node 1                                                          node 2
 *   Hazelcast ──► 127.h.h.2:5701 (TunnelInlet) ══ TLS, one ══► :7483 (TunnelOutlet) ──► 127.h.h.2:5701 Hazelcast
 *                                                 connection each
 * </pre>
 *
 * Who does not prove to be a node of the plan gets no further than the handshake, but to the {@link JoinDesk} if that hears it. The plan
 * may change.
 */
public final class ClusterTunnel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterTunnel.class);

    private final TlsContexts tls;
    private final Predicate<InetAddress> isHere;
    private final TunnelOutlet outlet;
    private final Map<ClusterNode, List<AutoCloseable>> inlets = new HashMap<>();
    private volatile ClusterPlan plan;
    private boolean closed;

    private ClusterTunnel(
            ClusterPlan plan, TlsContexts tls, InetSocketAddress listen, Predicate<InetAddress> isHere, JoinDesk desk)
            throws IOException {
        this.plan = plan;
        this.tls = tls;
        this.isHere = isHere;
        this.outlet = TunnelOutlet.open(
                listen,
                tls,
                identity -> this.plan.isPeer(identity),
                service -> this.plan.address(this.plan.own(), service),
                desk);
    }

    /** Opens the tunnel, listening at this node's own tunnel address. */
    public static ClusterTunnel open(ClusterPlan plan, TlsContexts tls) {
        return open(plan, tls, plan.own().tunnel());
    }

    /** Opens the tunnel where the address to listen at is not the one that the others call, as behind a NAT. */
    public static ClusterTunnel open(ClusterPlan plan, TlsContexts tls, InetSocketAddress listen) {
        return open(plan, tls, listen, JoinDesk.CLOSED);
    }

    /** Opens it for those, too, that want to become peers. */
    public static ClusterTunnel open(ClusterPlan plan, TlsContexts tls, InetSocketAddress listen, JoinDesk desk) {
        return open(plan, tls, listen, ClusterTunnel::isHere, desk);
    }

    static ClusterTunnel open(
            ClusterPlan plan, TlsContexts tls, InetSocketAddress listen, Predicate<InetAddress> isHere) {
        return open(plan, tls, listen, isHere, JoinDesk.CLOSED);
    }

    private static ClusterTunnel open(
            ClusterPlan plan, TlsContexts tls, InetSocketAddress listen, Predicate<InetAddress> isHere, JoinDesk desk) {
        if (!tls.identity().equals(plan.own().identity())) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot be node " + plan.own().identity() + " with the credentials of " + tls.identity(),
                    "use the credentials file of that node");
        }
        ClusterTunnel tunnel;
        try {
            tunnel = new ClusterTunnel(plan, tls, listen, isHere, desk);
        } catch (IOException e) {
            throw cannotOpen(plan, listen, e);
        }
        try {
            for (ClusterNode node : plan.others()) {
                tunnel.standInFor(node);
            }
            return tunnel;
        } catch (RuntimeException e) {
            tunnel.close();
            throw e;
        }
    }

    /** From now on these are the nodes; connections with those that stay where they are go on. */
    public synchronized void follow(ClusterPlan changed) {
        if (closed || changed.equals(plan)) {
            return;
        }
        plan = changed;
        List<ClusterNode> others = changed.others();
        inlets.entrySet().removeIf(inlet -> {
            boolean gone = !others.contains(inlet.getKey());
            if (gone) {
                inlet.getValue().forEach(Sockets::close);
            }
            return gone;
        });
        for (ClusterNode node : others) {
            try {
                if (!inlets.containsKey(node)) {
                    standInFor(node);
                }
            } catch (WireException e) {
                LOG.error("Node {} cannot be reached from here", node.name(), e);
            }
        }
    }

    private synchronized void standInFor(ClusterNode node) {
        // A node on this machine is called directly: its address is its own here.
        if (node.tunnels().stream().anyMatch(tunnel -> !tunnel.isUnresolved() && isHere.test(tunnel.getAddress()))) {
            return;
        }
        NodeDialer dialer = new NodeDialer(node);
        List<AutoCloseable> opened = new ArrayList<>();
        for (ClusterService service : ClusterService.values()) {
            InetSocketAddress binding = plan.address(node, service);
            try {
                opened.add(TunnelInlet.open(binding, tls, dialer, service));
            } catch (IOException e) {
                opened.forEach(Sockets::close);
                throw cannotOpen(plan, binding, e);
            }
        }
        opened.add(TunnelProof.start(tls, dialer));
        inlets.put(node, opened);
    }

    private static WireException cannotOpen(ClusterPlan plan, InetSocketAddress binding, IOException e) {
        return new WireException(
                ErrorCode.SYSTEM,
                "cannot open the cluster tunnel of " + plan.own().identity() + " at " + binding + ": " + e.getMessage(),
                "See whether another node uses that address (ss -ltnp).",
                e);
    }

    /** Where the tunnel listens on the underlay. */
    public InetSocketAddress address() {
        return outlet.address();
    }

    @Override
    public synchronized void close() {
        closed = true;
        inlets.values().forEach(opened -> opened.forEach(Sockets::close));
        outlet.close();
    }

    private static boolean isHere(InetAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
