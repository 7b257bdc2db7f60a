package io.virtualwire.identity;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections to a port whose peers have not proved who they are yet: few in all, fewer from one source. A newcomer is always
 * let in, and displaces the oldest of those that are too many.
 *
 * <pre>
 *   its source has its share already  ──▶ the oldest from that source goes
 *   else all places are taken         ──▶ the oldest from the source with most of them goes
 * </pre>
 *
 * <p>A peer proves itself within a few round trips, so who opens many connections and says nothing displaces its own. A source is an IPv4
 * address or the first half of an IPv6 address, as one machine may have all that begin with it. Safe for use by several threads.
 *
 * @param <T> a connection; equal to itself only
 */
public final class Strangers<T> {
    private static final int SHARE = 4;
    private static final int NETWORK_BYTES = 8;

    private final int most;
    private final int mostOfOne;
    private final Consumer<T> displace;
    private final Map<T, InetAddress> sources = new HashMap<>();
    private final Map<InetAddress, Map<T, Long>> waiting = new HashMap<>();
    private long arrivals;

    /**
     * @param most of all sources together; one source may have a quarter of that
     * @param displace ends a connection that has to go
     */
    public Strangers(int most, Consumer<T> displace) {
        this.most = most;
        this.mostOfOne = Math.max(1, most / SHARE);
        this.displace = displace;
    }

    /** A connection was made. */
    public void came(InetAddress from, T connection) {
        T gone = enter(source(from), connection);
        if (gone != null) {
            displace.accept(gone);
        }
    }

    /** It has proved itself, or ended; false if it was displaced before. */
    public synchronized boolean left(T connection) {
        InetAddress source = sources.remove(connection);
        if (source == null) {
            return false;
        }
        waiting.computeIfPresent(source, (from, own) -> {
            own.remove(connection);
            return own.isEmpty() ? null : own;
        });
        return true;
    }

    /** How many there are. */
    public synchronized int count() {
        return sources.size();
    }

    private synchronized @Nullable T enter(InetAddress source, T connection) {
        Map<T, Long> own = waiting.getOrDefault(source, Map.of());
        T gone = null;
        if (own.size() >= mostOfOne) {
            gone = oldest(own);
        } else if (sources.size() >= most) {
            gone = oldest(largest());
        }
        if (gone != null) {
            left(gone);
        }
        sources.put(connection, source);
        waiting.computeIfAbsent(source, first -> new LinkedHashMap<>()).put(connection, arrivals++);
        return gone;
    }

    private Map<T, Long> largest() {
        Map<T, Long> largest = Map.of();
        for (Map<T, Long> one : waiting.values()) {
            if (one.size() > largest.size() || one.size() == largest.size() && first(one) < first(largest)) {
                largest = one;
            }
        }
        return largest;
    }

    private static <T> T oldest(Map<T, Long> of) {
        return of.keySet().iterator().next();
    }

    private static long first(Map<?, Long> of) {
        return of.values().iterator().next();
    }

    private static InetAddress source(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException("an address has as many bytes as it has", e);
        }
    }
}
