package io.virtualwire.log;

import java.time.Duration;

/**
 * How quickly a log notices trouble and how much it keeps.
 *
 * @param electionMin a follower that hears nothing from its leader for this long, or up to {@code electionMax},
 *     stands for election
 * @param electionMax the upper end of that range
 * @param patience how long an append may look for a majority before it fails
 * @param snapshotEvery how many entries are written between two snapshots
 * @param segmentBytes how large a log file grows; files whose entries are all in a snapshot are deleted
 */
public record LogSettings(
        Duration electionMin, Duration electionMax, Duration patience, int snapshotEvery, int segmentBytes) {
    /** Takes over within two seconds on hosts that are busy now and then. */
    public static final LogSettings DEFAULT =
            new LogSettings(Duration.ofMillis(600), Duration.ofMillis(1200), Duration.ofSeconds(5), 1024, 1 << 20);

    /** Refuses a range that is none. */
    public LogSettings {
        if (electionMin.compareTo(electionMax) >= 0 || snapshotEvery < 1 || segmentBytes < 4096) {
            throw new IllegalArgumentException("election " + electionMin + ".." + electionMax + ", snapshot every "
                    + snapshotEvery + " entries, segments of " + segmentBytes + " bytes");
        }
    }
}
