package io.virtualwire.node;

import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.machine.MoveObserver;
import io.virtualwire.topology.VmMove;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells on the event bus how far the hypervisors are, a few times a second, with the rates between two looks. */
final class CopyProgress implements MoveObserver {
    private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();

    private final NodeEvents events;
    private final Map<String, Look> last = new ConcurrentHashMap<>();

    private record Look(long generation, long at, MachineMigration.Progress progress) {}

    CopyProgress(NodeEvents events) {
        this.events = events;
    }

    @Override
    public void progress(VmMove move, MachineMigration.Progress now) {
        long at = System.nanoTime();
        Look before = last.get(move.vm());
        boolean first = before == null || before.generation() != move.generation();
        if (now.totalBytes() == 0 || !first && at - before.at() < EVERY_NANOS) {
            return;
        }
        last.put(move.vm(), new Look(move.generation(), at, now));
        double seconds = first ? 0 : (at - before.at()) / 1e9;
        long copied = first ? 0 : now.copiedBytes() - before.progress().copiedBytes();
        // What is left has grown by what was written anew, and shrunk by what was copied.
        long dirtied = first ? 0 : now.remainingBytes() - before.progress().remainingBytes() + copied;
        events.copying(
                move,
                now,
                seconds == 0 ? 0 : (long) (copied / seconds),
                seconds == 0 ? 0 : (long) (Math.max(0, dirtied) / seconds));
    }
}
