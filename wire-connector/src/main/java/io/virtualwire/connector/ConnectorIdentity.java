package io.virtualwire.connector;

import io.virtualwire.control.Identity;
import io.virtualwire.identity.OwnIdentity;
import java.util.List;

/**
 * Who this connector is to its callers.
 *
 * @param instance another one after each start
 * @param addresses under which it thinks it can be reached
 */
record ConnectorIdentity(OwnIdentity self, String instance, String version, List<String> addresses) {
    Identity identity() {
        return self.identity();
    }
}
