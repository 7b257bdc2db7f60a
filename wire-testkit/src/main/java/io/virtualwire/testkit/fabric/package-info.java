/**
 * A whole fabric in one thread and virtual time: real wire engines, a network that loses, delays and reorders, daemons that
 * crash, guests that number what they send, and a ledger that checks the invariants of docs/wire-protocol.md section 8.
 *
 * <p>Everything that happens follows from a seed. Begin at {@link io.virtualwire.testkit.fabric.VirtualFabric}.
 */
@NullMarked
package io.virtualwire.testkit.fabric;

import org.jspecify.annotations.NullMarked;
