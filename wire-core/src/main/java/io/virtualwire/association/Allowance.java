package io.virtualwire.association;

import java.util.concurrent.atomic.AtomicLong;

/** How many datagrams all lanes of a session may send together with its key. Lanes take theirs in portions; any thread. */
final class Allowance {
    private static final int PORTIONS = 64;

    private final long most;
    private final long portion;
    private final AtomicLong taken = new AtomicLong();

    Allowance(long most, int lanes) {
        this.most = most;
        this.portion = Math.max(1, most / ((long) PORTIONS * Math.max(1, lanes)));
    }

    /** So many were sent before. */
    void goOnAfter(long datagrams) {
        taken.addAndGet(datagrams);
    }

    /** How many more a lane may send now; 0 if the key is used up. */
    long take() {
        long before = taken.getAndAdd(portion);
        if (before + portion <= most) {
            return portion;
        }
        taken.addAndGet(-portion);
        return 0;
    }

    /** What the lanes have taken: at most a portion of each more than was sent. */
    long taken() {
        return taken.get();
    }
}
