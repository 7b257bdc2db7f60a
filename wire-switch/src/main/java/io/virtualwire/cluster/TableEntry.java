package io.virtualwire.cluster;

/** One entry of a {@link ReplicatedTable}. */
public record TableEntry<V>(String key, long version, V value) {}
