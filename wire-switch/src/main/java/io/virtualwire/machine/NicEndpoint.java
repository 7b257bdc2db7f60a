package io.virtualwire.machine;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.topology.VmNic;
import java.util.Optional;

/** A virtual machine's interface as an endpoint: QEMU has the descriptor, the connector the other side. */
public final class NicEndpoint {
    private final VmNic nic;

    public NicEndpoint(VmNic nic) {
        this.nic = nic;
    }

    /** Makes it there: the TAP, too, unless somebody else made it. */
    public void ensure(HostConnector connector) {
        try {
            connector.putEndpoint(described(false));
        } catch (WireException e) {
            if (e.code() != ErrorCode.ALREADY_EXISTS) {
                throw e;
            }
            connector.putEndpoint(described(true));
        }
    }

    private EndpointDescription described(boolean existing) {
        return new EndpointDescription(
                nic.endpoint(), nic.device(), Optional.empty(), existing, nic.mtu(), Optional.of(nic.mac()), true);
    }
}
