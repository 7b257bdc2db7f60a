package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An endpoint as its connector sees it.
 *
 * @param id the endpoint's full name, {@code tenant/host/name}
 * @param up whether frames can pass
 * @param problem why not, and what to do
 * @param wires the sides connected to it, each {@code wire/side}
 * @param counters frames and bytes so far, by name
 * @param drops frames dropped so far, by reason
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record EndpointStatus(
        String id,
        EndpointDescription endpoint,
        boolean up,
        Optional<String> problem,
        List<String> wires,
        Map<String, Long> counters,
        Map<String, Long> drops) {
    public EndpointStatus {
        wires = List.copyOf(wires);
        counters = Map.copyOf(counters);
        drops = Map.copyOf(drops);
    }

    public String name() {
        return endpoint.name();
    }
}
