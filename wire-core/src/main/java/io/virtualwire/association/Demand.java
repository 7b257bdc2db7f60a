package io.virtualwire.association;

import io.virtualwire.wire.PeerMessage;
import java.time.Duration;
import java.util.Set;

/** Who needs an association: wires here, wires of the peer, or since when nobody. Owner thread only. */
final class Demand {
    private final PeerInterest interest = new PeerInterest();
    private int holders;
    private long neededAt;

    Set<Long> interest() {
        return interest.image();
    }

    long neededAgo(long now) {
        return now - neededAt;
    }

    /** @param ago since when nobody has needed it */
    void restore(Set<Long> offered, long ago, long now) {
        interest.restore(offered);
        neededAt = now - ago;
    }

    void hold() {
        holders++;
    }

    void release(long now) {
        holders--;
        neededAt = now;
    }

    /** Whether wires here need it. */
    boolean isHeld() {
        return holders > 0;
    }

    /** What the peer said tells whether it does. */
    void told(PeerMessage message) {
        interest.told(message);
    }

    /** A new session, on which the peer says again what it needs. */
    void renewed() {
        interest.forget();
    }

    boolean exists() {
        return isHeld() || interest.exists();
    }

    /** Whether nobody has needed it for this long; asked regularly. */
    boolean hasLapsed(Duration linger, long now) {
        if (exists()) {
            neededAt = now;
        }
        return now - neededAt >= linger.toNanos();
    }
}
