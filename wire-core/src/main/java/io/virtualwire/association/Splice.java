package io.virtualwire.association;

import io.virtualwire.control.Identity;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Two connections to this daemon that lead to one another: what they carry is sealed between their far ends, and is neither read
 * nor kept here. Owner thread only; two virtual threads pour.
 */
final class Splice {
    private final ControlStream caller;
    private final ControlStream callee;
    private final AtomicInteger pouring = new AtomicInteger(2);
    private @Nullable Object told;

    Splice(ControlStream caller, ControlStream callee) {
        this.caller = caller;
        this.callee = callee;
    }

    /** Tells both that they are through, and begins. */
    void start(RelayPace pace, Executor owner, Runnable ended) {
        pourFrom(caller, callee, pace, owner, ended);
        pourFrom(callee, caller, pace, owner, ended);
    }

    private void pourFrom(ControlStream from, ControlStream to, RelayPace pace, Executor owner, Runnable ended) {
        Thread.ofVirtual().name("wire-relay-" + from.peer()).start(() -> {
            try {
                from.sendNow(new StreamMessage.Relayed());
                from.pour(to, pace::pass);
            } catch (IOException e) {
                from.cut();
                to.cut();
            }
            if (pouring.decrementAndGet() == 0) {
                owner.execute(ended);
            }
        });
    }

    Identity caller() {
        return caller.peer();
    }

    Identity callee() {
        return callee.peer();
    }

    String tenant() {
        return caller.peer().tenant();
    }

    /** Why it may not go on, by what the two have proved; null if it may. */
    @Nullable
    String fault(long now) {
        String fault = caller.standing().fault(now);
        return fault == null ? callee.standing().fault(now) : fault;
    }

    void cut() {
        caller.cut();
        callee.cut();
    }

    /** Whether the two have not been told this of each other yet; called when they are. */
    boolean isNews(Object news) {
        boolean isNews = !news.equals(told);
        told = news;
        return isNews;
    }
}
