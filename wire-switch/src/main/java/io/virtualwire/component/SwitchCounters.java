package io.virtualwire.component;

import io.virtualwire.forwarding.FilterReason;
import io.virtualwire.forwarding.FloodCause;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What became of a switch's frames; written by the owner thread. */
final class SwitchCounters {
    private static final FilterReason[] REASONS = FilterReason.values();
    private static final FloodCause[] CAUSES = FloodCause.values();

    private final long[] filtered = new long[REASONS.length];
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

    void filtered(FilterReason reason) {
        filtered[reason.ordinal()]++;
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
            counts.put("filtered_" + reason.name().toLowerCase(Locale.ROOT), filtered[reason.ordinal()]);
        }
        counts.put("dropped_not_deciding", notDeciding);
        counts.put("dropped_malformed", malformed);
        return counts;
    }
}
