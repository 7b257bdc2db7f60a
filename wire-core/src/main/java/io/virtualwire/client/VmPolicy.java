package io.virtualwire.client;

import java.util.List;

/**
 * Whether a virtual machine's wires follow it when somebody else has moved it.
 *
 * @param follow {@code rarp}: by its own announcement; {@code never}
 * @param places the hosts where it may appear; empty for all of the fabric's
 */
public record VmPolicy(String follow, List<String> places) {
    public static final String NEVER = "never";
    public static final String RARP = "rarp";

    public VmPolicy {
        places = List.copyOf(places);
    }
}
