package io.virtualwire.port;

import io.virtualwire.time.Ticker;
import java.util.function.LongSupplier;

/**
 * Infers from how many frames the kernel says that a TAP's reader has taken which of those that were delivered it has not.
 *
 * <pre>
 *   lead   = delivered - taken                what waits, and a constant that is not known: who delivered before us?
 *   least  = the lowest lead of late          nothing waited then, or little: at most that constant too high
 *   unread = lead - least                     never more than waits
 * </pre>
 *
 * <p>The reader is QEMU, which reads while its guest is suspended, too: one frame, which it then cannot give to anybody, so
 * that it reads no more. That frame counts as unread when this is plain to see. Either QEMU was busy when its guest was
 * suspended, stood still while frames waited, and then took exactly one of them; or it took one soon, and takes no more, which
 * means that only if it has had time to.
 */
final class UnreadFrames implements Backlog {
    /** The kernel is asked no more often than that. */
    private static final long PAUSE_NANOS = 4_000_000;
    /** After how many looks at a reader that reads an old low of the lead is forgotten; at the latest after twice as many. */
    private static final int EPOCH = 32;

    private final LongSupplier taken;
    private final Ticker ticker;
    private boolean on;
    private boolean known;
    private long delivered;
    private long lookedAt;
    private long lastTaken;
    private int lastUnread;
    /** Nothing had been taken between the last two looks, and something waited. */
    private boolean stoodStill;

    private boolean oneInVain;
    private long takenWhenAsked;
    private long least;
    private long leastBefore;
    private int looks;
    private int unsure;

    /** @param taken how many frames the reader has taken in all; negative: unknown */
    UnreadFrames(LongSupplier taken, Ticker ticker) {
        this.taken = taken;
        this.ticker = ticker;
    }

    /* HOT PATH */
    void beforeDelivery() {
        if (on && ticker.nanoTime() - lookedAt >= PAUSE_NANOS) {
            look();
        }
    }

    /* HOT PATH */
    void delivered() {
        delivered++;
    }

    @Override
    public void begin() {
        on = true;
        known = false;
        look();
    }

    @Override
    public void begin(long readAt, int most) {
        begin();
        long waiting = readAt - lastTaken;
        if (known && waiting >= 0 && waiting <= most) {
            least = delivered - readAt;
            leastBefore = least;
            lastUnread = (int) waiting;
        }
    }

    @Override
    public int unread() {
        if (!on) {
            return 0;
        }
        look();
        takenWhenAsked = lastTaken;
        return known ? lastUnread + (oneInVain ? 1 : 0) : 0;
    }

    @Override
    public int unreadForGood() {
        long before = takenWhenAsked;
        int unread = unread();
        boolean stopped = known && lastUnread > 0 && lastTaken == before;
        unsure = stopped || oneInVain ? 0 : 1;
        return stopped && !oneInVain ? unread + 1 : unread;
    }

    @Override
    public int unsure() {
        return unsure;
    }

    @Override
    public long readAt() {
        unread();
        return lastTaken + lastUnread;
    }

    @Override
    public void end() {
        on = false;
    }

    private void look() {
        lookedAt = ticker.nanoTime();
        long now = taken.getAsLong();
        if (now < 0) {
            known = false;
            return;
        }
        long lead = delivered - now;
        if (!known || now < lastTaken) {
            known = true;
            least = lead;
            leastBefore = lead;
            stoodStill = false;
            oneInVain = false;
        } else if (now == lastTaken) {
            stoodStill = lastUnread > 0;
        } else {
            oneInVain = stoodStill && now - lastTaken == 1 && lastUnread > 1;
            stoodStill = false;
            least = Math.min(least, lead);
            looks++;
            if (looks == EPOCH) {
                looks = 0;
                leastBefore = least;
                least = lead;
            }
        }
        lastTaken = now;
        lastUnread = (int) Math.max(0, lead - Math.min(least, leastBefore));
    }
}
