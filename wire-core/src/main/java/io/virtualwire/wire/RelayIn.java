package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import org.jspecify.annotations.Nullable;

/**
 * The old place of a side, from which frames are relayed here.
 *
 * @param leg the relay leg; null if the old place is in this daemon
 */
record RelayIn(Generation generation, @Nullable Leg leg) {
    void close() {
        if (leg != null) {
            leg.close();
        }
    }
}
