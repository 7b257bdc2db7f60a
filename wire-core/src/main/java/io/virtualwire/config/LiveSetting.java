package io.virtualwire.config;

import java.util.Optional;

/**
 * One key that can change while the daemon runs.
 *
 * @param <F> the file
 */
@FunctionalInterface
public interface LiveSetting<F> {
    /**
     * Prepares what the file says now: everything that can be refused is refused here.
     *
     * @return what lets it take effect, and cannot fail; empty if it is in effect already
     * @throws io.virtualwire.control.WireException if it cannot be, and nothing has changed
     */
    Optional<Runnable> prepare(F file);
}
