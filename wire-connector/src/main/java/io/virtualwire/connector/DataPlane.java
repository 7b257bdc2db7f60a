package io.virtualwire.connector;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.journal.SideKey;
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

    /** What was dropped where no side, endpoint or association counts it. */
    StackDrops drops();

    @Override
    void close();
}
