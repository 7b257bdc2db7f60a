package io.virtualwire.wire;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The offers that one peer daemon made in its present life, also those for which there is no record yet; bounded. */
final class OfferBook {
    /** What makes two offers be about the same leg. */
    record Key(WireId wire, Side side, Generation generation, Generation peerGeneration, boolean relay, String tenant) {
        static Key of(PeerMessage.Offer offer) {
            return new Key(
                    offer.wire().bare(),
                    offer.side(),
                    offer.generation(),
                    offer.peerGeneration(),
                    offer.relay(),
                    offer.tenant());
        }
    }

    private final int capacity;
    private final Map<Key, PeerMessage.Offer> offers = new LinkedHashMap<>();
    private final Map<Long, Key> byIndex = new HashMap<>();

    OfferBook(int capacity) {
        this.capacity = capacity;
    }

    void remember(PeerMessage.Offer offer) {
        Key key = Key.of(offer);
        forget(key);
        if (offers.size() >= capacity) {
            forget(offers.keySet().iterator().next());
        }
        offers.put(key, offer);
        byIndex.put(offer.index(), key);
    }

    PeerMessage.@Nullable Offer find(Key key) {
        return offers.get(key);
    }

    /** What the offer with this index is about. */
    @Nullable
    Key keyOf(long index) {
        return byIndex.get(index);
    }

    /** Forgets the offer with this index. */
    void withdraw(long index) {
        Key key = byIndex.get(index);
        if (key != null) {
            forget(key);
        }
    }

    List<PeerMessage.Offer> image() {
        return List.copyOf(offers.values());
    }

    void clear() {
        offers.clear();
        byIndex.clear();
    }

    int size() {
        return offers.size();
    }

    private void forget(Key key) {
        PeerMessage.Offer old = offers.remove(key);
        if (old != null) {
            byIndex.remove(old.index(), key);
        }
    }
}
