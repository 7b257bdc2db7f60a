package io.virtualwire.machine;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.topology.HostSpec;

/** Where virtual machines are: the connectors and the hypervisors of hosts. Calls may block, and fail. */
public interface MachineHosts {

    HostConnector connector(String host, HostSpec spec);

    /** That host, as it is reached from here. */
    default HostSpec near(HostSpec spec) {
        return spec;
    }

    /** The hypervisor of that host; the same object for the same host. */
    Hypervisor hypervisor(String host, HostSpec spec);
}
