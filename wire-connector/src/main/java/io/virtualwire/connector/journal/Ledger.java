package io.virtualwire.connector.journal;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.connector.journal.JournalEntry.Drained;
import io.virtualwire.connector.journal.JournalEntry.EndpointPut;
import io.virtualwire.connector.journal.JournalEntry.EndpointRemoved;
import io.virtualwire.connector.journal.JournalEntry.SideConnected;
import io.virtualwire.connector.journal.JournalEntry.SideDisconnected;
import io.virtualwire.connector.journal.JournalEntry.SideSettled;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a connector has promised: endpoints and sides, and for sides that are gone the generation up to which
 * they stay refused.
 *
 * <p>Used by one thread; pure but for its own maps.
 */
public final class Ledger {
    /** How many disconnected sides are remembered for each tenant; its oldest are forgotten first. */
    static final int LONGEST_MEMORY = 16_384;

    private final Map<EndpointKey, EndpointDescription> endpoints = new TreeMap<>();
    private final Map<SideKey, LedgerSide> sides = new LinkedHashMap<>();
    /** For each endpoint that has any, the connected sides that use it. */
    private final Map<EndpointKey, Set<SideKey>> users = new HashMap<>();

    /** For each tenant that has any, the disconnected sides, oldest first. */
    private final Map<String, Set<SideKey>> disconnected = new HashMap<>();

    private final Census census = new Census();
    private @Nullable Long drainsSince;

    Ledger() {}

    public Map<EndpointKey, EndpointDescription> endpoints() {
        return Collections.unmodifiableMap(endpoints);
    }

    public Map<SideKey, LedgerSide> sides() {
        return Collections.unmodifiableMap(sides);
    }

    public Optional<EndpointDescription> endpoint(EndpointKey key) {
        return Optional.ofNullable(endpoints.get(key));
    }

    public Optional<LedgerSide> side(SideKey key) {
        return Optional.ofNullable(sides.get(key));
    }

    /** Since when, in milliseconds since 1970, nothing new is taken; empty if it is. */
    public Optional<Long> drainsSince() {
        return Optional.ofNullable(drainsSince);
    }

    /** Throws if nothing new is taken. */
    public void requireOpen(String attempt) {
        if (drainsSince != null) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "cannot " + attempt + ": this connector drains and takes nothing new",
                    "use another host, or end it with 'wire connector drain --cancel'");
        }
    }

    /** The lowest journal version that can say all of this. */
    int journalVersion() {
        int drain = drainsSince == null ? JournalFrame.FIRST_VERSION : JournalEntry.Drained.JOURNAL_VERSION;
        return Math.max(drain, census.journalVersion());
    }

    /** How many endpoints this tenant has. */
    public int endpointsOf(String tenant) {
        return census.endpointsOf(tenant);
    }

    /** How many connected sides this tenant has. */
    public int sidesOf(String tenant) {
        return census.sidesOf(tenant);
    }

    /** Which endpoint has the device that this one names; empty if none has. */
    public Optional<EndpointKey> holderOf(EndpointDescription endpoint) {
        return census.holderOf(endpoint);
    }

    /** The connected sides that use an endpoint. */
    public List<SideKey> usersOf(EndpointKey endpoint) {
        return List.copyOf(users.getOrDefault(endpoint, Set.of()));
    }

    /** What has to be written to accept this; nothing if it is so already. Throws if it is refused. */
    public List<JournalEntry> connect(String tenant, ConnectRequest request) {
        SideKey key = new SideKey(tenant, request.wire(), request.side());
        LedgerSide known = sides.get(key);
        LedgerSide.checkRelays(request);
        if (!endpoints.containsKey(new EndpointKey(tenant, request.endpoint()))) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot connect side " + key + " to endpoint " + request.endpoint()
                            + ": there is none on this host",
                    "make it first with 'wire endpoint add " + request.endpoint() + "'");
        }
        if (known != null) {
            known.check(request);
        }
        if (known == null || !known.isConnected()) {
            requireOpen("connect side " + key);
        }
        for (SideKey user : usersOf(new EndpointKey(tenant, request.endpoint()))) {
            if (!user.equals(key)) {
                throw new WireException(
                        ErrorCode.IN_USE,
                        "cannot connect side " + key + " to endpoint " + request.endpoint() + ": side " + user
                                + " is connected to it",
                        "disconnect that one first, or use another endpoint; a switch joins more than two");
            }
        }
        if (known == null) {
            return List.of(new SideConnected(tenant, request));
        }
        return known.with(request).equals(known) ? List.of() : List.of(new SideConnected(tenant, request));
    }

    /** What has to be written to disconnect this; nothing if it is so already. Throws if it is refused. */
    public List<JournalEntry> disconnect(SideKey key, Generation generation) {
        LedgerSide known = sides.get(key);
        if (known != null && known.generation().isAfter(generation)) {
            if (!known.isConnected()) {
                return List.of();
            }
            throw new WireException(
                    ErrorCode.STALE_GENERATION,
                    "cannot disconnect side " + key + " at generation " + generation + ": it is at "
                            + known.generation() + " already",
                    "read the wire's present state; if it is still meant, use generation " + known.generation());
        }
        if (known != null && !known.isConnected() && known.generation().equals(generation)) {
            return List.of();
        }
        return List.of(new SideDisconnected(key.tenant(), key.wire(), key.side(), generation));
    }

    /** What has to be written about a side that changed by itself; nothing if it is known. */
    public List<JournalEntry> settle(SideSettled news) {
        LedgerSide known = sides.get(keyOf(news));
        return known == null || known.with(news).equals(known) ? List.of() : List.of(news);
    }

    /** Takes an entry up as it was written, without asking again; gives what takes it back. */
    Runnable apply(JournalEntry entry) {
        return switch (entry) {
            case EndpointPut put ->
                putEndpoint(new EndpointKey(put.tenant(), put.endpoint().name()), put.endpoint());
            case EndpointRemoved removed -> putEndpoint(new EndpointKey(removed.tenant(), removed.name()), null);
            case SideConnected connected -> {
                ConnectRequest request = connected.request();
                SideKey key = new SideKey(connected.tenant(), request.wire(), request.side());
                LedgerSide known = sides.get(key);
                yield putSide(key, known == null ? LedgerSide.of(connected.tenant(), request) : known.with(request));
            }
            case SideDisconnected gone ->
                putSide(
                        new SideKey(gone.tenant(), gone.wire(), gone.side()),
                        LedgerSide.disconnected(gone.tenant(), gone.generation()));
            case Drained drained -> {
                Long before = drainsSince;
                drainsSince = drained.on() ? drained.sinceMillis() : null;
                yield () -> drainsSince = before;
            }
            case SideSettled news -> {
                SideKey key = keyOf(news);
                LedgerSide known = sides.get(key);
                yield known == null ? () -> {} : putSide(key, known.with(news));
            }
        };
    }

    /** The shortest list of entries that replays into this. */
    List<JournalEntry> entries() {
        List<JournalEntry> entries = new ArrayList<>();
        drainsSince().ifPresent(since -> entries.add(new Drained(true, since)));
        endpoints.forEach((key, endpoint) -> entries.add(new EndpointPut(key.tenant(), endpoint)));
        for (Map.Entry<SideKey, LedgerSide> entry : sides.entrySet()) {
            LedgerSide side = entry.getValue();
            if (side.isConnected()) {
                side.requests().forEach(request -> entries.add(new SideConnected(side.tenant(), request)));
                side.settled().ifPresent(entries::add);
            } else {
                SideKey key = entry.getKey();
                entries.add(new SideDisconnected(side.tenant(), key.wire(), key.side(), side.generation()));
            }
        }
        return entries;
    }

    int size() {
        return endpoints.size() + sides.size();
    }

    private SideKey keyOf(SideSettled news) {
        if (!news.tenant().isEmpty()) {
            return new SideKey(news.tenant(), news.wire(), news.side());
        }
        // Written by a release in which no two tenants could have a side of the same name.
        return sides.keySet().stream()
                .filter(key -> key.wire().equals(news.wire()) && key.side() == news.side())
                .findFirst()
                .orElseGet(() -> new SideKey("", news.wire(), news.side()));
    }

    private Runnable putEndpoint(EndpointKey key, @Nullable EndpointDescription value) {
        EndpointDescription before = replace(key, value);
        return () -> replace(key, before);
    }

    private @Nullable EndpointDescription replace(EndpointKey key, @Nullable EndpointDescription value) {
        EndpointDescription before = value == null ? endpoints.remove(key) : endpoints.put(key, value);
        if (before != null) {
            census.remove(key, before);
        }
        if (value != null) {
            census.add(key, value);
        }
        return before;
    }

    private Runnable putSide(SideKey key, LedgerSide value) {
        LedgerSide before = replace(key, value);
        Set<SideKey> gone = disconnected.getOrDefault(key.tenant(), Set.of());
        SideKey oldest = gone.size() > LONGEST_MEMORY ? gone.iterator().next() : null;
        LedgerSide forgotten = oldest == null ? null : replace(oldest, null);
        return () -> {
            if (oldest != null) {
                replace(oldest, forgotten);
            }
            replace(key, before);
        };
    }

    private @Nullable LedgerSide replace(SideKey key, @Nullable LedgerSide value) {
        LedgerSide before = value == null ? sides.remove(key) : sides.put(key, value);
        if (before != null) {
            unlist(key, before);
        }
        if (value != null) {
            list(key, value);
        }
        return before;
    }

    private void list(SideKey key, LedgerSide side) {
        census.add(side);
        if (side.isConnected()) {
            users.computeIfAbsent(endpointOf(side), it -> new LinkedHashSet<>()).add(key);
        } else {
            disconnected
                    .computeIfAbsent(key.tenant(), it -> new LinkedHashSet<>())
                    .add(key);
        }
    }

    private void unlist(SideKey key, LedgerSide side) {
        census.remove(side);
        if (side.isConnected()) {
            remove(users, endpointOf(side), key);
        } else {
            remove(disconnected, key.tenant(), key);
        }
    }

    private static <K> void remove(Map<K, Set<SideKey>> index, K at, SideKey key) {
        Set<SideKey> left = index.get(at);
        if (left != null && left.remove(key) && left.isEmpty()) {
            index.remove(at);
        }
    }

    private static EndpointKey endpointOf(LedgerSide side) {
        return new EndpointKey(side.tenant(), side.latest().endpoint());
    }
}
