package io.virtualwire.wire;

import java.util.function.LongSupplier;

/** What all wires of one tenant may hold together, and what they hold. Owner thread only. */
final class BufferBudget {
    private final LongSupplier most;
    private long used;

    /** @param most may change at any time */
    BufferBudget(LongSupplier most) {
        this.most = most;
    }

    /** Takes so much if there is so much left. */
    /* HOT PATH */
    boolean take(int bytes) {
        if (bytes > most.getAsLong() - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    void give(int bytes) {
        used -= bytes;
    }

    long used() {
        return used;
    }
}
