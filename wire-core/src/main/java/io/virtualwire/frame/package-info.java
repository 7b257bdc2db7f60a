/** Ethernet frames and the virtio-net header before them, read in place, and their offloads finished in software. */
@NullMarked
package io.virtualwire.frame;

import org.jspecify.annotations.NullMarked;
