package io.virtualwire.association;

import io.virtualwire.transport.Loop;
import io.virtualwire.transport.Transport;

/**
 * An owner thread and its socket.
 *
 * @param transport opened on that thread's loop
 */
public record Berth(Loop loop, Transport transport) {}
