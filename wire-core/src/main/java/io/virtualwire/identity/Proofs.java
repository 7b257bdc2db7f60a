package io.virtualwire.identity;

import io.virtualwire.control.Identity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Until when each peer has proved to be a member, in whichever handshake it did so last: a connection that was made with an
 * earlier certificate need not end while its peer shows a later one elsewhere.
 */
final class Proofs {
    /** More peers than a daemon has; the one that was heard of longest ago is forgotten first. */
    private static final int MOST = 16_384;

    private final Map<Identity, Long> ends = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Long> eldest) {
            return size() > MOST;
        }
    };

    synchronized void add(Identity peer, long end) {
        ends.merge(peer, end, Proofs::later);
    }

    /** The latest end that is known; at least {@code known}. */
    synchronized long end(Identity peer, long known) {
        return later(known, ends.getOrDefault(peer, known));
    }

    private static long later(long one, long other) {
        return one - other >= 0 ? one : other;
    }
}
