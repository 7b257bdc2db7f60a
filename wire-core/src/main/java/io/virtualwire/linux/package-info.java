/** The few system calls that no library offers: TAP devices, UDP sockets with GSO and GRO, network namespaces. */
@NullMarked
package io.virtualwire.linux;

import org.jspecify.annotations.NullMarked;
