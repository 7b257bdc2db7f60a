package io.virtualwire.association;

import io.virtualwire.transport.UnderlayAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer is really at an address from which something authentic came: it is asked there, and must answer from
 * there. One address at a time, and no address more than once a second.
 */
final class AddressCheck {
    private static final long PATIENCE_NANOS = 1_000_000_000L;

    private final RandomGenerator random;
    private @Nullable UnderlayAddress candidate;
    private long challenge;
    private long askedAt;

    AddressCheck(RandomGenerator random) {
        this.random = random;
    }

    /** Whether a challenge is to be sent to {@code address} now. */
    boolean isDue(UnderlayAddress address, long now) {
        if (candidate != null && now - askedAt < PATIENCE_NANOS) {
            return false;
        }
        candidate = address;
        challenge = random.nextLong();
        askedAt = now;
        return true;
    }

    /** The value to send. */
    long challenge() {
        return challenge;
    }

    /** Whether this answer proves {@code from}; true at most once. */
    boolean proves(UnderlayAddress from, long answer) {
        boolean proved = from.equals(candidate) && answer == challenge;
        if (proved) {
            candidate = null;
        }
        return proved;
    }
}
