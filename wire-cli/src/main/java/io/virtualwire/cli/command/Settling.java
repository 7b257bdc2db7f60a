package io.virtualwire.cli.command;

import io.virtualwire.linux.ProcessMemory;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Gives back, a moment after a daemon has started, what only its start has needed. */
final class Settling {
    private static final int FIRST_SECONDS = 2;
    /** By then what waits to be compiled after a start is, and the JVM has let go of the memory that this takes. */
    private static final List<Integer> LATER_SECONDS = List.of(4, 10, 60);

    private Settling() {}

    static void begin() {
        // Beside the data path (-XX:+ExplicitGCInvokesConcurrent): a heap shrinks only when somebody has looked at it.
        after(FIRST_SECONDS, System::gc);
        after(FIRST_SECONDS, ProcessMemory::giveBack);
        LATER_SECONDS.forEach(seconds -> after(seconds, ProcessMemory::giveBack));
    }

    private static void after(int seconds, Runnable task) {
        CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(task);
    }
}
