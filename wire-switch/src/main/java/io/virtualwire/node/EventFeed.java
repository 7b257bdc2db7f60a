package io.virtualwire.node;

import io.virtualwire.client.FabricEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Applied;
import io.virtualwire.topology.EventLog;
import io.virtualwire.topology.FabricState;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * The fabric's events as this node knows them, for any number of followers, each at its own pace.
 *
 * <p>A follower holds no events, only how far it has come: a slow one costs nothing, and is told of the gap when it has been
 * overtaken.
 */
final class EventFeed {
    private final Set<Runnable> followers = new CopyOnWriteArraySet<>();
    private volatile EventLog events = FabricState.INITIAL.events();

    /** The log has a newer state. */
    synchronized void agreed(Applied<FabricState> applied) {
        if (applied.state().events().last() > events.last()) {
            events = applied.state().events();
            followers.forEach(Runnable::run);
        }
    }

    /** The number of the newest event. */
    long last() {
        return events.last();
    }

    /**
     * The next events after a number, at most so many; the first is a gap if some of them are kept no more.
     *
     * @throws WireException if there is no such number yet
     */
    List<FabricEvent> after(long sequence, int most) {
        EventLog known = events;
        if (sequence > known.last()) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "there is no event " + sequence + " yet: the newest that this node knows is " + known.last(),
                    "ask again soon; if it stays so the fabric began anew, so begin with since=0");
        }
        List<FabricEvent> next = new ArrayList<>();
        if (sequence + 1 < known.oldest()) {
            next.add(FabricEvent.gap(known.oldest() - 1));
        }
        known.after(sequence).stream().limit(most).forEach(next::add);
        return next;
    }

    /** Calls a follower whenever there are new events, on the log's thread; it must not block. */
    void follow(Runnable follower) {
        followers.add(follower);
    }

    void leave(Runnable follower) {
        followers.remove(follower);
    }
}
