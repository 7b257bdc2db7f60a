/** Ports without a kernel. */
@NullMarked
package io.virtualwire.testkit.port;

import org.jspecify.annotations.NullMarked;
