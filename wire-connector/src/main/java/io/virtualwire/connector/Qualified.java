package io.virtualwire.connector;

import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Role;

/** A tenant's request as the data plane, which knows no tenants, is told it. */
final class Qualified {
    private Qualified() {}

    static ConnectRequest request(String tenant, ConnectRequest asked) {
        return request(tenant, asked, asked.options().role());
    }

    static ConnectRequest request(String tenant, ConnectRequest asked, Role role) {
        return new ConnectRequest(
                asked.wire(),
                asked.side(),
                asked.generation(),
                new EndpointKey(tenant, asked.endpoint()).toString(),
                asked.peer(),
                new ConnectOptions(role, asked.options().plain()),
                asked.relayTo(),
                asked.relayFrom());
    }
}
