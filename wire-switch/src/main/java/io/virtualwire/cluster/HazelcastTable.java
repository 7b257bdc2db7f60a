package io.virtualwire.cluster;

import com.hazelcast.core.EntryEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryRemovedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Codec;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A table in a Hazelcast map with one synchronous and one asynchronous backup. */
final class HazelcastTable<V> implements ReplicatedTable<V> {
    private final IMap<String, Cell> map;
    private final Codec<V> codec;
    private final Executor blocking;
    private final Membership membership;

    HazelcastTable(IMap<String, Cell> map, Codec<V> codec, Executor blocking, Membership membership) {
        this.map = map;
        this.codec = codec;
        this.blocking = blocking;
        this.membership = membership;
    }

    @Override
    public CompletableFuture<Boolean> offer(TableEntry<V> entry) {
        Cell cell = new Cell(entry.version(), codec.encode(entry.value()));
        return explained("write " + entry.key(), map.submitToKey(entry.key(), new OfferCell(cell)));
    }

    @Override
    public CompletableFuture<Boolean> withdraw(String key, long version) {
        return explained("withdraw " + key, map.submitToKey(key, new WithdrawCell(version)));
    }

    @Override
    public CompletableFuture<Optional<TableEntry<V>>> read(String key) {
        return explained("read " + key, map.getAsync(key))
                .thenApply(cell -> Optional.ofNullable(cell).map(found -> entry(key, found)));
    }

    @Override
    public CompletableFuture<Collection<TableEntry<V>>> readAll() {
        CompletableFuture<Collection<TableEntry<V>>> all = CompletableFuture.supplyAsync(
                () -> map.entrySet().stream()
                        .map(found -> entry(found.getKey(), found.getValue()))
                        .toList(),
                blocking);
        return explained("read all", all);
    }

    @Override
    public Registration onChange(Consumer<TableChange<V>> listener) {
        Watcher watcher = new Watcher(listener);
        UUID id = map.addEntryListener(watcher, true);
        watcher.tellAll();
        // Events of a node that dies may die with it: read again what survived.
        Registration members = membership.onChange(event -> {
            if (event instanceof MembershipEvent.Left) {
                watcher.tellAll();
            }
        });
        return () -> {
            members.close();
            map.removeEntryListener(id);
        };
    }

    private TableEntry<V> entry(String key, Cell cell) {
        return new TableEntry<>(key, cell.version(), codec.decode(cell.value()));
    }

    private <T extends @Nullable Object> CompletableFuture<T> explained(String attempt, CompletionStage<T> stage) {
        return stage.toCompletableFuture().exceptionallyCompose(failure -> {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            return CompletableFuture.failedFuture(new WireException(
                    ErrorCode.UNAVAILABLE,
                    "cannot " + attempt + " in the table '" + map.getName() + "': " + cause.getMessage(),
                    "It is repeated by itself where it matters; see which nodes run.",
                    cause));
        });
    }

    private final class Watcher
            implements EntryAddedListener<String, Cell>,
                    EntryUpdatedListener<String, Cell>,
                    EntryRemovedListener<String, Cell>,
                    EntryMergedListener<String, Cell> {
        private final TableNews<V> news;

        Watcher(Consumer<TableChange<V>> listener) {
            this.news = new TableNews<>(listener);
        }

        void tellAll() {
            news.beginReading();
            readAll().thenAccept(news::found).exceptionally(failure -> {
                news.nothingFound();
                return null;
            });
        }

        @Override
        public void entryAdded(EntryEvent<String, Cell> event) {
            written(event);
        }

        @Override
        public void entryUpdated(EntryEvent<String, Cell> event) {
            written(event);
        }

        @Override
        public void entryMerged(EntryEvent<String, Cell> event) {
            written(event);
        }

        @Override
        public void entryRemoved(EntryEvent<String, Cell> event) {
            news.withdrawn(event.getKey());
        }

        private void written(EntryEvent<String, Cell> event) {
            news.written(entry(event.getKey(), event.getValue()));
        }
    }
}
