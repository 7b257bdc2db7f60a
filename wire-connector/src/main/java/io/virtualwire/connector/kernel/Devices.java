package io.virtualwire.connector.kernel;

import io.virtualwire.connector.journal.EndpointKey;

/** The endpoints' devices as this process has them open. Safe for every thread. */
@FunctionalInterface
public interface Devices {
    /** Takes no frames from it any more, or again; nothing happens if it is not open. */
    void deafen(EndpointKey endpoint, boolean deaf);
}
