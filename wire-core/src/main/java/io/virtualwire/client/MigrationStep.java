package io.virtualwire.client;

import java.util.Optional;

/**
 * One line of a migration's progress; the last one has a result or an error.
 *
 * @param step what has happened: {@code chosen} if a cloud was named, {@code agreed}, {@code waits}, {@code prepared}, {@code handed-over}, {@code decided}, {@code completed} …
 * @param node where
 * @param detail why that node was chosen, or which hosts are waited for; otherwise empty
 * @param millis since the migration was asked for, by the clock of the node that was asked
 */
public record MigrationStep(
        String step,
        String node,
        String detail,
        double millis,
        Optional<MigrationResult> result,
        Optional<ErrorBody> error) {
    /** A node of an earlier release leaves out what it does not have. */
    public MigrationStep {
        detail = detail == null ? "" : detail;
    }
}
