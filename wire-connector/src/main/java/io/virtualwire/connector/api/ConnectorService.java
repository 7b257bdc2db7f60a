package io.virtualwire.connector.api;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.ConnectorVersion;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.SideFence;
import io.virtualwire.client.WireStatus;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.List;

/**
 * What a connector can be asked; every method says who asks.
 *
 * <ol>
 *   <li>Every mutation may be repeated: the second time it changes nothing and answers the same.
 *   <li>A mutation that was answered survives the process.
 *   <li>One that was refused with a {@code WireException} has changed nothing.
 *   <li>A caller sees and touches only what is its tenant's.
 *   <li>Calls may block, and come from many threads.
 * </ol>
 */
public interface ConnectorService {
    /** Asked before every other call; throws if the caller may ask nothing, or nothing more now. */
    void admit(Identity caller);

    ConnectorHealth health(Identity caller);

    ConnectorVersion version();

    /** What there is to measure, as Prometheus reads it; all tenants' for the operator. */
    String metrics(Identity caller);

    List<EndpointStatus> endpoints(Identity caller);

    EndpointStatus putEndpoint(Identity caller, EndpointDescription endpoint);

    void removeEndpoint(Identity caller, String name, boolean force);

    List<WireStatus> wires(Identity caller);

    List<WireStatus> wire(Identity caller, WireId wire);

    /** The highest generation of a side that is remembered. */
    SideFence fence(Identity caller, WireId wire, Side side);

    WireStatus connect(Identity caller, ConnectRequest request);

    void disconnect(Identity caller, WireId wire, Side side, Generation generation);

    WireStatus activate(Identity caller, WireId wire, Side side, Generation generation);

    List<AssociationStatus> associations(Identity caller);

    /**
     * Reads the configuration file again; for the operator only.
     *
     * @param enforce whether what no grant covers any more is taken away
     */
    ReloadReport reload(Identity caller, boolean enforce);

    /** Whether it drains, and what of all tenants is still there; for the operator. */
    DrainStatus drainStatus(Identity caller);

    /** Takes nothing new from now on; for the operator. */
    DrainStatus drain(Identity caller);

    /** Takes new endpoints and wires again; for the operator. */
    DrainStatus cancelDrain(Identity caller);
}
