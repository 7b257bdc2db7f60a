/**
 * Everything that is in one cloud is moved to another: in which order, where to, and when the next step is due.
 */
@NullMarked
package io.virtualwire.relocation;

import org.jspecify.annotations.NullMarked;
