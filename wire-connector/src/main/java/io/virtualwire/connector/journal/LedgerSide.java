package io.virtualwire.connector.journal;

import io.virtualwire.connector.journal.JournalEntry.SettledRole;
import io.virtualwire.connector.journal.JournalEntry.SideSettled;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One side as its tenant left it, fenced as docs/wire-protocol.md section 4.1 says.
 *
 * @param generation the highest that this side had; when the side is disconnected, the highest that is over
 * @param requests one for each peer that still counts, by rising peer generation, all of {@code generation}; none when
 *     the side is disconnected
 * @param settled what became of it by itself, if that differs from what was asked
 */
public record LedgerSide(
        String tenant, Generation generation, List<ConnectRequest> requests, Optional<SideSettled> settled) {

    public LedgerSide {
        requests = List.copyOf(requests);
    }

    static LedgerSide of(String tenant, ConnectRequest request) {
        return new LedgerSide(tenant, request.generation(), List.of(request), Optional.empty());
    }

    static LedgerSide disconnected(String tenant, Generation generation) {
        return new LedgerSide(tenant, generation, List.of(), Optional.empty());
    }

    public boolean isConnected() {
        return !requests.isEmpty();
    }

    /** What the side is now: the newest request. */
    public ConnectRequest latest() {
        return requests.getLast();
    }

    /** How the side has to begin after a restart. */
    public SettledRole role() {
        return settled.map(SideSettled::role)
                .orElseGet(() -> switch (latest().options().role()) {
                    case ACTIVE -> SettledRole.ACTIVE;
                    case STANDBY -> SettledRole.STANDBY;
                });
    }

    /** Throws if this request is refused, whatever the caller may do. */
    void check(ConnectRequest asked) {
        SideKey key = new SideKey(tenant, asked.wire(), asked.side());
        int order = asked.generation().compareTo(generation);
        if (order < 0 && isConnected()) {
            throw stale("connect side " + key + " at generation " + asked.generation(), "this side is", generation);
        }
        if (order > 0) {
            return;
        }
        if (!isConnected()) {
            // Also by a copy of the very request that once connected it, if that was long under way.
            throw new WireException(
                    ErrorCode.STALE_GENERATION,
                    "cannot connect side " + key + " at generation " + asked.generation() + ": it was disconnected at "
                            + generation,
                    "if it is to come back, use a generation above " + generation);
        }
        ConnectRequest now = latest();
        if (!asked.endpoint().equals(now.endpoint())) {
            throw conflict(asked, "endpoint " + now.endpoint() + ", not " + asked.endpoint());
        }
        // The role is how a side begins: it has changed by itself since, and repeating the request must not undo that.
        if (asked.options().plain() != now.options().plain()) {
            throw conflict(asked, (now.options().plain() ? "plain" : "sealed") + " payloads");
        }
        if (!asked.options().agreesWith(now.options())) {
            throw conflict(asked, "the " + now.options().asked() + " backend");
        }
        checkPeer(key, asked.peer(), now.peer());
    }

    /** This side after an accepted request. */
    LedgerSide with(ConnectRequest asked) {
        if (asked.generation().isAfter(generation) || !isConnected()) {
            return of(tenant, asked);
        }
        ConnectRequest now = latest();
        ConnectRequest merged = new ConnectRequest(
                asked.wire(),
                asked.side(),
                asked.generation(),
                asked.endpoint(),
                asked.peer(),
                now.options(),
                newer(asked.relayTo(), now.relayTo()),
                newer(asked.relayFrom(), now.relayFrom()));
        List<ConnectRequest> kept = new ArrayList<>();
        if (!asked.peer().fence()) {
            requests.stream()
                    .filter(it -> asked.peer().generation().isAfter(it.peer().generation()))
                    .forEach(kept::add);
        }
        kept.add(merged);
        return new LedgerSide(tenant, generation, kept, settled);
    }

    /** This side after something became of it by itself; unchanged if the news is of another generation. */
    LedgerSide with(SideSettled news) {
        if (!isConnected() || !news.generation().equals(generation)) {
            return this;
        }
        List<ConnectRequest> kept = requests.stream()
                .filter(it -> !news.peerGeneration().isAfter(it.peer().generation()))
                .toList();
        return new LedgerSide(tenant, generation, kept.isEmpty() ? List.of(latest()) : kept, Optional.of(news));
    }

    /** Throws if a request contradicts itself. */
    static void checkRelays(ConnectRequest asked) {
        boolean wrong = asked.relayFrom()
                        .filter(from -> !asked.generation().isAfter(from.generation()))
                        .isPresent()
                || asked.relayTo()
                        .filter(to -> !to.generation().isAfter(asked.generation()))
                        .isPresent();
        if (wrong) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot connect side " + asked.wire() + "/" + asked.side() + " at generation " + asked.generation()
                            + ": it would relay to a generation that is not higher",
                    "relay from the predecessor, to the successor");
        }
    }

    private static Optional<RelayDescription> newer(
            Optional<RelayDescription> asked, Optional<RelayDescription> known) {
        if (asked.isEmpty() || known.isEmpty()) {
            return asked.or(() -> known);
        }
        return known.get().generation().isAfter(asked.get().generation()) ? known : asked;
    }

    private static void checkPeer(SideKey key, PeerDescription asked, PeerDescription known) {
        int order = asked.generation().compareTo(known.generation());
        if (order < 0) {
            throw stale(
                    "tell side " + key + " of a peer at generation " + asked.generation(),
                    "the peer is",
                    known.generation());
        }
        if (order == 0 && !asked.identity().equals(known.identity())) {
            throw new WireException(
                    ErrorCode.GENERATION_CONFLICT,
                    "cannot tell side " + key + " that its peer is " + asked.identity() + ": at generation "
                            + asked.generation() + " it is " + known.identity(),
                    "announce another peer with a higher generation");
        }
    }

    private static WireException stale(String attempt, String who, Generation known) {
        return new WireException(
                ErrorCode.STALE_GENERATION,
                "cannot " + attempt + ": " + who + " at " + known + " already",
                "read the wire's present state, then use a generation above " + known);
    }

    private static WireException conflict(ConnectRequest asked, String known) {
        return new WireException(
                ErrorCode.GENERATION_CONFLICT,
                "cannot connect side " + asked.wire() + "/" + asked.side() + " at generation " + asked.generation()
                        + ": at that generation it has " + known,
                "use a higher generation to change it");
    }
}
