package io.virtualwire.forwarding;

import java.time.Duration;

/**
 * The addresses a bridge has learned: an open-addressing table of (VLAN, MAC) → port, bounded and ageing.
 *
 * <pre>
 *  key    63          60 59        48 47                                             0
 *        +--------------+------------+------------------------------------------------+
 *        | 1  (in use)  |  VLAN id   |                  MAC address                   |
 *        +--------------+------------+------------------------------------------------+
 * </pre>
 *
 * <p>Linear probing in arrays at most half full; removal shifts the rest of a cluster back, so there are no tombstones
 * and a long life does not slow look-ups down. An entry too old counts as absent at once and is swept later. A fixed entry
 * is never too old, and nothing that is seen or heard from elsewhere changes it.
 */
public final class ForwardingDatabase {
    /** What {@link #find} answers when the address is not known. */
    public static final int UNKNOWN = -1;

    private static final long IN_USE = 1L << 63;
    private static final long MAC_MASK = 0xffff_ffff_ffffL;
    private static final int VLAN_SHIFT = 48;
    private static final int VLAN_MASK = 0xfff;
    /* How many slots a full table looks at for an entry that is too old, before it gives up. */
    private static final int SCAVENGE_SLOTS = 32;

    private final long ageingNanos;
    private final int bound;
    private final int mask;
    private final long[] keys;
    private final int[] ports;
    private final int[] sequences;
    private final long[] seen;
    private final boolean[] fixed;
    private int size;
    private int hand;
    private long changes;

    /**
     * @param bound the most entries it holds
     * @param ageing how long an address is believed after it was last seen
     */
    public ForwardingDatabase(int bound, Duration ageing) {
        if (bound < 1 || bound > 1 << 24) {
            throw new IllegalArgumentException("an address table of " + bound + " entries is not between 1 and 2^24");
        }
        this.bound = bound;
        ageingNanos = ageing.toNanos();
        int capacity = Integer.highestOneBit(Math.max(4, 2 * bound - 1)) << 1;
        mask = capacity - 1;
        keys = new long[capacity];
        ports = new int[capacity];
        sequences = new int[capacity];
        seen = new long[capacity];
        fixed = new boolean[capacity];
    }

    /** The port behind which the address is, or {@link #UNKNOWN}. HOT PATH. */
    int find(long mac, int vlan, long now) {
        int slot = slotOf(key(mac, vlan));
        return slot < 0 || isOld(slot, now) ? UNKNOWN : ports[slot];
    }

    /** Notes that the address was seen on the port. HOT PATH. */
    Learned learn(long mac, int vlan, int port, long now) {
        long key = key(mac, vlan);
        int slot = slotOf(key);
        if (slot < 0) {
            if (size == bound && !scavenge(now)) {
                return Learned.FULL;
            }
            insert(key, port, 0, now);
            return Learned.NEW;
        }
        if (fixed[slot]) {
            return ports[slot] == port ? Learned.REFRESHED : Learned.FIXED_ELSEWHERE;
        }
        boolean wasOld = isOld(slot, now);
        seen[slot] = now;
        if (ports[slot] == port) {
            if (wasOld) {
                changes++;
            }
            return wasOld ? Learned.NEW : Learned.REFRESHED;
        }
        ports[slot] = port;
        sequences[slot]++;
        changes++;
        return Learned.MOVED;
    }

    /**
     * Takes what another place learned, unless what is known here is as good: a higher sequence wins, and of two equal
     * ones the one that is known already, unless it is too old.
     *
     * @param seenAt when the other place last saw the address, in this clock
     */
    void merge(long mac, int vlan, int port, int sequence, long seenAt, long now) {
        if (now - seenAt >= ageingNanos) {
            return;
        }
        long key = key(mac, vlan);
        int slot = slotOf(key);
        if (slot < 0) {
            if (size < bound || scavenge(now)) {
                insert(key, port, sequence, seenAt);
            }
            return;
        }
        if (fixed[slot]) {
            return;
        }
        int lead = sequence - sequences[slot];
        if (lead > 0 || (lead == 0 && isOld(slot, now))) {
            ports[slot] = port;
            sequences[slot] = sequence;
            seen[slot] = seenAt;
            changes++;
        } else if (lead == 0 && ports[slot] == port && seenAt - seen[slot] > 0) {
            seen[slot] = seenAt;
        }
    }

    /** Says where the address is, once and for all; in a full table something learned makes room. COLD PATH. */
    void fix(long mac, int vlan, int port) {
        long key = key(mac, vlan);
        int slot = slotOf(key);
        if (slot < 0) {
            if (size == bound) {
                evict();
            }
            slot = insert(key, port, 0, 0);
        }
        ports[slot] = port;
        fixed[slot] = true;
        changes++;
    }

    /** Forgets every fixed entry. COLD PATH. */
    void unfix() {
        removeIf(slot -> fixed[slot]);
    }

    /** Removes what is too old. COLD PATH. */
    void age(long now) {
        removeIf(slot -> isOld(slot, now));
    }

    /** Forgets every address behind the port. COLD PATH. */
    void forgetPort(int port) {
        removeIf(slot -> ports[slot] == port);
    }

    /** Shows every entry that is not too old. COLD PATH. */
    void forEach(long now, EntryVisitor visitor) {
        for (int slot = 0; slot <= mask; slot++) {
            if (keys[slot] != 0 && !isOld(slot, now)) {
                visitor.entry(
                        keys[slot] & MAC_MASK,
                        (int) (keys[slot] >>> VLAN_SHIFT) & VLAN_MASK,
                        ports[slot],
                        sequences[slot],
                        fixed[slot] ? 0 : now - seen[slot],
                        fixed[slot]);
            }
        }
    }

    /** How many entries there are, those included that are too old but not yet swept. */
    public int size() {
        return size;
    }

    /** Rises with every entry that comes, moves or goes; what was only seen again does not count. */
    public long changes() {
        return changes;
    }

    /** Receives the entries of a table. */
    interface EntryVisitor {
        void entry(long mac, int vlan, int port, int sequence, long ageNanos, boolean isFixed);
    }

    private interface SlotTest {
        boolean test(int slot);
    }

    private static long key(long mac, int vlan) {
        return IN_USE | (long) (vlan & VLAN_MASK) << VLAN_SHIFT | (mac & MAC_MASK);
    }

    private boolean isOld(int slot, long now) {
        return now - seen[slot] >= ageingNanos && !fixed[slot];
    }

    private int home(long key) {
        long mixed = key * 0x9e37_79b9_7f4a_7c15L;
        return (int) (mixed >>> 32) & mask;
    }

    private int slotOf(long key) {
        for (int slot = home(key); keys[slot] != 0; slot = slot + 1 & mask) {
            if (keys[slot] == key) {
                return slot;
            }
        }
        return -1;
    }

    private int insert(long key, int port, int sequence, long now) {
        int slot = home(key);
        while (keys[slot] != 0) {
            slot = slot + 1 & mask;
        }
        keys[slot] = key;
        ports[slot] = port;
        sequences[slot] = sequence;
        seen[slot] = now;
        fixed[slot] = false;
        size++;
        changes++;
        return slot;
    }

    /** Removes any entry that is not fixed; there is one, since fixed ones are bounded by less than the table. */
    private void evict() {
        for (int i = 0; i <= mask; i++) {
            hand = hand + 1 & mask;
            if (keys[hand] != 0 && !fixed[hand]) {
                remove(hand);
                return;
            }
        }
    }

    /** Makes room by removing one entry that is too old, if the next few slots hold one. */
    private boolean scavenge(long now) {
        for (int i = 0; i < SCAVENGE_SLOTS; i++) {
            hand = hand + 1 & mask;
            if (keys[hand] != 0 && isOld(hand, now)) {
                remove(hand);
                return true;
            }
        }
        return false;
    }

    private void removeIf(SlotTest test) {
        for (int slot = 0; slot <= mask; slot++) {
            /* Removal may shift the next entry of the cluster into this slot, which is then to be looked at too. */
            while (keys[slot] != 0 && test.test(slot)) {
                remove(slot);
            }
        }
    }

    private void remove(int removed) {
        int gap = removed;
        for (int slot = gap + 1 & mask; keys[slot] != 0; slot = slot + 1 & mask) {
            int home = home(keys[slot]);
            /* An entry may fill the gap unless its home lies cyclically between the gap (exclusive) and itself. */
            if ((slot - home & mask) >= (slot - gap & mask)) {
                keys[gap] = keys[slot];
                ports[gap] = ports[slot];
                sequences[gap] = sequences[slot];
                seen[gap] = seen[slot];
                fixed[gap] = fixed[slot];
                gap = slot;
            }
        }
        keys[gap] = 0;
        size--;
        changes++;
    }
}
