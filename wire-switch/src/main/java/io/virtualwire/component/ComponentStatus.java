package io.virtualwire.component;

import java.util.List;
import java.util.Map;

/**
 * A component as people see it.
 *
 * @param kind {@code switch}
 * @param ports in order of their names
 * @param addresses what a switch has learned, ordered by VLAN and address
 * @param counters what became of frames, by name
 */
public record ComponentStatus(
        String name,
        String kind,
        boolean deciding,
        List<PortStatus> ports,
        List<LearnedAddress> addresses,
        Map<String, Long> counters) {
    public ComponentStatus {
        ports = List.copyOf(ports);
        addresses = List.copyOf(addresses);
        counters = Map.copyOf(counters);
    }

    /**
     * A port of a component.
     *
     * @param toComponent frames that came in from the wire
     * @param fromComponent frames that went out to the wire
     */
    public record PortStatus(String name, long toComponent, long fromComponent, Map<String, Long> drops) {
        public PortStatus {
            drops = Map.copyOf(drops);
        }
    }

    /** An address that a switch has learned, as people write it. */
    public record LearnedAddress(String mac, int vlan, String port, long ageMillis, int moves) {}
}
