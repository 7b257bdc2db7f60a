package io.virtualwire.stack;

import io.virtualwire.transport.UdpTransport;

/**
 * What a {@link WireStack} leaves to another process while it stands still.
 *
 * @param transport its socket; what arrives waits there
 */
public record Bequest(StackImage image, UdpTransport.Held transport) {}
