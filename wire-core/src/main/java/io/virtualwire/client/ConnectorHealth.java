package io.virtualwire.client;

import io.virtualwire.control.Identity;
import java.util.List;

/**
 * Who a connector is and how it does.
 *
 * @param status {@code ok}, or {@code degraded} if there are problems
 * @param instance another one after each start
 * @param dataPort the UDP and TCP port of its associations
 * @param addresses under which the host thinks it can be reached, without port, in order of preference
 * @param streamPorts TCP ports on which peers may dial it besides; an earlier release has none
 * @param endpoints how many the caller has here
 * @param wires how many sides the caller has here
 * @param clockMillis the time there, since 1970 in UTC; 0 from an earlier release
 * @param draining whether it takes no new endpoints and wires
 * @param problems what an operator should look at, one sentence each
 * @param ready whether it can do all that is asked of it
 * @param parts what it consists of
 */
public record ConnectorHealth(
        String status,
        Identity identity,
        String instance,
        String version,
        int dataPort,
        List<String> addresses,
        List<Integer> streamPorts,
        int endpoints,
        int wires,
        long clockMillis,
        boolean draining,
        List<String> problems,
        boolean ready,
        List<HealthPart> parts) {
    public ConnectorHealth {
        addresses = List.copyOf(addresses);
        streamPorts = streamPorts == null ? List.of() : List.copyOf(streamPorts);
        problems = List.copyOf(problems);
        // An earlier release has none.
        parts = parts == null ? List.of() : List.copyOf(parts);
    }
}
