/** What a cloud must offer so that hosts and guests can be placed in it. */
@NullMarked
package io.virtualwire.cloud.spi;

import org.jspecify.annotations.NullMarked;
