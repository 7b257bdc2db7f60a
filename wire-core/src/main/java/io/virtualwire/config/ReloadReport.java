package io.virtualwire.config;

import java.util.List;

/**
 * What came of reading a daemon's configuration file again.
 *
 * @param file which file
 * @param changed keys of which what they say now has taken effect
 * @param restart keys that say something else than what the daemon was started with, and need a restart
 * @param overridden keys that were changed, but a flag says otherwise and wins
 * @param ungranted what tenants still have here, and no grant covers any more
 */
public record ReloadReport(
        String file, List<String> changed, List<String> restart, List<String> overridden, List<String> ungranted) {
    public ReloadReport {
        changed = copy(changed);
        restart = copy(restart);
        overridden = copy(overridden);
        ungranted = copy(ungranted);
    }

    /** The same, with what is ungranted. */
    public ReloadReport withUngranted(List<String> found) {
        return new ReloadReport(file, changed, restart, overridden, found);
    }

    @SuppressWarnings("ConstantValue") // an older daemon may leave a list out
    private static List<String> copy(List<String> said) {
        return said == null ? List.of() : List.copyOf(said);
    }
}
