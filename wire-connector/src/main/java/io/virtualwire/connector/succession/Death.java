package io.virtualwire.connector.succession;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** The end of a process that is not this one's child. */
final class Death {
    private static final long PAUSE_NANOS = 1_000_000L;

    private Death() {}

    /** Returns true once there is no such process, and false when it is still there after {@code patience}. */
    static boolean await(long pid, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }
}
