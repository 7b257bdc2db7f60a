package io.virtualwire.transport;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Lets a test's thread do things on a loop and wait for them. */
public final class LoopRunner {
    private static final int LIMIT_SECONDS = 10;

    private LoopRunner() {}

    /** Runs the work on the loop and returns its result. */
    public static <T> T on(Loop loop, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        loop.execute(task);
        try {
            return task.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new AssertionError(e.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("the loop did not get to it", e);
        }
    }

    /** Runs the work on the loop and waits for its end. */
    public static void run(Loop loop, Runnable work) {
        on(loop, () -> {
            work.run();
            return true;
        });
    }
}
