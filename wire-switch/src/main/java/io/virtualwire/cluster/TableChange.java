package io.virtualwire.cluster;

/** What happened to one key of a {@link ReplicatedTable}. */
public sealed interface TableChange<V> {
    /** The key. */
    String key();

    /** An entry is there, new or newer. */
    record Written<V>(TableEntry<V> entry) implements TableChange<V> {
        @Override
        public String key() {
            return entry.key();
        }
    }

    /** The entry is gone. */
    record Withdrawn<V>(String key) implements TableChange<V> {}
}
