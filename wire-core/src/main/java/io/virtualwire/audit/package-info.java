/** Who changed what, kept apart from logs: one JSON object a line, in a file that is only ever added to. */
@NullMarked
package io.virtualwire.audit;

import org.jspecify.annotations.NullMarked;
