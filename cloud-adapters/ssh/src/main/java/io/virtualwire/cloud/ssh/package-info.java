/** Machines that one can log in to with SSH, as hosts; and the shell by which other clouds reach theirs. */
@NullMarked
package io.virtualwire.cloud.ssh;

import org.jspecify.annotations.NullMarked;
