package io.virtualwire.client;

import java.util.Optional;

/**
 * One line of a migration's progress; the last one has a result or an error.
 *
 * @param step what has happened: {@code agreed}, {@code prepared}, {@code handed-over}, {@code decided}, {@code completed} …
 * @param node where
 * @param millis since the migration was asked for, by the clock of the node that was asked
 */
public record MigrationStep(
        String step, String node, double millis, Optional<MigrationResult> result, Optional<ErrorBody> error) {}
