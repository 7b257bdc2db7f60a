package io.virtualwire.wire;

import java.util.Arrays;

/**
 * Which frame numbers of one generation arrived lately, so that "everything up to n" can be answered.
 *
 * <p>A number that is missing while a higher one came more than {@link Bounds#patienceNanos} ago counts as lost: an old
 * loss must not slow a move. Answers nothing about duplicates; the paths remove those.
 */
final class NumberWindow {
    /** How many numbers below the highest are remembered; a power of two. */
    static final int SIZE = 16_384;
    /** How much the underlay may have reordered before the first number that was seen. */
    static final int FIRST_REORDERING = 64;

    private static final int WORDS = SIZE / Long.SIZE;

    private final long patienceNanos;
    private final long[] seen = new long[WORDS];
    private long highest;
    /** Numbers up to here are not expected any more: too old, given up, or never meant for this place. */
    private long settled;

    private long mark;
    private long markAt;

    NumberWindow(long patienceNanos) {
        this.patienceNanos = patienceNanos;
    }

    /* HOT PATH */
    void add(long number, long now) {
        if (highest == 0) {
            settled = Math.max(settled, number - 1 - FIRST_REORDERING);
            markAt = now;
        }
        if (number > highest) {
            if (number - highest >= SIZE) {
                Arrays.fill(seen, 0);
            } else {
                for (long n = highest + 1; n < number; n++) {
                    clear(n);
                }
            }
            highest = number;
        } else if (highest - number >= SIZE) {
            return;
        }
        seen[word(number)] |= 1L << number;
        if (now - markAt >= patienceNanos) {
            settle(now);
        }
    }

    /** Numbers up to {@code number} went elsewhere and are not waited for. */
    void startAfter(long number) {
        settled = Math.max(settled, number);
    }

    long highest() {
        return highest;
    }

    /** Whether every number up to {@code last} that can be expected here has arrived. */
    boolean hasAllUpTo(long last, long now) {
        if (now - markAt >= patienceNanos) {
            settle(now);
        }
        if (last <= settled) {
            return true;
        }
        if (last > highest) {
            return false;
        }
        long from = Math.max(settled, highest - SIZE);
        for (long n = from + 1; n <= last; ) {
            if ((n & (Long.SIZE - 1)) == 0 && n + Long.SIZE - 1 <= last) {
                if (seen[word(n)] != -1L) {
                    return false;
                }
                n += Long.SIZE;
            } else {
                if ((seen[word(n)] & 1L << n) == 0) {
                    return false;
                }
                n++;
            }
        }
        return true;
    }

    /** Forgets everything: the far side's process is another one, and numbers from 1 again. */
    void reset() {
        Arrays.fill(seen, 0);
        highest = 0;
        settled = 0;
        mark = 0;
    }

    EngineImage.Numbers image(long now) {
        long first = Math.max(settled, highest - SIZE) + 1;
        long words = highest < first ? 0 : Math.min(WORDS, (highest >>> 6) - (first >>> 6) + 1);
        long[] present = new long[(int) words];
        for (int i = 0; i < words; i++) {
            present[i] = seen[(word(first) + i) & (WORDS - 1)];
        }
        return new EngineImage.Numbers(highest, settled, mark, now - markAt, present);
    }

    void restore(EngineImage.Numbers image, long now) {
        reset();
        highest = image.highest();
        settled = image.settled();
        mark = image.mark();
        markAt = now - image.markAt();
        long first = Math.max(settled, highest - SIZE) + 1;
        for (int i = 0; i < Math.min(WORDS, image.seen().length); i++) {
            seen[(word(first) + i) & (WORDS - 1)] = image.seen()[i];
        }
    }

    private void settle(long now) {
        settled = Math.max(settled, mark);
        mark = highest;
        markAt = now;
    }

    private void clear(long number) {
        seen[word(number)] &= ~(1L << number);
    }

    private static int word(long number) {
        return (int) (number >>> 6) & (WORDS - 1);
    }
}
