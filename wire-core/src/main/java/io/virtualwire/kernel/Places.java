package io.virtualwire.kernel;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.BitSet;

/**
 * Which places of a table are taken. One that is given back is taken again only after all others, so that a program that was
 * just reading it does not find another's in it.
 */
final class Places {
    private final int count;
    private final BitSet taken = new BitSet();
    private int last = -1;

    Places(int count) {
        this.count = count;
    }

    void take(int place) {
        taken.set(place);
        last = Math.max(last, place);
    }

    int next() {
        int place = taken.nextClearBit(last + 1);
        if (place >= count) {
            place = taken.nextClearBit(0);
        }
        if (place >= count) {
            throw new WireException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "all " + count + " places for kernel wires of this host are taken",
                    "disconnect some, or use the user backend");
        }
        taken.set(place);
        last = place;
        return place;
    }

    void give(int place) {
        taken.clear(place);
    }

    int[] taken() {
        return taken.stream().toArray();
    }
}
