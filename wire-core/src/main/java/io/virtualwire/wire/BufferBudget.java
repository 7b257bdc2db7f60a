package io.virtualwire.wire;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** What all wires of one tenant may hold together, and what they hold. Any owner thread. */
final class BufferBudget {
    private final LongSupplier most;
    private final AtomicLong used = new AtomicLong();

    /** @param most may change at any time */
    BufferBudget(LongSupplier most) {
        this.most = most;
    }

    /** Takes so much if there is so much left. */
    /* HOT PATH */
    boolean take(int bytes) {
        long before = used.getAndAdd(bytes);
        if (bytes > most.getAsLong() - before) {
            used.addAndGet(-bytes);
            return false;
        }
        return true;
    }

    void give(int bytes) {
        used.addAndGet(-bytes);
    }

    long used() {
        return used.get();
    }
}
