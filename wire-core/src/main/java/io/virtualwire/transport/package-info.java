/**
 * Datagrams on the underlay, in runs ({@link io.virtualwire.transport.Transport}), and the one thread that owns the data
 * path ({@link io.virtualwire.transport.Loop}).
 */
@NullMarked
package io.virtualwire.transport;

import org.jspecify.annotations.NullMarked;
