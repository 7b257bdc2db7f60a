package io.virtualwire.connector.endpoint;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.EndpointKey;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which endpoints' frames the kernel carries past this process: what who opens devices and who steers the kernel have in
 * common. Safe for every thread.
 */
public final class Bypass {
    private final Map<EndpointKey, EndpointDescription> known = new ConcurrentHashMap<>();
    private final Map<EndpointKey, Integer> openings = new ConcurrentHashMap<>();
    private final Set<EndpointKey> carried = ConcurrentHashMap.newKeySet();

    /** There is, or is to be, such an endpoint. */
    public void know(EndpointKey key, EndpointDescription endpoint) {
        known.put(key, endpoint);
    }

    void opened(EndpointKey key) {
        openings.merge(key, 1, Integer::sum);
    }

    void forget(EndpointKey key) {
        known.remove(key);
        openings.remove(key);
        carried.remove(key);
    }

    public Optional<EndpointDescription> endpoint(EndpointKey key) {
        return Optional.ofNullable(known.get(key));
    }

    /** How often its device was opened; each time it may have been another. */
    public int openings(EndpointKey key) {
        return openings.getOrDefault(key, 0);
    }

    public boolean carries(EndpointKey key) {
        return carried.contains(key);
    }

    /** From the next opening of its device on. */
    public void carry(EndpointKey key, boolean past) {
        if (past) {
            carried.add(key);
        } else {
            carried.remove(key);
        }
    }
}
