package io.virtualwire.stack;

import io.virtualwire.port.Port;
import io.virtualwire.wire.Activation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which owner thread has which endpoint, and the ports of those that have one. Any thread. */
final class Places {
    private final Map<String, Integer> threads = new ConcurrentHashMap<>();
    private final Map<String, Plugged> plugged = new ConcurrentHashMap<>();

    /** A port, and how it activates its side. */
    record Plugged(Port port, Activation activation) {}

    /** The thread that has the endpoint; {@code otherwise} if none has. */
    int of(String endpoint, int otherwise) {
        return threads.getOrDefault(endpoint, otherwise);
    }

    void put(String endpoint, int thread) {
        threads.put(endpoint, thread);
    }

    void forget(String endpoint) {
        threads.remove(endpoint);
    }

    Optional<Plugged> plugged(String endpoint) {
        return Optional.ofNullable(plugged.get(endpoint));
    }

    /** Remembers the endpoint's port; the former one. */
    Optional<Plugged> plug(String endpoint, Plugged port) {
        return Optional.ofNullable(plugged.put(endpoint, port));
    }

    Optional<Plugged> unplug(String endpoint) {
        return Optional.ofNullable(plugged.remove(endpoint));
    }

    /** The ports that are on this thread. */
    Collection<Port> on(int thread) {
        return List.copyOf(plugged.entrySet()).stream()
                .filter(each -> of(each.getKey(), 0) == thread)
                .map(each -> each.getValue().port())
                .toList();
    }
}
