/**
 * Who holds a component, and how it passes to the next: by a move that the user asked for, or by a takeover when its node is
 * lost.
 *
 * <p>{@link io.virtualwire.migration.ComponentKeeper} does on one node what the fabric's log says about one component. It
 * is level-triggered: it looks at the log's state and at what is there, and takes the next step, so that it does not matter
 * which process crashed between which two. The steps on the wires are those of {@link io.virtualwire.handoff}.
 */
@NullMarked
package io.virtualwire.migration;

import org.jspecify.annotations.NullMarked;
