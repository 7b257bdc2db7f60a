package io.virtualwire.testkit.fabric;

import io.virtualwire.time.Ticker;
import io.virtualwire.transport.Loop;
import java.time.Duration;

/** The loop of one life of a daemon: after the daemon's end nothing runs on it. */
final class VirtualLoop implements Loop {
    private final VirtualTime time;
    private boolean stopped;

    VirtualLoop(VirtualTime time) {
        this.time = time;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void execute(Runnable task) {
        after(0, task);
    }

    @Override
    public Timer schedule(Duration delay, Runnable task) {
        return after(delay.toNanos(), task)::cancel;
    }

    @Override
    public void atEndOfTurn(Runnable task) {
        after(0, task);
    }

    VirtualTime.Due after(long nanos, Runnable task) {
        return time.after(nanos, () -> {
            if (!stopped) {
                task.run();
            }
        });
    }

    @Override
    public Ticker ticker() {
        return time;
    }

    @Override
    public boolean inLoop() {
        return true;
    }
}
