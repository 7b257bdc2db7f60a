/** Pure forwarding decisions of a learning bridge. */
@NullMarked
package io.virtualwire.forwarding;

import org.jspecify.annotations.NullMarked;
