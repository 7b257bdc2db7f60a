/**
 * The whole data path as one object, {@link io.virtualwire.stack.WireStack}: what a connector and a node embed.
 */
@NullMarked
package io.virtualwire.stack;

import org.jspecify.annotations.NullMarked;
