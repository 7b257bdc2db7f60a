package io.virtualwire.client;

import java.util.List;

/**
 * What came of applying a topology.
 *
 * @param version the fabric's topology version from now on
 * @param switches the names of all switches
 * @param added wires that are new, {@code switch/port}
 * @param removed wires that are gone
 * @param unchanged how many wires stayed as they were
 */
public record AppliedTopology(
        long version, List<String> switches, List<String> added, List<String> removed, int unchanged) {
    public AppliedTopology {
        switches = List.copyOf(switches);
        added = List.copyOf(added);
        removed = List.copyOf(removed);
    }
}
