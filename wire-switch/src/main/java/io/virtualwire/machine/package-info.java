/**
 * Virtual machines of the fabric: who moves them, and how their network goes with them; {@link
 * io.virtualwire.topology.VmMovePhase} draws a move.
 */
@NullMarked
package io.virtualwire.machine;

import org.jspecify.annotations.NullMarked;
