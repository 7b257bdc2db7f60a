/** Clouds made of network namespaces on one machine. */
@NullMarked
package io.virtualwire.cloud.local;

import org.jspecify.annotations.NullMarked;
