/**
 * What makes a network of wires: components with ports, run on the owner thread of a node's data path.
 *
 * <p>{@link io.virtualwire.component.Component} is the contract, {@link io.virtualwire.component.SwitchComponent} the
 * learning switch. A component's control side is a Vert.x verticle.
 */
@NullMarked
package io.virtualwire.component;

import org.jspecify.annotations.NullMarked;
