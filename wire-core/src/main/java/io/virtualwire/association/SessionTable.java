package io.virtualwire.association;

import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** All sessions of this daemon by the index that stands in datagrams to it. Owner thread only. */
final class SessionTable {
    private final RandomGenerator random;
    private final IntObjectHashMap<Session> sessions = new IntObjectHashMap<>();
    private final Set<Integer> reserved = new HashSet<>();
    private final List<Runnable> listeners = new ArrayList<>();

    /** @param random must be unpredictable: who cannot guess an index cannot make us touch a key */
    SessionTable(RandomGenerator random) {
        this.random = random;
    }

    /** HOT PATH. */
    @Nullable
    Session find(int index) {
        return sessions.get(index);
    }

    /** An index that is nobody's; it stays so until it is installed or released. */
    int reserve() {
        for (; ; ) {
            int index = random.nextInt();
            if (index != 0 && !sessions.containsKey(index) && reserved.add(index)) {
                return index;
            }
        }
    }

    void release(int index) {
        reserved.remove(index);
    }

    void install(Session session) {
        reserved.remove(session.index());
        sessions.put(session.index(), session);
        changed();
    }

    void remove(Session session) {
        sessions.remove(session.index());
    }

    /** All sessions. */
    Collection<Session> all() {
        return sessions.values();
    }

    /** Is called when a session comes, or its peer moves: who keeps a list of either makes it anew. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    void changed() {
        listeners.forEach(Runnable::run);
    }

    int size() {
        return sessions.size();
    }
}
