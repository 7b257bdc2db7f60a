package io.virtualwire.association;

import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** The indices of this daemon's sessions that stand in datagrams to it. First owner thread only. */
final class SessionIndices {
    private final RandomGenerator random;
    private final Set<Integer> taken = new HashSet<>();
    private final Set<Integer> reserved = new HashSet<>();

    /** @param random must be unpredictable: who cannot guess an index cannot make us touch a key */
    SessionIndices(RandomGenerator random) {
        this.random = random;
    }

    /** An index that is nobody's; it stays so until it is taken or released. */
    int reserve() {
        for (; ; ) {
            int index = random.nextInt();
            if (index != 0 && !taken.contains(index) && reserved.add(index)) {
                return index;
            }
        }
    }

    void release(int index) {
        reserved.remove(index);
    }

    /** A session has it. */
    void take(int index) {
        reserved.remove(index);
        taken.add(index);
    }

    /** The session is gone. */
    void giveBack(int index) {
        taken.remove(index);
    }
}
