package io.virtualwire.association;

import io.virtualwire.time.Backoff;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** When to dial a peer: at most one dial at a time, after a failure not before a wait. Owner thread only. */
final class Redialler {
    private final Backoff backoff;
    private List<PeerAddress> addresses = List.of();
    private boolean underway;
    private long dueAt;

    Redialler(Duration first, Duration longest, RandomGenerator random, long now) {
        this.backoff = new Backoff(first.toNanos(), longest.toNanos(), random);
        this.dueAt = now;
    }

    /** Where to dial; new ones are tried at once. Whether these are. */
    boolean addresses(List<PeerAddress> newOnes, long now) {
        if (newOnes.isEmpty() || newOnes.equals(addresses)) {
            return false;
        }
        addresses = newOnes;
        backoff.reset();
        dueAt = now;
        return true;
    }

    List<PeerAddress> addresses() {
        return addresses;
    }

    boolean isDue(long now) {
        return !underway && !addresses.isEmpty() && now - dueAt >= 0;
    }

    boolean isUnderway() {
        return underway;
    }

    void began() {
        underway = true;
    }

    /** The dial led to a session, which may still come to nothing. */
    void answered(long now) {
        underway = false;
        dueAt = now + backoff.next();
    }

    void failed(long now) {
        underway = false;
        dueAt = now + backoff.next();
    }

    /** A session became ready: the next trouble is a new one. */
    void succeeded(long now) {
        backoff.reset();
        dueAt = now;
    }
}
