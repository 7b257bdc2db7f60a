package io.virtualwire.transport;

import io.virtualwire.time.Ticker;
import java.time.Duration;

/**
 * The owner thread of the data path, as the layers above the sockets see it.
 *
 * <p>Everything on the data path is confined to it and takes no locks; other threads come in through {@link #execute}. A
 * <em>turn</em> is one round of it: the descriptors that were ready, the tasks that were due, then {@link #atEndOfTurn}.
 */
public interface Loop {

    /** Runs the task on the loop, in the order of the calls of one thread; safe from every thread. */
    void execute(Runnable task);

    /** Runs the task on the loop after the delay, unless it is cancelled before; safe from every thread. */
    Timer schedule(Duration delay, Runnable task);

    /**
     * Runs the task once when the present turn ends, after everything that is ready now: the place to flush what was
     * gathered. Called on the loop.
     */
    void atEndOfTurn(Runnable task);

    /** The clock that {@link #schedule} goes by. */
    Ticker ticker();

    /** Whether the caller is on the loop. */
    boolean inLoop();

    /** Fails if the caller is not on the loop: a defect of ours. */
    default void assertInLoop() {
        if (!inLoop()) {
            throw new IllegalStateException(
                    "called on " + Thread.currentThread().getName() + ", not on the data path's own thread");
        }
    }

    /** Something scheduled. */
    @FunctionalInterface
    interface Timer {
        /** Keeps the task from running if it has not begun; on the loop it then certainly does not run. */
        void cancel();
    }
}
