package io.virtualwire.stack;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.identity.Credentials;
import io.virtualwire.linux.NetworkNamespace;
import java.net.InetSocketAddress;

/**
 * What a {@link WireStack} needs to know.
 *
 * @param credentials who this daemon is, and whom it believes
 * @param bind where peers find it, TCP and UDP; port 0 lets the kernel choose one
 * @param limits times and volumes of associations
 * @param underlay where its sockets are
 */
public record StackConfig(
        Credentials credentials, InetSocketAddress bind, AssociationLimits limits, NetworkNamespace underlay) {
    /** Where a connector is found unless its configuration says otherwise. */
    public static final int CONNECTOR_PORT = 7471;

    /** Where a node is found unless its configuration says otherwise. */
    public static final int NODE_PORT = 7481;

    /** On the underlay of the process itself. */
    public StackConfig(Credentials credentials, InetSocketAddress bind, AssociationLimits limits) {
        this(credentials, bind, limits, NetworkNamespace.own());
    }

    /** The same on the underlay of another network namespace. */
    public StackConfig in(NetworkNamespace namespace) {
        return new StackConfig(credentials, bind, limits, namespace);
    }

    /** All addresses of this host, the protocol's limits. */
    public static StackConfig of(Credentials credentials, int port) {
        return new StackConfig(credentials, new InetSocketAddress(port), AssociationLimits.DEFAULT);
    }
}
