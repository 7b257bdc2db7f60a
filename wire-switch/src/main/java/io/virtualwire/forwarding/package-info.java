/**
 * Pure forwarding decisions of a learning bridge: which port a frame leaves by, and why it does not leave.
 *
 * <p>{@link io.virtualwire.forwarding.Bridge} decides with primitives and allocates nothing;
 * {@link io.virtualwire.forwarding.ForwardingDatabase} is what it has learned, {@link
 * io.virtualwire.forwarding.BridgeSettings} what the user has set up, and {@link io.virtualwire.forwarding.LoopGuard} says
 * which ports are superfluous. None of them knows of frames, wires or time:
 * all three come from outside.
 */
@NullMarked
package io.virtualwire.forwarding;

import org.jspecify.annotations.NullMarked;
