package io.virtualwire.cluster;

/** A listener's place in a list; closing gives it up. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
    @Override
    void close();
}
