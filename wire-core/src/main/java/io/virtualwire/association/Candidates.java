package io.virtualwire.association;

import io.virtualwire.transport.UnderlayAddress;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The addresses at which the peer is said to be, the preferred one first, and whether it answers there. Asked often while
 * the one in use is in doubt, else now and then those that are better than it.
 */
final class Candidates {
    private static final long IN_DOUBT_NANOS = 200_000_000L;

    /** As many keep-alive periods lie between two questions to a better address, and at most while it is silent. */
    private static final int BETTER_PERIODS = 5;

    private static final int SILENT_PERIODS = 60;

    /** For so long all are asked often that somebody else has told of, and for ever not much less often than translators remember. */
    private static final long HURRY_NANOS = 3_000_000_000L;

    private static final int RUMOURED_PERIODS = 15;

    /** So many answers in a row make a better address trusted again. */
    private static final int PROOFS = 3;

    private static final class Candidate {
        final UnderlayAddress address;
        long token;
        boolean waiting;
        int answers;

        Candidate(UnderlayAddress address) {
            this.address = address;
        }
    }

    private final RandomGenerator random;
    private final long betterNanos;
    private final long silentNanos;
    private long pause;
    private Candidate[] all = {};
    private long askAt;
    private boolean inDoubt;
    private boolean rumoured;
    private long hurryUntil;

    Candidates(AssociationLimits limits, RandomGenerator random) {
        this.random = random;
        this.betterNanos = BETTER_PERIODS * limits.keepalive().toNanos();
        this.silentNanos = SILENT_PERIODS * limits.keepalive().toNanos();
        this.pause = betterNanos;
    }

    void set(List<UnderlayAddress> addresses) {
        all = addresses.stream().distinct().map(Candidate::new).toArray(Candidate[]::new);
    }

    int count() {
        return all.length;
    }

    UnderlayAddress at(int index) {
        return all[index].address;
    }

    /** Where in the order of preference this address stands; -1 if it is none of them. */
    int indexOf(UnderlayAddress address) {
        for (int i = 0; i < all.length; i++) {
            if (all[i].address.equals(address)) {
                return i;
            }
        }
        return -1;
    }

    /** The peer is told of this one's address now as this one of the peer's. */
    void hurry(long now) {
        rumoured = true;
        hurryUntil = now + HURRY_NANOS;
        askAt = now;
    }

    boolean isDue(boolean doubtful, long now) {
        if (doubtful && !inDoubt) {
            askAt = now;
        }
        inDoubt = doubtful;
        if (now - askAt < 0) {
            return false;
        }
        if (doubtful || rumoured && now - hurryUntil < 0) {
            askAt = now + IN_DOUBT_NANOS;
        } else {
            askAt = now + pause;
            pause = Math.min(2 * pause, rumoured ? RUMOURED_PERIODS * (betterNanos / BETTER_PERIODS) : silentNanos);
        }
        return true;
    }

    /** What to send there now. */
    long challenge(int index) {
        Candidate candidate = all[index];
        if (candidate.waiting) {
            candidate.answers = 0;
        }
        candidate.waiting = true;
        candidate.token = random.nextLong();
        return candidate.token;
    }

    /** Which one this answers; -1 if none. From where it came proves nothing more: a peer may answer by another of its ways. */
    int answered(long answer) {
        for (int i = 0; i < all.length; i++) {
            if (all[i].waiting && all[i].token == answer) {
                all[i].waiting = false;
                all[i].answers++;
                pause = betterNanos;
                return i;
            }
        }
        return -1;
    }

    boolean isTrusted(int index) {
        return all[index].answers >= PROOFS;
    }

    /** Another address is in use: trust begins anew. */
    void moved() {
        Arrays.stream(all).forEach(candidate -> candidate.answers = 0);
        pause = betterNanos;
    }
}
