/** The {@code wire} command line. */
@NullMarked
package io.virtualwire.cli;

import org.jspecify.annotations.NullMarked;
