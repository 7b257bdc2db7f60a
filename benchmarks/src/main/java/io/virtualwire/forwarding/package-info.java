/** Benchmarks of the bridge's decision. */
@NullMarked
package io.virtualwire.forwarding;

import org.jspecify.annotations.NullMarked;
