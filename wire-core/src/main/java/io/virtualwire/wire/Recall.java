package io.virtualwire.wire;

import io.virtualwire.port.Backlog;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.Port;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an endpoint's guest was given and may never have read, kept while its side has a successor to relay to: a guest that is
 * moved is suspended before anybody here knows, and does not go on here.
 *
 * <pre>
 *   IDLE ──successor known───▶ ARMED ──superseded──▶ SETTLING ──a while later──▶ IDLE
 *     ▲                          │      unread frames        one more, if it turns
 *     └── relay leg withdrawn ───┘      are relayed          out to be unread
 *         the guest stays, and has
 *         the frames in its queue
 * </pre>
 */
final class Recall {
    private final Scope scope;
    private @Nullable SideRecord holder;
    private @Nullable Port port;
    /** There are none while there is no holder, no port that knows what was read, or no room. */
    private @Nullable DeliveredFrames frames;

    /** What another process of this daemon had kept, until the copies are begun here, and for which record. */
    private EngineImage.@Nullable UnreadImage inherited;

    private @Nullable SideRecord heir;

    private int relayed;
    private boolean settling;
    private long settleAt;

    Recall(Scope scope) {
        this.scope = scope;
    }

    /** From now on copies are kept for this record, if its tenant's wires may hold as much. */
    void arm(SideRecord record) {
        if (holder != record) {
            disarm();
            holder = record;
            begin();
        }
    }

    void disarm(SideRecord record) {
        if (holder == record) {
            disarm();
        }
    }

    void disarm() {
        end();
        holder = null;
    }

    /** The endpoint has another port, or none: what the former one was given is not known any more. */
    void port(@Nullable Port newPort) {
        end();
        port = newPort;
        begin();
    }

    private void begin() {
        SideRecord record = holder;
        if (record == null || port == null || port.backlog() == Backlog.NONE) {
            return;
        }
        if (scope.budget(record.wire().tenant()).take(scope.bounds.recallBytes())) {
            DeliveredFrames kept = new DeliveredFrames(scope.bounds.recallBytes(), scope.bounds.recallFrames());
            frames = kept;
            EngineImage.UnreadImage known = heir == record ? inherited : null;
            heir = null;
            inherited = null;
            if (known == null) {
                port.backlog().begin();
            } else {
                int taken = kept.restore(known.frames(), record.peers(), scope.now());
                port.backlog().begin(known.readAt(), taken);
            }
        } else {
            record.drops().add(DropReason.BUFFER_QUOTA);
        }
    }

    /** What lies unread in the port, for another process of this daemon to go on with; it may still be read meanwhile. */
    Optional<EngineImage.UnreadImage> image(SideRecord record) {
        if (holder != record || frames == null || port == null || settling) {
            return Optional.empty();
        }
        Backlog backlog = port.backlog();
        // And one more, which may turn out to have been taken in vain.
        int last = backlog.unread() + 1;
        List<EngineImage.GivenImage> given = frames.image(last, record.peers(), scope.now());
        return given.isEmpty() ? Optional.empty() : Optional.of(new EngineImage.UnreadImage(backlog.readAt(), given));
    }

    /** Becomes what another process had, as soon as copies are kept for this record. */
    void restore(SideRecord record, EngineImage.UnreadImage image) {
        heir = record;
        inherited = image;
    }

    private void end() {
        if (frames != null && holder != null && port != null) {
            scope.budget(holder.wire().tenant()).give(scope.bounds.recallBytes());
            port.backlog().end();
        }
        frames = null;
        settling = false;
    }

    /** A frame was given to the port, which took it or did not. */
    /* HOT PATH */
    void given(Peer sender, long number, byte[] bytes, int offset, int length, boolean accepted) {
        DeliveredFrames kept = frames;
        if (kept != null) {
            kept.add(sender, number, bytes, offset, length, accepted, scope.now());
        }
    }

    /**
     * The guest does not go on here: gives {@code sink} what it has not read.
     */
    void recall(SideRecord record, Hold.Sink sink) {
        if (holder != record || frames == null || port == null) {
            return;
        }
        relayed = port.backlog().unread();
        give(relayed, record, sink);
        settling = true;
        settleAt = scope.now() + scope.bounds.settleNanos();
        record.wake(settleAt);
    }

    boolean isSettling(SideRecord record) {
        return settling && holder == record;
    }

    /** Its hypervisor has had the time to show whether it took a frame of which nobody could be sure. */
    void settle(SideRecord record, long now, Hold.Sink sink) {
        if (!isSettling(record)) {
            return;
        }
        if (now - settleAt < 0) {
            record.wake(settleAt);
            return;
        }
        Backlog backlog = port == null ? Backlog.NONE : port.backlog();
        if (backlog.unreadForGood() > relayed) {
            give(1, record, sink);
            relayed++;
        }
        record.recalled(relayed, backlog.unsure());
        disarm();
    }

    private void give(int unread, SideRecord record, Hold.Sink sink) {
        if (frames == null) {
            return;
        }
        int missing = frames.takeUnread(
                unread,
                scope.now() - scope.bounds.recallNanos(),
                (sender, relayedBefore, number, bytes, offset, length) -> {
                    // What another record of this side delivered is that one's.
                    if (sender.record() == record) {
                        sink.frame(sender, relayedBefore, number, bytes, offset, length);
                    }
                });
        record.drops().add(DropReason.RELAY_OVERFLOW, missing);
    }
}
