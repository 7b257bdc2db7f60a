package io.virtualwire.connector;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/**
 * What carries frames, as the connector sees it. Endpoints are named {@code tenant/name} here. Safe for use by several
 * threads; each call is over when it returns.
 */
interface DataPlane extends AutoCloseable {

    /** The port on which peers find it. */
    int port();

    SideStatus connect(ConnectRequest request);

    void disconnect(WireId wire, Side side, Generation generation);

    SideStatus activate(WireId wire, Side side);

    SideStatus yieldSide(WireId wire, Side side);

    Optional<SideStatus> side(WireId wire, Side side);

    List<SideStatus> sides();

    List<AssociationStatus> associations();

    @Override
    void close();
}
