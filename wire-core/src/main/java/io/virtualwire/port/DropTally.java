package io.virtualwire.port;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Drops, counted by reason.
 *
 * <p>Written by one thread, without synchronisation; another thread that reads sees recent values.
 */
public final class DropTally {
    private static final DropReason[] REASONS = DropReason.values();

    private final long[] counts = new long[REASONS.length];

    public void add(DropReason reason) {
        counts[reason.ordinal()]++;
    }

    public void add(DropReason reason, long count) {
        counts[reason.ordinal()] += count;
    }

    public long count(DropReason reason) {
        return counts[reason.ordinal()];
    }

    public long total() {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }

    /** The reasons that occurred by name, for another process. */
    public Map<String, Long> byName() {
        Map<String, Long> named = new TreeMap<>();
        snapshot().forEach((reason, count) -> named.put(reason.name(), count));
        return named;
    }

    /** Adds what another process counted; reasons that are not known here are passed over. */
    public void addByName(Map<String, Long> named) {
        for (DropReason reason : REASONS) {
            add(reason, named.getOrDefault(reason.name(), 0L));
        }
    }

    /** The reasons that occurred, with their counts; allocates. */
    public Map<DropReason, Long> snapshot() {
        Map<DropReason, Long> occurred = new EnumMap<>(DropReason.class);
        for (DropReason reason : REASONS) {
            if (count(reason) != 0) {
                occurred.put(reason, count(reason));
            }
        }
        return occurred;
    }
}
