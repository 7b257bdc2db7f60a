package io.virtualwire.client;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.List;

/**
 * Whether a node is to be emptied, and how far that is.
 *
 * @param draining whether it takes nothing
 * @param components the switches that it still holds
 * @param moves the virtual machines whose moves it still drives
 */
public record NodeDrain(String node, boolean draining, List<String> components, List<String> moves) {
    public NodeDrain {
        components = List.copyOf(components);
        moves = List.copyOf(moves);
    }

    /** Whether nothing is left there. */
    @JsonIgnore
    public boolean isEmpty() {
        return components.isEmpty() && moves.isEmpty();
    }
}
