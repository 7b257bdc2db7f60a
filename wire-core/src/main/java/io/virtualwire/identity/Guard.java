package io.virtualwire.identity;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Watches one connection: cuts it when its peer's certificate holds no more. Closed when the connection has ended by itself. */
public final class Guard implements AutoCloseable {
    private final Standing standing;
    private final Runnable cut;
    private final Consumer<String> told;
    private final Consumer<Guard> forget;
    private final AtomicBoolean done = new AtomicBoolean();

    Guard(Standing standing, Runnable cut, Consumer<String> told, Consumer<Guard> forget) {
        this.standing = standing;
        this.cut = cut;
        this.told = told;
        this.forget = forget;
    }

    boolean cutIfEnded(long now) {
        String fault = standing.fault(now);
        if (fault == null) {
            return false;
        }
        if (done.compareAndSet(false, true)) {
            told.accept(fault);
            cut.run();
        }
        return true;
    }

    @Override
    public void close() {
        done.set(true);
        forget.accept(this);
    }
}
