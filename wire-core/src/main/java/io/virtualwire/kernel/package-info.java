/** Wires that the kernel forwards by itself: one VXLAN device, two eBPF programs at tc, and the maps that steer them. */
@NullMarked
package io.virtualwire.kernel;

import org.jspecify.annotations.NullMarked;
