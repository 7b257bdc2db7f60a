package io.virtualwire.association;

import java.util.Arrays;

/**
 * How large a datagram may be on one path, as UDP payload: begins at what IPv6 guarantees, grows by acknowledged probes,
 * falls back when the size in use stops arriving.
 *
 * <pre>
 *   SEARCHING ──all rounds sent, or the largest size acknowledged──▶ SETTLED
 *       ▲                                                               │
 *       └── a minute has passed · three lost probes of the size in use · the kernel refused the size ──┘
 * </pre>
 *
 * <p>Pure: the caller sends what {@link #nextProbe} says and reports what came of it.
 */
final class PathMtu {
    /** What is used before anything was probed: IPv6's minimum MTU without IPv6 and UDP headers. */
    static final int FLOOR = 1232;

    /** The largest size ever used; what lies above brings nothing and costs whole batches when lost. */
    static final int CEILING = 9216;

    static final long ROUND_NANOS = 200_000_000L;
    static final long CONFIRM_NANOS = 1_000_000_000L;
    static final long SEARCH_NANOS = 60_000_000_000L;

    private static final int ROUNDS = 3;
    private static final int MOST_LOST = 3;
    private static final int IPV4_OVERHEAD = 20 + 8;
    private static final int IPV6_OVERHEAD = 40 + 8;

    /** MTUs of links that are met in practice: jumbo frames, FDDI, Ethernet, PPPoE, tunnels of several kinds. */
    private static final int[] COMMON = {
        9001, 9000, 8500, 4352, 1500, 1492, 1480, 1460, 1450, 1420, 1400, 1380, 1340, 1300
    };

    private int[] sizes = {};
    private int size = FLOOR;
    private int refused = Integer.MAX_VALUE;
    private int round = ROUNDS;
    private int position;
    private int unanswered;
    private long roundAt;
    private long confirmAt;
    private long searchAt;

    /**
     * Begins anew for another route.
     *
     * @param linkBudget the largest UDP payload that the local link takes
     */
    void begin(int linkBudget, boolean ipv6, long now) {
        int overhead = ipv6 ? IPV6_OVERHEAD : IPV4_OVERHEAD;
        int largest = Math.min(linkBudget, CEILING);
        sizes = Arrays.stream(COMMON)
                .map(mtu -> mtu - overhead)
                .filter(common -> common < largest)
                .map(common -> -common)
                .sorted()
                .map(negated -> -negated)
                .toArray();
        if (largest > FLOOR) {
            sizes = prepend(largest, sizes);
        }
        size = FLOOR;
        refused = Integer.MAX_VALUE;
        search(now);
    }

    /** The size in use. */
    int size() {
        return size;
    }

    /** The size of a probe that is due now; 0 if none is. Asked until it answers 0. */
    int nextProbe(long now) {
        if (round < ROUNDS && now - roundAt >= 0) {
            while (position < sizes.length && sizes[position] > size) {
                int candidate = sizes[position++];
                if (candidate < refused) {
                    return candidate;
                }
            }
            round++;
            position = 0;
            roundAt = now + ROUND_NANOS;
            searchAt = now + SEARCH_NANOS;
        }
        if (round >= ROUNDS && now - searchAt >= 0) {
            refused = Integer.MAX_VALUE;
            search(now);
            return nextProbe(now);
        }
        if (size > FLOOR && now - confirmAt >= 0) {
            confirmAt = now + CONFIRM_NANOS;
            if (unanswered == MOST_LOST) {
                fallBack(size, now);
                return nextProbe(now);
            }
            unanswered++;
            return size;
        }
        return 0;
    }

    /** A probe of {@code probed} bytes was acknowledged. */
    void acknowledged(int probed, long now) {
        if (probed == size) {
            unanswered = 0;
        } else if (probed > size && probed < refused && contains(probed)) {
            size = probed;
            unanswered = 0;
            confirmAt = now + CONFIRM_NANOS;
        }
        if (sizes.length > 0 && size == sizes[0]) {
            round = ROUNDS;
        }
    }

    /** The kernel refused a datagram of {@code length} bytes because a link on the way is known to be smaller. */
    void refused(int length, long now) {
        refused = Math.min(refused, length);
        if (length <= size && size > FLOOR) {
            fallBack(length, now);
        }
    }

    private void fallBack(int length, long now) {
        refused = Math.min(refused, length);
        size = FLOOR;
        search(now);
    }

    private void search(long now) {
        round = 0;
        position = 0;
        unanswered = 0;
        roundAt = now;
        searchAt = now + SEARCH_NANOS;
    }

    private boolean contains(int probed) {
        for (int candidate : sizes) {
            if (candidate == probed) {
                return true;
            }
        }
        return false;
    }

    private static int[] prepend(int first, int[] rest) {
        int[] all = new int[rest.length + 1];
        all[0] = first;
        System.arraycopy(rest, 0, all, 1, rest.length);
        return all;
    }
}
