/** Does on loopback what daemons do all day, so that a launcher can record which code that needs, and how it behaves. */
@NullMarked
package io.virtualwire.rehearsal;

import org.jspecify.annotations.NullMarked;
