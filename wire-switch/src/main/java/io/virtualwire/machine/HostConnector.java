package io.virtualwire.machine;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.List;

/** What a move asks of one host's connector; as {@link io.virtualwire.client.ConnectorClient}. Calls may block. */
public interface HostConnector {

    /** Whether it takes nothing new. */
    boolean isDraining();

    List<EndpointStatus> endpoints();

    EndpointStatus putEndpoint(EndpointDescription endpoint);

    void removeEndpoint(String name);

    List<WireStatus> wire(WireId wire);

    WireStatus activate(WireId wire, Side side, Generation generation);
}
