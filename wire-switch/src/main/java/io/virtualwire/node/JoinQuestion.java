package io.virtualwire.node;

import java.util.List;

/**
 * What a node asks another at its tunnel.
 *
 * @param name the asker's
 * @param addresses where its own tunnel listens, each {@code host:port}
 * @param again whether it has been a member before: if it is none any more, it does not want to be one
 */
record JoinQuestion(String name, List<String> addresses, boolean again) {
    JoinQuestion {
        addresses = List.copyOf(addresses);
    }
}
