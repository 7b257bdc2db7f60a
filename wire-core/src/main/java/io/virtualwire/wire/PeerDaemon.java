package io.virtualwire.wire;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of one peer daemon: what it offered, and the legs that lead to it. */
final class PeerDaemon {
    private final OfferBook book;
    /** By the offers that would agree with it. */
    private final Map<OfferBook.Key, Leg> legs = new HashMap<>();

    PeerDaemon(int rememberedOffers) {
        this.book = new OfferBook(rememberedOffers);
    }

    OfferBook book() {
        return book;
    }

    void add(Leg leg) {
        leg.mirrors().forEach(mirror -> legs.put(mirror, leg));
    }

    void remove(Leg leg) {
        leg.mirrors().forEach(mirror -> legs.remove(mirror, leg));
    }

    @Nullable
    Leg legFor(PeerMessage.Offer offer) {
        return legs.get(OfferBook.Key.of(offer));
    }

    @Nullable
    Leg legOfferedAs(long index) {
        OfferBook.Key known = book.keyOf(index);
        if (known != null) {
            Leg leg = legs.get(known);
            return leg != null && leg.isOfferedAs(index) ? leg : null;
        }
        // The book is bounded, and may have forgotten the offer.
        for (Leg leg : legs.values()) {
            if (leg.isOfferedAs(index)) {
                return leg;
            }
        }
        return null;
    }

    /** A copy: what is done with them may change them. */
    Collection<Leg> legs() {
        return Set.copyOf(legs.values());
    }
}
