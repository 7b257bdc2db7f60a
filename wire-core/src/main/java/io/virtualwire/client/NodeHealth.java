package io.virtualwire.client;

import io.virtualwire.control.Identity;
import java.util.List;

/**
 * Who a node is and how it does.
 *
 * @param ready whether it can do all that is asked of it
 * @param name how topologies and migrations call it
 * @param parts what it consists of
 */
public record NodeHealth(boolean ready, String name, Identity identity, List<HealthPart> parts) {
    public NodeHealth {
        parts = List.copyOf(parts);
    }
}
