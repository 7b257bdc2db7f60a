/** The host's ends of wires: TAP devices, made or taken over, that outlive this process together with their addresses. */
@NullMarked
package io.virtualwire.connector.endpoint;

import org.jspecify.annotations.NullMarked;
