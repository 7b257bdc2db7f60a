package io.virtualwire.identity;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Watches one connection: cuts it when its peer's certificate holds no more. Closed when the connection has ended by itself. */
public final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    private final Standing standing;
    private final Runnable cut;
    private final Consumer<Guard> forget;
    private final AtomicBoolean done = new AtomicBoolean();

    Guard(Standing standing, Runnable cut, Consumer<Guard> forget) {
        this.standing = standing;
        this.cut = cut;
        this.forget = forget;
    }

    boolean cutIfEnded(long now) {
        String fault = standing.fault(now);
        if (fault == null) {
            return false;
        }
        if (done.compareAndSet(false, true)) {
            LOG.info("cut a connection: {}", fault);
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
