package io.virtualwire.wire;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of one peer daemon: what it offered, and the legs that lead to it. */
final class PeerDaemon {
    private final OfferBook book;
    /** By the offer that would agree with it. */
    private final Map<OfferBook.Key, Leg> legs = new HashMap<>();

    PeerDaemon(int rememberedOffers) {
        this.book = new OfferBook(rememberedOffers);
    }

    OfferBook book() {
        return book;
    }

    void add(Leg leg) {
        legs.put(leg.mirror(), leg);
    }

    void remove(Leg leg) {
        legs.remove(leg.mirror(), leg);
    }

    @Nullable
    Leg legFor(PeerMessage.Offer offer) {
        return legs.get(OfferBook.Key.of(offer));
    }

    @Nullable
    Leg legOfferedAs(long index) {
        for (Leg leg : legs.values()) {
            if (leg.isOfferedAs(index)) {
                return leg;
            }
        }
        return null;
    }

    /** A copy: what is done with them may change them. */
    Collection<Leg> legs() {
        return List.copyOf(legs.values());
    }
}
