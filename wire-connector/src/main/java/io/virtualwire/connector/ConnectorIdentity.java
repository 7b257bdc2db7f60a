package io.virtualwire.connector;

import io.virtualwire.control.Identity;
import java.util.List;

/**
 * Who this connector is to its callers.
 *
 * @param instance another one after each start
 * @param addresses under which it thinks it can be reached
 */
record ConnectorIdentity(Identity identity, String instance, String version, List<String> addresses) {}
