package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Revocations;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes revocation lists on: whoever hears of a newer one tells its peers, so that one daemon that was told suffices.
 *
 * <p>What peers say is judged aside, one list after the other, because a signature takes longer than the owner thread has;
 * a peer that says much is heard as to the last of it.
 */
final class ListExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ListExchange.class);

    /** After a list that was no news: whoever repeats itself, or lies, costs a fraction of one processor. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** Each may be of a megabyte. */
    private static final int MOST_WAITING = 64;

    private final OwnIdentity self;
    private final Map<Identity, String> waiting = new LinkedHashMap<>();
    private boolean judging;

    ListExchange(OwnIdentity self) {
        this.self = self;
    }

    /** What to tell a peer: the lists of its tenant and of ours; those of others are not its business. */
    List<Revocations> concerning(Identity peer) {
        return self.revocations().of(List.of(self.identity().tenant(), peer.tenant())).stream()
                .map(list -> new Revocations(list.pem(), true))
                .toList();
    }

    /** A peer has told us of a list. */
    synchronized void heard(Identity peer, Revocations list) {
        if (waiting.size() >= MOST_WAITING && !waiting.containsKey(peer)) {
            return;
        }
        waiting.put(peer, list.list());
        if (!judging) {
            judging = true;
            Thread.ofVirtual().name("wire-lists").start(this::judge);
        }
    }

    private void judge() {
        try {
            for (String list = next(); !list.isEmpty(); list = next()) {
                if (!isNews(list)) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized String next() {
        Iterator<String> lists = waiting.values().iterator();
        if (!lists.hasNext()) {
            judging = false;
            return "";
        }
        String list = lists.next();
        lists.remove();
        return list.isEmpty() ? " " : list;
    }

    private boolean isNews(String list) {
        try {
            return self.offer(RevocationList.parse("a peer", list));
        } catch (WireException e) {
            LOG.debug("a peer's revocation list is not taken: {}", e.getMessage());
            return false;
        }
    }
}
