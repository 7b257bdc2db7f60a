package io.virtualwire.association;

import java.util.stream.IntStream;

/**
 * How large a datagram may be on one path, as UDP payload: begins at what IPv6 guarantees, grows by acknowledged probes,
 * falls back when the size in use stops arriving although smaller ones do. What routers say about it (ICMP) is not heeded:
 * it may be filtered, and anybody can forge it.
 *
 * <pre>
 *   SEARCHING ──all rounds sent, or the largest size acknowledged──▶ SETTLED
 *       ▲                                                               │
 *       └── a pause has passed · three lost probes of the size in use · the kernel refused the size ──┘
 * </pre>
 *
 * <p>Pure: the caller sends what {@link #nextProbe} says and reports what came of it.
 */
final class PathMtu {
    /** What is used before anything was probed: IPv6's minimum MTU without IPv6 and UDP headers. */
    static final int FLOOR = 1232;

    /** What is used where even that does not arrive: every host takes 576 bytes of IPv4. */
    static final int LAST_RESORT = 548;

    /** The largest size ever used; what lies above brings nothing and costs whole batches when lost. */
    static final int CEILING = 9216;

    static final long ROUND_NANOS = 200_000_000L;
    static final long CONFIRM_NANOS = 1_000_000_000L;
    static final long FIRST_PAUSE_NANOS = 2_000_000_000L;
    static final long LONGEST_PAUSE_NANOS = 60_000_000_000L;

    private static final int ROUNDS = 3;
    private static final int MOST_LOST = 3;
    private static final int IPV4_OVERHEAD = 20 + 8;
    private static final int IPV6_OVERHEAD = 40 + 8;

    /** MTUs of links that are met in practice: jumbo frames, FDDI, Ethernet, PPPoE, tunnels of several kinds. */
    private static final int[] COMMON = {
        9001, 9000, 8500, 4352, 1500, 1492, 1480, 1460, 1450, 1420, 1400, 1380, 1340, 1300, 1280, 1200, 1006
    };

    private int[] sizes = {};
    private int floor = FLOOR;
    private int smallest = FLOOR;
    private int size = FLOOR;
    private int refused = Integer.MAX_VALUE;
    private int round = ROUNDS;
    private int position;
    private long roundAt;
    private long pause = FIRST_PAUSE_NANOS;
    private long searchAt;
    private boolean awaiting;
    private int lost;
    private long askedAt;
    private long confirmAt;

    /**
     * Begins anew for another route.
     *
     * @param linkBudget the largest UDP payload that the local link takes
     */
    void begin(int linkBudget, boolean ipv6, long now) {
        int overhead = ipv6 ? IPV6_OVERHEAD : IPV4_OVERHEAD;
        int largest = Math.min(linkBudget, CEILING);
        smallest = ipv6 ? FLOOR : LAST_RESORT;
        floor = Math.clamp(largest, smallest, FLOOR);
        sizes = IntStream.concat(
                        IntStream.of(largest, floor), IntStream.of(COMMON).map(mtu -> mtu - overhead))
                .filter(each -> each <= largest && each > smallest)
                .map(each -> -each)
                .sorted()
                .distinct()
                .map(each -> -each)
                .toArray();
        size = floor;
        refused = Integer.MAX_VALUE;
        pause = FIRST_PAUSE_NANOS;
        confirmed(now);
        search(now);
    }

    /** A size that another process found to arrive is used until it stops arriving. */
    void resume(int known) {
        if (known > size && contains(known)) {
            size = known;
        }
    }

    /** The size in use. */
    int size() {
        return size;
    }

    /**
     * The size of a probe that is due now; 0 if none is. Asked until it answers 0. One of the size in use is to be followed by
     * something small that the peer answers.
     *
     * @param heardAt when anything arrived last: who hears nothing at all learns nothing about sizes
     * @param patience how long an answer may take
     */
    int nextProbe(long now, long heardAt, long patience) {
        if (round < ROUNDS && now - roundAt >= 0) {
            while (position < sizes.length && sizes[position] > size) {
                int candidate = sizes[position++];
                if (candidate < refused) {
                    return candidate;
                }
            }
            round++;
            position = 0;
            roundAt = now + Math.max(patience, ROUND_NANOS);
            searchAt = now + pause;
        }
        if (round >= ROUNDS && now - searchAt >= 0) {
            refused = Integer.MAX_VALUE;
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            search(now);
            return nextProbe(now, heardAt, patience);
        }
        return size > smallest && now - confirmAt >= 0 ? confirm(now, heardAt, patience) : 0;
    }

    private int confirm(long now, long heardAt, long patience) {
        boolean silent = heardAt - askedAt <= 0;
        if (awaiting && !silent) {
            lost++;
        }
        if (lost == MOST_LOST) {
            fallBack(size, now);
            return nextProbe(now, heardAt, patience);
        }
        confirmAt = now + (awaiting && silent ? CONFIRM_NANOS : patience);
        awaiting = true;
        askedAt = now;
        return size;
    }

    /** A probe of {@code probed} bytes was acknowledged. */
    void acknowledged(int probed, long now) {
        if (probed == size) {
            confirmed(now);
        } else if (probed > size && probed < refused && contains(probed)) {
            size = probed;
            confirmed(now);
        }
        if (sizes.length > 0 && size == sizes[0]) {
            round = ROUNDS;
        }
    }

    private void confirmed(long now) {
        awaiting = false;
        lost = 0;
        confirmAt = now + CONFIRM_NANOS;
    }

    /** The kernel refused a datagram of {@code length} bytes because the link is smaller. */
    void refused(int length, long now) {
        refused = Math.min(refused, length);
        if (length <= size && size > smallest) {
            fallBack(length, now);
        }
    }

    private void fallBack(int length, long now) {
        refused = Math.min(refused, length);
        size = size > floor && floor < refused ? floor : smallest;
        pause = FIRST_PAUSE_NANOS;
        confirmed(now);
        search(now);
    }

    private void search(long now) {
        round = 0;
        position = 0;
        roundAt = now;
        searchAt = now + pause;
    }

    private boolean contains(int probed) {
        for (int candidate : sizes) {
            if (candidate == probed) {
                return true;
            }
        }
        return false;
    }
}
