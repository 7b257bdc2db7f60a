package io.virtualwire.component;

import io.virtualwire.forwarding.FilterReason;
import io.virtualwire.forwarding.FloodCause;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of a switch's frames; written by the owner thread. */
final class SwitchCounters {
    private static final FilterReason[] REASONS = FilterReason.values();
    private static final FloodCause[] CAUSES = FloodCause.values();

    private final long[] filtered = new long[REASONS.length];
    /* By port, then by reason. */
    private long[][] filteredAt = new long[4][REASONS.length];
    private final long[] flooded = new long[CAUSES.length];
    private long forwarded;
    private long notDeciding;
    private long malformed;

    void forwarded() {
        forwarded++;
    }

    void flooded(FloodCause cause) {
        flooded[cause.ordinal()]++;
    }

    /** A frame from this port went nowhere. */
    void filtered(int port, FilterReason reason) {
        filtered[reason.ordinal()]++;
        if (port < filteredAt.length) {
            filteredAt[port][reason.ordinal()]++;
        }
    }

    /** A port of this number is new, or another one than before. */
    void newPort(int port) {
        int before = filteredAt.length;
        if (port >= before) {
            filteredAt = Arrays.copyOf(filteredAt, Math.max(port + 1, 2 * before));
            for (int added = before; added < filteredAt.length; added++) {
                filteredAt[added] = new long[REASONS.length];
            }
        }
        Arrays.fill(filteredAt[port], 0);
    }

    /** Why frames from this port went nowhere; reasons that did not occur are left out. */
    Map<String, Long> filteredAt(int port) {
        Map<String, Long> counts = new TreeMap<>();
        for (FilterReason reason : REASONS) {
            long count = filteredAt[port][reason.ordinal()];
            if (count != 0) {
                counts.put(reason.metricName(), count);
            }
        }
        return counts;
    }

    void notDeciding() {
        notDeciding++;
    }

    void malformed() {
        malformed++;
    }

    Map<String, Long> snapshot() {
        Map<String, Long> counts = new TreeMap<>();
        counts.put("forwarded", forwarded);
        for (FloodCause cause : CAUSES) {
            counts.put("flooded_" + cause.name().toLowerCase(Locale.ROOT), flooded[cause.ordinal()]);
        }
        for (FilterReason reason : REASONS) {
            counts.put("filtered_" + reason.metricName(), filtered[reason.ordinal()]);
        }
        counts.put("dropped_not_deciding", notDeciding);
        counts.put("dropped_malformed", malformed);
        return counts;
    }
}
