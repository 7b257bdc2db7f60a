package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Revocations;
import io.virtualwire.control.Identity;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.identity.RevocationList;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes revocation lists on: whoever hears of a newer one tells its peers, so that one daemon that was told suffices.
 *
 * <p>What peers say is judged aside, one list after the other, because a signature takes longer than the owner thread has;
 * a peer that says much is heard as to the last few of it.
 */
final class ListExchange {
    private static final Logger LOG = LoggerFactory.getLogger(ListExchange.class);

    /** After a list that was no news: whoever repeats itself, or lies, costs a fraction of one processor. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private static final int MOST_PEERS = 64;

    /** A peer has two to tell of, its tenant's and ours; each may be of a megabyte. */
    private static final int MOST_LISTS = 4;

    private final OwnIdentity self;
    private final Map<Identity, SequencedSet<String>> waiting = new LinkedHashMap<>();
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
        if (waiting.size() >= MOST_PEERS && !waiting.containsKey(peer)) {
            return;
        }
        SequencedSet<String> lists = waiting.computeIfAbsent(peer, nothing -> new LinkedHashSet<>());
        lists.add(list.list());
        if (lists.size() > MOST_LISTS) {
            lists.removeFirst();
        }
        if (!judging) {
            judging = true;
            Thread.ofVirtual().name("wire-lists").start(this::judge);
        }
    }

    private void judge() {
        try {
            for (Optional<String> list = next(); list.isPresent(); list = next()) {
                if (!isNews(list.get())) {
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Optional<String> next() {
        Iterator<SequencedSet<String>> peers = waiting.values().iterator();
        if (!peers.hasNext()) {
            judging = false;
            return Optional.empty();
        }
        SequencedSet<String> lists = peers.next();
        String list = lists.removeFirst();
        if (lists.isEmpty()) {
            peers.remove();
        }
        return Optional.of(list);
    }

    private boolean isNews(String list) {
        try {
            return self.offer(RevocationList.parse("a peer", list));
        } catch (RuntimeException e) {
            // Of whatever kind: who says nonsense must not end the hearing of others.
            LOG.debug("a peer's revocation list is not taken: {}", e.getMessage());
            return false;
        }
    }
}
