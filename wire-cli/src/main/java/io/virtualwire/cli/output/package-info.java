/** How results and errors are shown: as a table to people, as JSON to programs. */
@NullMarked
package io.virtualwire.cli.output;

import org.jspecify.annotations.NullMarked;
