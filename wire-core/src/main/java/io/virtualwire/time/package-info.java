/** Time that can be injected. */
@NullMarked
package io.virtualwire.time;

import org.jspecify.annotations.NullMarked;
