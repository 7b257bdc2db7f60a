package io.virtualwire.connector;

import io.virtualwire.association.RelayStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.connector.kernel.Carriage;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.stack.StackDrops;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/**
 * What carries frames, as the connector sees it: each tenant's wires and endpoints are apart from all others'. Safe for use
 * by several threads; each call is over when it returns.
 */
interface DataPlane extends AutoCloseable {

    /** The port on which peers find it. */
    int port();

    /** Throws if the request insists on a backend that this host does not have for it. */
    default void requireBackend(String tenant, ConnectRequest request) {}

    /** Another process has connected this side, which is here now: what carried its frames goes on. */
    default void carryOn(String tenant, ConnectRequest request) {}

    /** What carries the side's frames; empty if only this process was asked to. */
    default Optional<Carriage> carriage(SideKey side) {
        return Optional.empty();
    }

    /** @param role in which the side begins, if the request makes one */
    SideStatus connect(String tenant, ConnectRequest request, Role role);

    /** In the role that the request says. */
    default SideStatus connect(String tenant, ConnectRequest request) {
        return connect(tenant, request, request.options().role());
    }

    void disconnect(SideKey side, Generation generation);

    SideStatus activate(SideKey side);

    SideStatus yieldSide(SideKey side);

    Optional<SideStatus> side(SideKey side);

    /** All that this tenant has. */
    List<SideStatus> sides(String tenant);

    List<AssociationStatus> associations();

    /** What passes from one peer to another, by tenant. */
    default List<RelayStatus> relayed() {
        return List.of();
    }

    /** What was dropped where no side, endpoint or association counts it. */
    StackDrops drops();

    @Override
    void close();
}
