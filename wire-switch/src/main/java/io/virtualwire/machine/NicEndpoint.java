package io.virtualwire.machine;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
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

    /**
     * Takes the endpoint which that connector was told to make of the interface's device, or makes one.
     *
     * @param named whether somebody chose the endpoint's name
     * @return the interface with the endpoint that it has now
     */
    public VmNic attach(HostConnector connector, boolean named) {
        Optional<EndpointDescription> there = connector.endpoints().stream()
                .map(EndpointStatus::endpoint)
                .filter(it -> it.device().equals(nic.device()) && it.namespace().isEmpty())
                .findFirst();
        if (there.isEmpty()) {
            ensure(connector);
            return nic;
        }
        EndpointDescription found = there.get();
        requireFits(found, named);
        return new VmNic(nic.number(), found.name(), nic.mac(), nic.device(), found.mtu());
    }

    private void requireFits(EndpointDescription found, boolean named) {
        String attempt = "cannot attach interface " + nic.number() + " (" + nic.mac() + "): its device " + nic.device()
                + " is endpoint " + found.name();
        if (named && !found.name().equals(nic.endpoint())) {
            throw new WireException(
                    ErrorCode.ALREADY_EXISTS,
                    attempt + " already",
                    "leave out --as, or remove that endpoint first: wire endpoint rm " + found.name());
        }
        if (!found.deviceSide()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    attempt + ", of which the connector holds the descriptor, as QEMU has to",
                    "remove that endpoint, or make it with --device-side: wire endpoint rm " + found.name());
        }
        if (found.mac().filter(mac -> !mac.equals(nic.mac())).isPresent()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    attempt + ", which is for a guest with address "
                            + found.mac().get(),
                    "remove that endpoint first: wire endpoint rm " + found.name());
        }
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
