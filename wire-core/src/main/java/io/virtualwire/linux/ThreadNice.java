package io.virtualwire.linux;

/** How much of a processor a thread gets when others want it as well: its nice value, see setpriority(2) and sched(7). */
public final class ThreadNice {
    private static final int PRIO_PROCESS = 0;
    private static final int CALLING_THREAD = 0;

    private ThreadNice() {}

    /**
     * Sets that of the calling thread, from -20 (first) to 19.
     *
     * @return whether that is allowed: less than before takes CAP_SYS_NICE or a limit (RLIMIT_NICE) that lets it
     */
    public static boolean set(int nice) {
        return new Syscalls().setPriority(PRIO_PROCESS, CALLING_THREAD, nice) == 0;
    }
}
