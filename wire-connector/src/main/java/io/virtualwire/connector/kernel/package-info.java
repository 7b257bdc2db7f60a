/** Wires whose frames the kernel carries past the connector: what the wire stack agrees on, done to {@link io.virtualwire.kernel.CrossConnect}. */
@NullMarked
package io.virtualwire.connector.kernel;

import org.jspecify.annotations.NullMarked;
