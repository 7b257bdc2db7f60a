package io.virtualwire.metrics;

import io.virtualwire.client.HealthPart;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The part {@value #NAME} of a daemon's health: whether frames can pass wherever they should.
 *
 * <p>A wire has two ends, so a daemon whose part does not do its work may do all of its own: the far end is what is missing.
 */
public final class WireHealth {
    /** How the part is called. */
    public static final String NAME = "wires";

    private static final int MOST_NAMED = 8;

    private WireHealth() {}

    /** @param silent the wires by which nothing passes, each in the words that people use for it */
    public static HealthPart of(List<String> silent) {
        if (silent.isEmpty()) {
            return new HealthPart(NAME, true, "");
        }
        String more = silent.size() > MOST_NAMED ? ", and " + (silent.size() - MOST_NAMED) + " more" : "";
        return new HealthPart(
                NAME,
                false,
                "nothing passes by " + silent.stream().limit(MOST_NAMED).collect(Collectors.joining(", ")) + more);
    }
}
