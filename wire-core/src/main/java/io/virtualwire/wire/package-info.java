/**
 * One side of a wire: frames cut into messages, agreed with the far side, fenced, flipped, relayed.
 *
 * <p>Knows nothing of keys or sockets: {@link io.virtualwire.wire.WirePath} is the way to a peer daemon. Everything in
 * here runs on the owner thread of the data path and takes its time from outside, so a simulator can run it.
 */
@NullMarked
package io.virtualwire.wire;

import org.jspecify.annotations.NullMarked;
