package io.virtualwire.stack;

import io.virtualwire.association.AssociationsImage;
import io.virtualwire.wire.EngineImage;

/**
 * The memory of a {@link WireStack}, as one process leaves it to the next on the same host, without what only a kernel can
 * pass on: the descriptors of sockets and devices. It holds keys and is never written down.
 */
public record StackImage(AssociationsImage associations, EngineImage engine) {}
