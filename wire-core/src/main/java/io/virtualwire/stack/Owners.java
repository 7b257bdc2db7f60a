package io.virtualwire.stack;

import io.virtualwire.control.WireId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which owner thread has which wire. One that is new is given to the thread that has the fewest, and it stays there, also when it
 * is disconnected: what fences it is there. Any thread.
 *
 * <p>A hash of the id would give one of two threads five of eight wires or more three times out of four.
 */
final class Owners {
    private final Map<WireId, Integer> connected = new HashMap<>();
    /** The longest disconnected first. */
    private final Map<WireId, Integer> resting = new LinkedHashMap<>();

    private final int mostResting;
    private final int[] wires;

    /** @param mostResting how many disconnected wires are remembered; more than there are fences */
    Owners(int threads, int mostResting) {
        this.wires = new int[threads];
        this.mostResting = mostResting;
    }

    /** The thread of this wire; of one that is new, the thread that it would be given to now. */
    synchronized int of(WireId wire) {
        Integer known = connected.get(wire);
        known = known == null ? resting.get(wire) : known;
        return known == null ? fewest() : known;
    }

    /** The thread of this wire, of which a side is being connected. */
    synchronized int connect(WireId wire) {
        int thread = of(wire);
        resting.remove(wire);
        if (connected.put(wire, thread) == null) {
            wires[thread]++;
        }
        return thread;
    }

    /** The thread of this wire from now on, of which a side is being disconnected. */
    synchronized int disconnect(WireId wire) {
        int thread = of(wire);
        if (!connected.containsKey(wire)) {
            rest(wire, thread);
        }
        return thread;
    }

    /** No side of it is connected any more. */
    synchronized void rest(WireId wire) {
        Integer thread = connected.remove(wire);
        if (thread != null) {
            wires[thread]--;
            rest(wire, thread);
        }
    }

    /** Another process had it on this thread. */
    synchronized void restore(WireId wire, int thread, boolean isConnected) {
        if (!isConnected) {
            if (!connected.containsKey(wire)) {
                rest(wire, thread);
            }
        } else if (connected.put(wire, thread) == null) {
            resting.remove(wire);
            wires[thread]++;
        }
    }

    private void rest(WireId wire, int thread) {
        resting.remove(wire);
        resting.put(wire, thread);
        if (resting.size() > mostResting) {
            resting.remove(resting.keySet().iterator().next());
        }
    }

    private int fewest() {
        int found = 0;
        for (int thread = 1; thread < wires.length; thread++) {
            found = wires[thread] < wires[found] ? thread : found;
        }
        return found;
    }
}
