package io.virtualwire.connector.journal;

/**
 * How a journal does.
 *
 * @param bytes the length of its file
 * @param commits groups of changes that were forced to disk
 * @param commitNanos how long that took, together
 * @param failures groups that could not be written
 * @param problem why the latest group could not be written; empty if it was
 */
public record JournalFigures(long bytes, long commits, long commitNanos, long failures, String problem) {
    JournalFigures committed(long length, long nanos) {
        return new JournalFigures(length, commits + 1, commitNanos + nanos, failures, "");
    }

    JournalFigures failed(String why) {
        return new JournalFigures(bytes, commits, commitNanos, failures + 1, why);
    }
}
