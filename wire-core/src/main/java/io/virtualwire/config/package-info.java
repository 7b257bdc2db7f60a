/** Files that people write. */
@NullMarked
package io.virtualwire.config;

import org.jspecify.annotations.NullMarked;
