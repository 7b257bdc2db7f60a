package io.virtualwire.migration;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.handoff.HandoffWires;
import io.virtualwire.port.Port;

/**
 * The wire stack of this node, as keepers use it; on the owner thread.
 *
 * <p>{@link #yield}, {@link #activate} and {@link #disconnect} never throw: a step that covers all ports is not to stop half
 * way because one of them is gone.
 */
public interface NodeWires extends HandoffWires {

    /**
     * Makes or completes a side of this node.
     *
     * @throws io.virtualwire.control.WireException as {@link io.virtualwire.wire.WireEngine#connect}
     */
    void connect(ConnectRequest request);

    void addPort(String endpoint, Port port);

    void removePort(String endpoint);
}
