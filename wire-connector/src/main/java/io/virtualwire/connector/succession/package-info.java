/**
 * How a running connector leaves everything to its successor, a newer release say, over a socket in the state folder: without
 * a frame lost, and so that at every moment exactly one of the two is the connector.
 */
@NullMarked
package io.virtualwire.connector.succession;

import org.jspecify.annotations.NullMarked;
