package io.virtualwire.client;

import java.util.List;
import java.util.Map;

/**
 * A component as its fabric and the node that holds it see it.
 *
 * @param kind {@code switch}
 * @param node the node that holds it; empty while none does
 * @param generation under which that node holds it; 0 while none does
 * @param movingTo where it moves to now; empty if it does not
 * @param state of the instance there: {@code preparing}, {@code deciding} … ; empty if that node did not answer
 * @param addresses what a switch has learned
 * @param counters what became of frames, by name
 */
public record ComponentView(
        String name,
        String kind,
        String node,
        long generation,
        String movingTo,
        String state,
        List<Port> ports,
        List<Address> addresses,
        Map<String, Long> counters) {
    public ComponentView {
        ports = List.copyOf(ports);
        addresses = List.copyOf(addresses);
        counters = Map.copyOf(counters);
    }

    /**
     * A port, and the wire plugged in there.
     *
     * @param endpoint the far end, {@code name@host}
     * @param wire the wire's id
     * @param connected whether frames can pass
     * @param detail what is wrong; empty if nothing is
     * @param vlans which VLANs it carries; empty if everything passes as it comes
     * @param blockedFor the port that leads where this one leads, and for which this one is therefore blocked; empty if it
     *     forwards
     * @param toComponent frames that came in from the wire
     * @param bytesToComponent the Ethernet bytes of these
     * @param fromComponent frames that went out to the wire
     * @param bytesFromComponent the Ethernet bytes of these
     * @param misplacedSources frames that came in from a station that, by a static entry, is behind another port
     * @param filtered frames that came in and that the component let go nowhere, by reason
     */
    public record Port(
            String name,
            String endpoint,
            String wire,
            boolean connected,
            String detail,
            String vlans,
            String blockedFor,
            long toComponent,
            long bytesToComponent,
            long fromComponent,
            long bytesFromComponent,
            long misplacedSources,
            Map<String, Long> filtered,
            Map<String, Long> drops) {
        /** A node of an earlier release leaves out what it does not have. */
        public Port {
            vlans = vlans == null ? "" : vlans;
            blockedFor = blockedFor == null ? "" : blockedFor;
            filtered = filtered == null ? Map.of() : Map.copyOf(filtered);
            drops = Map.copyOf(drops);
        }
    }

    /**
     * A learned address.
     *
     * @param fixed whether it was not learned, but is a static entry
     */
    public record Address(String mac, int vlan, String port, long ageMillis, int moves, boolean fixed) {}
}
