package io.virtualwire.association;

import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.PeerMessage.Offer;
import io.virtualwire.wire.PeerMessage.Withdraw;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether the peer has wires to us, whatever we have to it: it has offered legs that it did not withdraw. All are offered
 * again on every new session.
 */
final class PeerInterest {
    private static final int MOST = 16_384;

    private final Set<Long> offered = new HashSet<>();

    void told(PeerMessage message) {
        if (message instanceof Offer offer && offered.size() < MOST) {
            offered.add(offer.index());
        } else if (message instanceof Withdraw withdraw) {
            offered.remove(withdraw.index());
        }
    }

    Set<Long> image() {
        return Set.copyOf(offered);
    }

    void restore(Set<Long> indices) {
        offered.addAll(indices);
    }

    boolean exists() {
        return !offered.isEmpty();
    }

    /** A new session: what was offered is offered again, or no more. */
    void forget() {
        offered.clear();
    }
}
