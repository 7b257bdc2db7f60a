package io.virtualwire.stack;

import io.virtualwire.transport.UdpTransport;
import java.util.List;

/**
 * What a {@link WireStack} leaves to another process while it stands still.
 *
 * @param transports its sockets, one for each owner thread; what arrives waits there
 */
public record Bequest(StackImage image, List<UdpTransport.Held> transports) {}
