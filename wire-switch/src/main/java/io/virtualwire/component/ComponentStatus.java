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
     * @param vlans which VLANs it carries; empty if everything passes as it comes
     * @param blockedFor the port that leads where this one leads, and for which this one is therefore blocked; empty if it
     *     forwards
     * @param toComponent frames that came in from the wire
     * @param bytesToComponent the Ethernet bytes of these
     * @param fromComponent frames that went out to the wire, the component's own probes left out
     * @param bytesFromComponent the Ethernet bytes of these
     * @param misplacedSources frames that came in from a station that, by a static entry, is behind another port; they were
     *     passed on, but not learned from
     * @param filtered frames that came in and that the component let go nowhere, by reason
     */
    public record PortStatus(
            String name,
            String vlans,
            String blockedFor,
            long toComponent,
            long bytesToComponent,
            long fromComponent,
            long bytesFromComponent,
            long misplacedSources,
            Map<String, Long> filtered,
            Map<String, Long> drops) {
        public PortStatus {
            filtered = Map.copyOf(filtered);
            drops = Map.copyOf(drops);
        }
    }

    /**
     * An address that a switch has learned, as people write it.
     *
     * @param fixed whether it was not learned, but is a static entry
     */
    public record LearnedAddress(String mac, int vlan, String port, long ageMillis, int moves, boolean fixed) {}
}
