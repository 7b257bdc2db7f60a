/**
 * Where frames enter and leave: {@link io.virtualwire.port.Port} is the contract, and every frame that does not come
 * through is counted under a {@link io.virtualwire.port.DropReason}.
 */
@NullMarked
package io.virtualwire.port;

import org.jspecify.annotations.NullMarked;
