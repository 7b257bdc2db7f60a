package io.virtualwire.connector;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.endpoint.EndpointState;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Endpoints without devices. A device named {@code broken} cannot be plugged. */
final class FakeEndpointHost implements EndpointHost {
    private final Set<EndpointKey> plugged = ConcurrentHashMap.newKeySet();

    @Override
    public void plug(EndpointKey key, EndpointDescription endpoint) {
        if (endpoint.device().equals("broken")) {
            throw new WireException(ErrorCode.SYSTEM, "cannot open /dev/net/tun", "load the module");
        }
        plugged.add(key);
    }

    @Override
    public void unplug(EndpointKey key, boolean forget) {
        plugged.remove(key);
    }

    @Override
    public boolean check(EndpointKey key) {
        return plugged.contains(key);
    }

    @Override
    public EndpointState state(EndpointKey key) {
        return check(key)
                ? new EndpointState(true, Optional.empty(), Map.of("framesFromGuest", 7L), Map.of("exceeds_mtu", 1L))
                : EndpointState.down("not plugged");
    }
}
