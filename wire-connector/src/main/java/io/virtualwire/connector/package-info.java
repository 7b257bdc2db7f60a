/** The daemon that a cloud runs on each host: it joins the host's endpoints to wires, and keeps them over its own death. */
@NullMarked
package io.virtualwire.connector;

import org.jspecify.annotations.NullMarked;
