package io.virtualwire.node;

import io.virtualwire.cloud.spi.MachineMigration;
import io.virtualwire.machine.MoveObserver;
import io.virtualwire.time.Ticker;
import io.virtualwire.topology.VmMove;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Tells how far the hypervisors are, a few times a second, with the rates between two looks. */
final class CopyProgress implements MoveObserver {
    private static final long EVERY_NANOS = Duration.ofMillis(200).toNanos();

    private final Told told;
    private final Ticker ticker;
    private final Map<String, Look> last = new ConcurrentHashMap<>();

    private record Look(long generation, long at, MachineMigration.Progress progress) {}

    /** Who is told how far a move is, and how fast: bytes a second copied, and written anew by the guest. */
    interface Told {
        void copying(VmMove move, MachineMigration.Progress now, long bytesPerSecond, long dirtyBytesPerSecond);
    }

    CopyProgress(Told told, Ticker ticker) {
        this.told = told;
        this.ticker = ticker;
    }

    @Override
    public void progress(VmMove move, MachineMigration.Progress now) {
        long at = ticker.nanoTime();
        Look known = last.get(move.vm());
        Look before = known != null && known.generation() == move.generation()
                ? known
                : new Look(move.generation(), at - EVERY_NANOS, now);
        if (now.totalBytes() == 0 || at - before.at() < EVERY_NANOS) {
            return;
        }
        last.put(move.vm(), new Look(move.generation(), at, now));
        double seconds = (at - before.at()) / 1e9;
        long copied = now.copiedBytes() - before.progress().copiedBytes();
        // What is left has grown by what was written anew, and shrunk by what was copied.
        long dirtied = now.remainingBytes() - before.progress().remainingBytes() + copied;
        told.copying(move, now, (long) (copied / seconds), (long) (Math.max(0, dirtied) / seconds));
    }
}
