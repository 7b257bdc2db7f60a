package io.virtualwire.cluster;

import io.virtualwire.log.Codec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A fake: the tables of one cluster in one memory; every node that asks for a name gets the same table. */
public final class InMemoryTables {
    private final Map<String, Table<?>> tables = new HashMap<>();

    /** The table of that name. */
    @SuppressWarnings("unchecked")
    public synchronized <V> ReplicatedTable<V> table(String name, Codec<V> codec) {
        return (ReplicatedTable<V>) tables.computeIfAbsent(name, _ -> new Table<>(codec));
    }

    private static final class Table<V> implements ReplicatedTable<V> {
        private final Codec<V> codec;
        private final Map<String, TableEntry<V>> entries = new HashMap<>();
        private final List<Consumer<TableChange<V>>> listeners = new CopyOnWriteArrayList<>();

        Table(Codec<V> codec) {
            this.codec = codec;
        }

        @Override
        public synchronized CompletableFuture<Boolean> offer(TableEntry<V> entry) {
            TableEntry<V> there = entries.get(entry.key());
            if (there != null && there.version() >= entry.version()) {
                return CompletableFuture.completedFuture(false);
            }
            V copy = codec.decode(codec.encode(entry.value()));
            TableEntry<V> kept = new TableEntry<>(entry.key(), entry.version(), copy);
            entries.put(entry.key(), kept);
            listeners.forEach(listener -> listener.accept(new TableChange.Written<>(kept)));
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public synchronized CompletableFuture<Boolean> withdraw(String key, long version) {
            TableEntry<V> there = entries.get(key);
            if (there == null || there.version() > version) {
                return CompletableFuture.completedFuture(false);
            }
            entries.remove(key);
            listeners.forEach(listener -> listener.accept(new TableChange.Withdrawn<>(key)));
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public synchronized CompletableFuture<Optional<TableEntry<V>>> read(String key) {
            return CompletableFuture.completedFuture(Optional.ofNullable(entries.get(key)));
        }

        @Override
        public synchronized CompletableFuture<Collection<TableEntry<V>>> readAll() {
            return CompletableFuture.completedFuture(new ArrayList<>(entries.values()));
        }

        @Override
        public synchronized Registration onChange(Consumer<TableChange<V>> listener) {
            listeners.add(listener);
            entries.values().forEach(entry -> listener.accept(new TableChange.Written<>(entry)));
            return () -> listeners.remove(listener);
        }
    }
}
