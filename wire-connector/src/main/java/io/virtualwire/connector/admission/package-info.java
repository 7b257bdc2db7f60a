/** Who may do what on this host, and how much of it; nothing is allowed that nobody granted. */
@NullMarked
package io.virtualwire.connector.admission;

import org.jspecify.annotations.NullMarked;
