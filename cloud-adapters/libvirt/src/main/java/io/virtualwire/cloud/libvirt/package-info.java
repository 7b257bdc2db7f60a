/** Virtual machines on hosts that run libvirt; the only place that touches its library. */
@NullMarked
package io.virtualwire.cloud.libvirt;

import org.jspecify.annotations.NullMarked;
