package io.virtualwire.control;

import java.util.List;

/**
 * The other place of a side that is moving: the successor to relay to, or the predecessor to be relayed from.
 *
 * @param identity the daemon there
 * @param generation the generation that the side has there
 * @param paths where that daemon can be reached, each {@code host:port}
 */
public record RelayDescription(Identity identity, Generation generation, List<String> paths) {
    public RelayDescription {
        paths = List.copyOf(paths);
    }
}
