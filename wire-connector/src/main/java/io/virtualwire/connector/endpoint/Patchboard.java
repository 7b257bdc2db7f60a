package io.virtualwire.connector.endpoint;

import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.port.PortCounters;
import io.virtualwire.wire.Activation;

/** Where endpoints are plugged into the data path. Safe for use by every thread. */
public interface Patchboard {

    /**
     * Gives an endpoint its port, in place of the one that it had.
     *
     * @param hold becomes the port's, which closes it when it is removed
     * @return what passes the port from now on
     */
    PortCounters add(EndpointKey endpoint, Hold hold, int mtu, Activation activation);

    /** Takes the endpoint's port away and closes it; returns when that is done. */
    void remove(EndpointKey endpoint);
}
