package io.virtualwire.testkit.fabric;

import io.virtualwire.time.Ticker;
import java.util.PriorityQueue;

/** A clock that jumps from one thing that is due to the next. */
final class VirtualTime implements Ticker {
    /** Something that is due. */
    static final class Due implements Comparable<Due> {
        private final long at;
        private final long order;
        private final Runnable task;
        private boolean cancelled;

        private Due(long at, long order, Runnable task) {
            this.at = at;
            this.order = order;
            this.task = task;
        }

        void cancel() {
            cancelled = true;
        }

        @Override
        public int compareTo(Due other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Due> queue = new PriorityQueue<>();
    private long now = 1_000_000_000L;
    private long order;

    @Override
    public long nanoTime() {
        return now;
    }

    Due after(long nanos, Runnable task) {
        Due due = new Due(now + Math.max(0, nanos), order++, task);
        queue.add(due);
        return due;
    }

    /** Does the next thing that is due by then; false if there is none, then it is then. */
    boolean step(long until) {
        Due due = queue.peek();
        if (due == null || due.at > until) {
            now = Math.max(now, until);
            return false;
        }
        queue.remove();
        now = due.at;
        if (!due.cancelled) {
            due.task.run();
        }
        return true;
    }
}
