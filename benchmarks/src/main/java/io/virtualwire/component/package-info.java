/** JMH benchmarks of components. */
@NullMarked
package io.virtualwire.component;

import org.jspecify.annotations.NullMarked;
