package io.virtualwire.connector;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.OwnIdentity;
import java.util.List;

/**
 * Who this connector is to its callers.
 *
 * @param instance another one after each start
 * @param addresses under which it thinks it can be reached
 * @param streamPorts TCP ports on which peers may dial it besides
 */
record ConnectorIdentity(
        OwnIdentity self, String instance, String version, List<String> addresses, List<Integer> streamPorts) {
    /** Dialled on one port only. */
    ConnectorIdentity(OwnIdentity self, String instance, String version, List<String> addresses) {
        this(self, instance, version, addresses, List.of());
    }

    Identity identity() {
        return self.identity();
    }
}
