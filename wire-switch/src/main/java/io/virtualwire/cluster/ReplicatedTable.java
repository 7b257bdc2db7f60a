package io.virtualwire.cluster;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Entries that every node can read and that outlive the node that wrote them: forwarding entries, figures, caches;
 * never the truth, which is in the log.
 *
 * <ol>
 *   <li><b>Survives a node.</b> While two nodes are present, an entry whose write has completed is still there when any
 *       one of them is killed.
 *   <li><b>Newest wins.</b> Of two entries with one key the higher version stays, in whatever order they arrive, also
 *       when two halves of a cluster meet again. Of two equal versions the first stays.
 *   <li><b>Level.</b> A listener hears every entry that is there when it registers and every one that comes to be or
 *       goes after, per key in order. It may hear of one more than once. It must not block.
 *   <li><b>Nothing blocks.</b> Futures fail with {@code UNAVAILABLE} when the nodes that hold an entry cannot be
 *       reached in time.
 * </ol>
 */
public interface ReplicatedTable<V> {
    /** Writes an entry unless one of the same or a higher version is there; true when it was written. */
    CompletableFuture<Boolean> offer(TableEntry<V> entry);

    /** Removes an entry unless one of a higher version is there; true when there was one to remove. */
    CompletableFuture<Boolean> withdraw(String key, long version);

    /** Reads one entry. */
    CompletableFuture<Optional<TableEntry<V>>> read(String key);

    /** Reads all entries. */
    CompletableFuture<Collection<TableEntry<V>>> readAll();

    /** Calls a listener with each entry there is and with each change. */
    Registration onChange(Consumer<TableChange<V>> listener);
}
