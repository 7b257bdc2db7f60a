/**
 * How a component passes from its old instance to its new one, all ports at once (docs/wire-protocol.md section 7).
 *
 * <p>Pure state machines on the owner thread: who is chosen and agreed is the fabric log's matter, what happens on wires is the
 * engine's. {@link io.virtualwire.handoff.HandoffSource} is the old place, {@link io.virtualwire.handoff.HandoffTarget} the
 * new one; nodes and the simulator run the same code.
 */
@NullMarked
package io.virtualwire.handoff;

import org.jspecify.annotations.NullMarked;
