package io.virtualwire.connector.admission;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.OptionalInt;

/**
 * What one tenant may touch on this host. An empty list allows nothing of its kind.
 *
 * @param devices names of network devices that its endpoints may be
 * @param namespaces network namespaces in which they may be; {@code -} is the connector's own
 * @param destinations underlay addresses towards which its wires may go; empty: only those that dial this host
 * @param maxEndpoints how many endpoints; none given: as many as it likes
 * @param maxWires how many sides of wires; none given: as many as it likes
 */
public record Grant(
        String tenant,
        List<NamePattern> devices,
        List<NamePattern> namespaces,
        List<AddressBlock> destinations,
        @JsonProperty("max-endpoints") OptionalInt maxEndpoints,
        @JsonProperty("max-wires") OptionalInt maxWires) {
    private static final NamePattern ANY = NamePattern.of("*");

    public Grant {
        devices = devices == null ? List.of() : List.copyOf(devices);
        namespaces = namespaces == null ? List.of() : List.copyOf(namespaces);
        destinations = destinations == null ? List.of() : List.copyOf(destinations);
        maxEndpoints = maxEndpoints == null ? OptionalInt.empty() : maxEndpoints;
        maxWires = maxWires == null ? OptionalInt.empty() : maxWires;
    }

    /** All there is, for the tenant that runs the host itself. */
    public static Grant everything(String tenant) {
        return new Grant(
                tenant,
                List.of(ANY),
                List.of(ANY),
                List.of(AddressBlock.parse("0.0.0.0/0"), AddressBlock.parse("::/0")),
                OptionalInt.empty(),
                OptionalInt.empty());
    }
}
