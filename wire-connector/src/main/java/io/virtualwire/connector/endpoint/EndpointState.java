package io.virtualwire.connector.endpoint;

import java.util.Map;
import java.util.Optional;

/**
 * How an endpoint does.
 *
 * @param problem why it is not up
 */
public record EndpointState(boolean up, Optional<String> problem, Map<String, Long> counters, Map<String, Long> drops) {

    public static EndpointState down(String problem) {
        return new EndpointState(false, Optional.of(problem), Map.of(), Map.of());
    }
}
