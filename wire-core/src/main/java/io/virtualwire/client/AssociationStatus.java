package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.virtualwire.control.Identity;
import java.util.Map;
import java.util.Optional;

/**
 * The connection between two daemons that all their wires share.
 *
 * @param address where datagrams to the peer go
 * @param way what carries them: {@code direct}, {@code tcp} or {@code relay}; an earlier release does not say
 * @param up whether a session is ready
 * @param roundTripMicros the last measured round trip
 * @param datagramBytes the largest UDP payload that the path is known to carry
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record AssociationStatus(
        Identity peer,
        Optional<String> address,
        Optional<String> way,
        boolean up,
        Optional<String> cipher,
        Optional<Long> roundTripMicros,
        int datagramBytes,
        Map<String, Long> counters,
        Map<String, Long> drops) {
    public AssociationStatus {
        counters = Map.copyOf(counters);
        drops = Map.copyOf(drops);
    }

    /** The same, without what tells of the traffic that shares it. */
    public AssociationStatus withoutTraffic() {
        return new AssociationStatus(
                peer, address, way, up, cipher, roundTripMicros, datagramBytes, Map.of(), Map.of());
    }
}
