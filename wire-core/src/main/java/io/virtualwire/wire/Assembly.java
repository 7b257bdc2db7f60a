package io.virtualwire.wire;

import java.util.Arrays;

/** One frame of which not all segments have arrived. */
final class Assembly {
    /** Islands of bytes that can be apart at once; a sender that sends in order makes one. */
    private static final int MAX_ISLANDS = 64;

    long number;
    int total;
    long since;
    byte[] buffer = {};

    private final int[] starts = new int[MAX_ISLANDS];
    private final int[] ends = new int[MAX_ISLANDS];
    private int islands;

    void begin(long number, int total, long since, byte[] buffer) {
        this.number = number;
        this.total = total;
        this.since = since;
        this.buffer = buffer;
        this.islands = 0;
    }

    /** Takes a segment; false if it lies outside the frame or overlaps what is here, or the islands are too many. */
    boolean put(int at, byte[] bytes, int offset, int length) {
        int end = at + length;
        if (length <= 0 || at < 0 || end > total) {
            return false;
        }
        int i = islands;
        while (i > 0 && starts[i - 1] > at) {
            i--;
        }
        boolean overlaps = i > 0 && ends[i - 1] > at || i < islands && starts[i] < end;
        if (overlaps) {
            return false;
        }
        boolean joinsLeft = i > 0 && ends[i - 1] == at;
        boolean joinsRight = i < islands && starts[i] == end;
        if (joinsLeft && joinsRight) {
            ends[i - 1] = ends[i];
            remove(i);
        } else if (joinsLeft) {
            ends[i - 1] = end;
        } else if (joinsRight) {
            starts[i] = at;
        } else if (!insert(i, at, end)) {
            return false;
        }
        System.arraycopy(bytes, offset, buffer, at, length);
        return true;
    }

    EngineImage.Incomplete image(long now) {
        int[] pairs = new int[2 * islands];
        for (int i = 0; i < islands; i++) {
            pairs[2 * i] = starts[i];
            pairs[2 * i + 1] = ends[i];
        }
        return new EngineImage.Incomplete(number, now - since, pairs, Arrays.copyOf(buffer, total));
    }

    /** Marks what the image says is here; its bytes are in the buffer. */
    void restore(EngineImage.Incomplete image) {
        islands = image.islands().length / 2;
        for (int i = 0; i < islands; i++) {
            starts[i] = image.islands()[2 * i];
            ends[i] = image.islands()[2 * i + 1];
        }
    }

    boolean isComplete() {
        return islands == 1 && starts[0] == 0 && ends[0] == total;
    }

    private void remove(int i) {
        System.arraycopy(starts, i + 1, starts, i, islands - i - 1);
        System.arraycopy(ends, i + 1, ends, i, islands - i - 1);
        islands--;
    }

    private boolean insert(int i, int start, int end) {
        if (islands == MAX_ISLANDS) {
            return false;
        }
        System.arraycopy(starts, i, starts, i + 1, islands - i);
        System.arraycopy(ends, i, ends, i + 1, islands - i);
        starts[i] = start;
        ends[i] = end;
        islands++;
        return true;
    }
}
