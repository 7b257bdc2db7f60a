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
import java.util.List;
import java.util.function.Predicate;

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
 * Who does not prove to be a node of the plan gets no further than the handshake.
 */
public final class ClusterTunnel implements AutoCloseable {
    private final TunnelOutlet outlet;
    private final List<AutoCloseable> inlets;

    private ClusterTunnel(TunnelOutlet outlet, List<AutoCloseable> inlets) {
        this.outlet = outlet;
        this.inlets = inlets;
    }

    /** Opens the tunnel, listening at this node's own tunnel address. */
    public static ClusterTunnel open(ClusterPlan plan, TlsContexts tls) {
        return open(plan, tls, plan.own().tunnel());
    }

    /** Opens the tunnel where the address to listen at is not the one that the others call, as behind a NAT. */
    public static ClusterTunnel open(ClusterPlan plan, TlsContexts tls, InetSocketAddress listen) {
        return open(plan, tls, listen, ClusterTunnel::isHere);
    }

    static ClusterTunnel open(
            ClusterPlan plan, TlsContexts tls, InetSocketAddress listen, Predicate<InetAddress> isHere) {
        if (!tls.identity().equals(plan.own().identity())) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "cannot be node " + plan.own().identity() + " with the credentials of " + tls.identity(),
                    "use the credentials file of that node");
        }
        List<AutoCloseable> opened = new ArrayList<>();
        InetSocketAddress binding = listen;
        try {
            TunnelOutlet outlet =
                    TunnelOutlet.open(listen, tls, plan::isPeer, service -> plan.address(plan.own(), service));
            opened.add(outlet);
            List<AutoCloseable> inlets = new ArrayList<>();
            for (ClusterNode node : plan.others()) {
                // A node on this machine is called directly: its address is its own here.
                if (!node.tunnel().isUnresolved() && isHere.test(node.tunnel().getAddress())) {
                    continue;
                }
                for (ClusterService service : ClusterService.values()) {
                    binding = plan.address(node, service);
                    TunnelInlet inlet = TunnelInlet.open(binding, tls, node, service);
                    opened.add(inlet);
                    inlets.add(inlet);
                }
                TunnelProof proof = TunnelProof.start(tls, node);
                opened.add(proof);
                inlets.add(proof);
            }
            return new ClusterTunnel(outlet, List.copyOf(inlets));
        } catch (IOException e) {
            opened.forEach(Sockets::close);
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot open the cluster tunnel of " + plan.own().identity() + " at " + binding + ": "
                            + e.getMessage(),
                    "See whether another node uses that address (ss -ltnp).",
                    e);
        }
    }

    /** Where the tunnel listens on the underlay. */
    public InetSocketAddress address() {
        return outlet.address();
    }

    @Override
    public void close() {
        inlets.forEach(Sockets::close);
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
