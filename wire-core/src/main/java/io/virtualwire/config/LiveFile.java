package io.virtualwire.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The configuration file of a running daemon: read again when asked, and in effect whole or not at all.
 *
 * @param <F> what it is read into
 */
public final class LiveFile<F extends Record> {
    private final Path file;
    private final Function<Path, F> reader;
    private final ConfigKeys<F> keys;
    private final Set<String> flags;
    private final Map<String, LiveSetting<F>> settings;
    private final F atStart;

    /**
     * @param atStart what it said when the daemon was started
     * @param flags keys for which a flag was given, which wins
     * @param settings the keys that can change, in the order in which they do
     */
    public LiveFile(
            Path file,
            Function<Path, F> reader,
            ConfigKeys<F> keys,
            F atStart,
            Set<String> flags,
            Map<String, LiveSetting<F>> settings) {
        this.file = file;
        this.reader = reader;
        this.keys = keys;
        this.atStart = atStart;
        this.flags = Set.copyOf(flags);
        this.settings = new LinkedHashMap<>(settings);
    }

    /**
     * Reads it again and lets take effect what can.
     *
     * @throws io.virtualwire.control.WireException if something in it is wrong; then all is as it was
     */
    public synchronized ReloadReport reload() {
        F said = reader.apply(file);
        Map<String, Runnable> changes = new LinkedHashMap<>();
        settings.forEach((key, setting) -> {
            if (!flags.contains(key)) {
                setting.prepare(said).ifPresent(change -> changes.put(key, change));
            }
        });
        changes.values().forEach(Runnable::run);
        List<String> restart = new ArrayList<>();
        List<String> overridden = new ArrayList<>();
        for (String key : keys.different(atStart, said)) {
            if (flags.contains(key)) {
                overridden.add(key);
            } else if (!settings.containsKey(key)) {
                restart.add(key);
            }
        }
        return new ReloadReport(file.toString(), List.copyOf(changes.keySet()), restart, overridden, List.of());
    }
}
