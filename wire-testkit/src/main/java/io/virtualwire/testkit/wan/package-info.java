/** A wide-area network of a test's own: a relay between two interfaces that is late, narrow and lossy as it is told to be. */
@NullMarked
package io.virtualwire.testkit.wan;

import org.jspecify.annotations.NullMarked;
