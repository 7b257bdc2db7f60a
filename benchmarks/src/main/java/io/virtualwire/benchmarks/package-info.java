/** JMH benchmarks of the paths that every frame takes. */
@NullMarked
package io.virtualwire.benchmarks;

import org.jspecify.annotations.NullMarked;
