/**
 * Pure forwarding decisions of a learning bridge: which port a frame leaves by, and why it does not leave.
 *
 * <p>{@link io.virtualwire.forwarding.Bridge} decides with primitives and allocates nothing;
 * {@link io.virtualwire.forwarding.ForwardingDatabase} is what it has learned. Neither knows of frames, wires or time:
 * all three come from outside.
 */
@NullMarked
package io.virtualwire.forwarding;

import org.jspecify.annotations.NullMarked;
