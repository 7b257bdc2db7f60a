package io.virtualwire.cluster;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Tells a listener what it has not heard of a table, in an order per key that makes sense: news come as they happen, and what was
 * read comes at any time after it was so.
 *
 * <pre>
 *   beginReading ────────── what is there is read ──────────▶ found: what is older than news of meanwhile is left out
 *                 written, withdrawn ──────────▶ told at once
 * </pre>
 */
final class TableNews<V> {
    private final Consumer<TableChange<V>> listener;
    /** The versions that the listener knows. */
    private final Map<String, Long> told = new HashMap<>();
    /** What went while somebody reads, who may have seen it before. */
    private final Set<String> goneMeanwhile = new HashSet<>();

    private int readings;

    TableNews(Consumer<TableChange<V>> listener) {
        this.listener = listener;
    }

    /** Somebody begins to read; {@link #found} or {@link #nothingFound} ends it. */
    synchronized void beginReading() {
        readings++;
    }

    synchronized void found(Collection<TableEntry<V>> entries) {
        // One that went and came again was news, too.
        entries.stream().filter(it -> !goneMeanwhile.contains(it.key())).forEach(this::written);
        nothingFound();
    }

    synchronized void nothingFound() {
        readings--;
        if (readings == 0) {
            goneMeanwhile.clear();
        }
    }

    synchronized void written(TableEntry<V> entry) {
        Long known = told.get(entry.key());
        if (known == null || known <= entry.version()) {
            told.put(entry.key(), entry.version());
            listener.accept(new TableChange.Written<>(entry));
        }
    }

    synchronized void withdrawn(String key) {
        told.remove(key);
        if (readings > 0) {
            goneMeanwhile.add(key);
        }
        listener.accept(new TableChange.Withdrawn<>(key));
    }
}
