package io.virtualwire.association;

/**
 * The counters that one lane of one session has already delivered, by the method of RFC 6479: a ring of 64-bit blocks of
 * which the newest counter's is the head, so that moving on clears whole blocks and never shifts a bit.
 *
 * <pre>
 *   blocks   | k+1 | k+2 | … | k-1 |  k  |      k = highest / 64; the ring's oldest block is being filled anew,
 *            +-----+-----+---+-----+-----+      hence {@link #SPAN} = (blocks - 1) * 64 counters are always covered
 * </pre>
 */
final class ReplayWindow {
    private static final int BLOCKS = 256;
    private static final int BLOCK_BITS = 6;

    /** How far below the highest counter one may still arrive. */
    static final long SPAN = (BLOCKS - 1L) << BLOCK_BITS;

    private final long[] ring = new long[BLOCKS];
    private long highest = -1;

    /** Whether {@code counter} could be taken; asked before the tag is checked, so it must change nothing. */
    boolean isFresh(long counter) {
        if (counter > highest) {
            return true;
        }
        return counter >= 0 && highest - counter < SPAN && (ring[index(counter)] & bit(counter)) == 0;
    }

    /**
     * Takes {@code counter}, whose datagram has proved authentic.
     *
     * @return false if it was taken before or is too old
     */
    boolean take(long counter) {
        if (!isFresh(counter)) {
            return false;
        }
        if (counter > highest) {
            moveTo(counter);
        }
        ring[index(counter)] |= bit(counter);
        return true;
    }

    /** The highest counter taken; -1 if none was. */
    long highest() {
        return highest;
    }

    long[] image() {
        return ring.clone();
    }

    void restore(long highestTaken, long[] taken) {
        highest = highestTaken;
        System.arraycopy(taken, 0, ring, 0, BLOCKS);
    }

    private void moveTo(long counter) {
        long head = highest < 0 ? 0 : highest >> BLOCK_BITS;
        long steps = Math.min((counter >> BLOCK_BITS) - head, BLOCKS);
        for (long step = 1; step <= steps; step++) {
            ring[(int) (head + step) & BLOCKS - 1] = 0;
        }
        highest = counter;
    }

    private static int index(long counter) {
        return (int) (counter >> BLOCK_BITS) & BLOCKS - 1;
    }

    private static long bit(long counter) {
        return 1L << counter;
    }
}
