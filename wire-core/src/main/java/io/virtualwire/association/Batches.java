package io.virtualwire.association;

import java.util.ArrayDeque;

/** Batches that are not in use: a path has one only from its first datagram to the end of the turn. One owner thread. */
final class Batches {
    private static final int KEPT = 64;

    private final ArrayDeque<Batch> idle = new ArrayDeque<>(KEPT);

    Batch take() {
        Batch batch = idle.pollLast();
        return batch == null ? new Batch() : batch;
    }

    void give(Batch batch) {
        batch.clear();
        if (idle.size() < KEPT) {
            idle.addLast(batch);
        }
    }
}
