/** An underlay in memory, for what needs {@link io.virtualwire.transport.Transport}s but no network. */
@NullMarked
package io.virtualwire.testkit.transport;

import org.jspecify.annotations.NullMarked;
