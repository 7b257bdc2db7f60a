package io.virtualwire.transport;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one owner thread is given to do by the others, in the order in which each of them gives it.
 *
 * <p>Unlike the loop's own tasks it can be brought to an end on purpose ({@link #settle}), so that nothing is under way when
 * one process takes the place of another. Giving is safe from every thread, all else belongs to the loop.
 */
public final class Handover {
    private static final Logger LOG = LoggerFactory.getLogger(Handover.class);

    /** What may wait of what can be dropped: as much as a side of a wire may hold. */
    private static final int MOST_BYTES = 4 << 20;

    /** In one turn, so that sockets and ports have theirs. */
    private static final int MOST_IN_A_TURN = 512;

    private final Loop loop;
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger bytes = new AtomicInteger();
    private final AtomicBoolean willRun = new AtomicBoolean();

    public Handover(Loop loop) {
        this.loop = loop;
    }

    /** Has something done that must not be left out. */
    public void give(Runnable task) {
        waiting.add(task);
        wake();
    }

    /** Has something done that holds so many bytes; false if too many wait already. */
    public boolean offer(int length, Runnable task) {
        if (bytes.addAndGet(length) > MOST_BYTES) {
            bytes.addAndGet(-length);
            return false;
        }
        give(() -> {
            bytes.addAndGet(-length);
            task.run();
        });
        return true;
    }

    /** Does all that waits, and what comes meanwhile; whether there was anything. */
    public boolean settle() {
        loop.assertInLoop();
        boolean any = false;
        for (Runnable task = waiting.poll(); task != null; task = waiting.poll()) {
            run(task);
            any = true;
        }
        return any;
    }

    private void wake() {
        if (willRun.compareAndSet(false, true)) {
            try {
                loop.execute(this::turn);
            } catch (RejectedExecutionException e) {
                LOG.debug("the owner thread has ended, and with it whoever could be interested");
            }
        }
    }

    private void turn() {
        willRun.set(false);
        for (int i = 0; i < MOST_IN_A_TURN; i++) {
            Runnable task = waiting.poll();
            if (task == null) {
                return;
            }
            run(task);
        }
        wake();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("something that was handed over failed; the rest goes on", e);
        }
    }
}
