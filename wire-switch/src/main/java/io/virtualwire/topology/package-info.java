/**
 * What the user wants and what the fabric has agreed on: the topology file, the desired state, and the commands that
 * change it.
 *
 * <p>{@link io.virtualwire.topology.Topology} is the user's file; {@link io.virtualwire.topology.FabricState} is what a
 * majority of nodes has agreed to make of it; {@link io.virtualwire.topology.FabricStateMachine} is the only way from one
 * state to the next. All of it is pure: time, identity and randomness travel in the commands.
 */
@NullMarked
package io.virtualwire.topology;

import org.jspecify.annotations.NullMarked;
