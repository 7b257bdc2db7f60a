/** Benchmarks of what the association package keeps to itself. */
@NullMarked
package io.virtualwire.association;

import org.jspecify.annotations.NullMarked;
