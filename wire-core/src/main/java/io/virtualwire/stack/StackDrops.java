package io.virtualwire.stack;

import io.virtualwire.port.DropReason;
import java.util.Map;

/**
 * What a daemon has dropped where neither a side nor a port counts it.
 *
 * @param datagrams datagrams that were not believed, or could not be sent for want of a session
 * @param messages authentic messages that named no wire of this daemon
 * @param underlay what the sockets could not send or receive
 * @param refusedHandshakes connections whose peer did not prove who it is
 */
public record StackDrops(
        Map<DropReason, Long> datagrams,
        Map<DropReason, Long> messages,
        Map<DropReason, Long> underlay,
        long refusedHandshakes) {
    public StackDrops {
        datagrams = Map.copyOf(datagrams);
        messages = Map.copyOf(messages);
        underlay = Map.copyOf(underlay);
    }
}
