package io.virtualwire.stack;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.wire.VniSource;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * What a {@link WireStack} needs to know.
 *
 * @param identity who this daemon is, and whom it believes
 * @param bind where peers find it, TCP and UDP; port 0 lets the kernel choose one
 * @param limits times and volumes of associations
 * @param underlay where its sockets are
 * @param quotas how much of it each tenant may use
 * @param threads how many owner threads carry frames, 1 to {@value #MOST_THREADS}
 * @param vnis which legs' frames the kernel may carry
 * @param streamPorts TCP ports on which peers may dial it besides
 */
public record StackConfig(
        OwnIdentity identity,
        InetSocketAddress bind,
        AssociationLimits limits,
        NetworkNamespace underlay,
        TenantQuotas quotas,
        int threads,
        VniSource vnis,
        List<Integer> streamPorts) {
    /** More owner threads than this are not possible: lanes are pairs of them, and a datagram has 8 bits for its lane. */
    public static final int MOST_THREADS = 16;

    /** Where a connector is found unless its configuration says otherwise. */
    public static final int CONNECTOR_PORT = 7471;

    /** Where a node is found unless its configuration says otherwise. */
    public static final int NODE_PORT = 7481;

    /** On the underlay of the process itself. */
    public StackConfig(OwnIdentity identity, InetSocketAddress bind, AssociationLimits limits) {
        this(identity, bind, limits, NetworkNamespace.own(), TenantQuotas.UNLIMITED, 1, VniSource.NONE, List.of());
    }

    /** On the underlay of the process itself, with credentials that are not renewed. */
    public StackConfig(Credentials credentials, InetSocketAddress bind, AssociationLimits limits) {
        this(OwnIdentity.of(credentials), bind, limits);
    }

    /** The same on the underlay of another network namespace. */
    public StackConfig in(NetworkNamespace namespace) {
        return new StackConfig(identity, bind, limits, namespace, quotas, threads, vnis, streamPorts);
    }

    /** The same for several tenants. */
    public StackConfig within(TenantQuotas tenants) {
        return new StackConfig(identity, bind, limits, underlay, tenants, threads, vnis, streamPorts);
    }

    /** The same with so many owner threads. */
    public StackConfig with(int ownerThreads) {
        return new StackConfig(identity, bind, limits, underlay, quotas, ownerThreads, vnis, streamPorts);
    }

    /** The same, past which the kernel may carry some frames. */
    public StackConfig beside(VniSource kernel) {
        return new StackConfig(identity, bind, limits, underlay, quotas, threads, kernel, streamPorts);
    }

    /** The same, dialled on these TCP ports, too. */
    public StackConfig alsoOn(List<Integer> ports) {
        return new StackConfig(identity, bind, limits, underlay, quotas, threads, vnis, List.copyOf(ports));
    }

    /** All addresses of this host, the protocol's limits. */
    public static StackConfig of(Credentials credentials, int port) {
        return new StackConfig(credentials, new InetSocketAddress(port), AssociationLimits.DEFAULT);
    }
}
