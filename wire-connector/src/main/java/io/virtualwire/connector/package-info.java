/** The host daemon: it holds endpoints and plugs wires between them. */
@NullMarked
package io.virtualwire.connector;

import org.jspecify.annotations.NullMarked;
