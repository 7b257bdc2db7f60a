package io.virtualwire.topology;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What nodes have last reported of what they see, agreed on so that all tell the same of it.
 *
 * @param ports by the name of the wire that is plugged in there
 * @param absent the nodes that have gone
 */
public record Observations(Map<String, PortReport> ports, Set<String> absent) {
    static final Observations NONE = new Observations(Map.of(), Set.of());

    public Observations {
        ports = Collections.unmodifiableMap(new TreeMap<>(ports));
        absent = Collections.unmodifiableSet(new TreeSet<>(absent));
    }

    /** The last report of a wire's port. */
    public PortReport port(String wire) {
        return ports.getOrDefault(wire, PortReport.UNKNOWN);
    }

    Observations with(Map<String, PortReport> reported) {
        Map<String, PortReport> changed = new TreeMap<>(ports);
        changed.putAll(reported);
        return new Observations(changed, absent);
    }

    Observations with(String node, boolean present) {
        Set<String> changed = new TreeSet<>(absent);
        if (present) {
            changed.remove(node);
        } else {
            changed.add(node);
        }
        return new Observations(ports, changed);
    }

    Observations of(Map<String, WireRecord> wires) {
        Map<String, PortReport> kept = new TreeMap<>(ports);
        kept.keySet().retainAll(wires.keySet());
        return new Observations(kept, absent);
    }
}
