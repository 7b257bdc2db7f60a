package io.virtualwire.wire;

import io.virtualwire.control.Identity;
import io.virtualwire.time.Ticker;
import java.util.ArrayDeque;

/** What the observer is still to be told: it hears of things when the step that made them is over, so it may give commands. */
final class Events {
    private final WireObserver observer;
    private final Ticker ticker;
    private final ArrayDeque<Runnable> queue = new ArrayDeque<>();
    private boolean telling;

    Events(WireObserver observer, Ticker ticker) {
        this.observer = observer;
        this.ticker = ticker;
    }

    void post(SideEvent event) {
        long now = ticker.nanoTime();
        queue.add(() -> observer.happened(event, now));
    }

    void postTold(Identity peer, PeerMessage message) {
        queue.add(() -> observer.told(peer, message));
    }

    void postSessionUp(Identity peer, boolean newInstance) {
        queue.add(() -> observer.sessionUp(peer, newInstance));
    }

    /** Tells what there is to tell; the end of every step. */
    void tell() {
        if (queue.isEmpty() || telling) {
            return;
        }
        telling = true;
        try {
            for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
                next.run();
            }
        } finally {
            telling = false;
        }
    }
}
