package io.virtualwire.association;

import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One owner thread's strands of all sessions, by the index that stands in datagrams to this daemon. That thread only. */
final class StrandTable {
    private final IntObjectHashMap<Strand> strands = new IntObjectHashMap<>();
    private final List<Runnable> listeners = new ArrayList<>();

    /** HOT PATH. */
    @Nullable
    Strand find(int index) {
        return strands.get(index);
    }

    void install(Strand strand) {
        strands.put(strand.session().index(), strand);
        changed();
    }

    void remove(Strand strand) {
        strands.remove(strand.session().index());
    }

    Collection<Strand> all() {
        return strands.values();
    }

    /** Is called when a session comes, or its peer moves: who keeps a list of either makes it anew. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void changed() {
        listeners.forEach(Runnable::run);
    }

    int size() {
        return strands.size();
    }
}
