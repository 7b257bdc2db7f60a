package io.virtualwire.connector.journal;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.JournalEntry.EndpointPut;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a ledger has, counted as it changes: with ten thousand wires nobody goes through all of them to make one more. */
final class Census {
    private record Device(Optional<String> namespace, String name) {
        static Device of(EndpointDescription endpoint) {
            return new Device(endpoint.namespace(), endpoint.device());
        }
    }

    private final Map<String, Integer> endpoints = new HashMap<>();
    private final Map<String, Integer> sides = new HashMap<>();
    private final Map<Integer, Integer> versions = new HashMap<>();
    private final Map<Device, EndpointKey> devices = new HashMap<>();

    void add(EndpointKey key, EndpointDescription endpoint) {
        endpoints.merge(key.tenant(), 1, Integer::sum);
        versions.merge(EndpointPut.versionOf(endpoint), 1, Integer::sum);
        devices.put(Device.of(endpoint), key);
    }

    void remove(EndpointKey key, EndpointDescription endpoint) {
        endpoints.computeIfPresent(key.tenant(), (it, count) -> less(count));
        versions.computeIfPresent(EndpointPut.versionOf(endpoint), (it, count) -> less(count));
        devices.remove(Device.of(endpoint), key);
    }

    void add(LedgerSide side) {
        if (side.isConnected()) {
            sides.merge(side.tenant(), 1, Integer::sum);
        }
    }

    void remove(LedgerSide side) {
        if (side.isConnected()) {
            sides.computeIfPresent(side.tenant(), (it, count) -> less(count));
        }
    }

    /* Without an entry when there are none: tenants come and go. */
    @SuppressWarnings("NullAway") // null takes the entry away
    private static Integer less(int count) {
        return count == 1 ? null : count - 1;
    }

    int endpointsOf(String tenant) {
        return endpoints.getOrDefault(tenant, 0);
    }

    int sidesOf(String tenant) {
        return sides.getOrDefault(tenant, 0);
    }

    /** Whose endpoint has this device. */
    Optional<EndpointKey> holderOf(EndpointDescription endpoint) {
        return Optional.ofNullable(devices.get(Device.of(endpoint)));
    }

    /** The lowest journal version that can say all the endpoints. */
    int journalVersion() {
        return versions.keySet().stream().mapToInt(it -> it).max().orElse(JournalFrame.FIRST_VERSION);
    }
}
