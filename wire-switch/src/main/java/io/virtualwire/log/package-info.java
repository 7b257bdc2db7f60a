/**
 * The one truth of a user's fabric: commands in an order on which a majority of nodes has agreed and which each of
 * them has on its disk. {@link io.virtualwire.log.FabricLog} is the contract; only this package touches Raft.
 */
@NullMarked
package io.virtualwire.log;

import org.jspecify.annotations.NullMarked;
