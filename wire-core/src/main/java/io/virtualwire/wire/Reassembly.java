package io.virtualwire.wire;

import io.virtualwire.port.DropReason;
import io.virtualwire.port.DropTally;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the frames of one leg together from their segments, within bounds on frames, bytes and time.
 *
 * <p>A frame of one segment does not come here. Finding the frame costs a look at a few numbers: in order, the newest is
 * the one. Nothing is allocated once as many frames were incomplete at once as ever will be.
 */
final class Reassembly {
    private final Bounds bounds;
    private final BufferPool pool;
    private final BufferBudget budget;
    private final DropTally drops;
    /** The first {@link #open} are in progress, oldest first. */
    private final Assembly[] assemblies;

    private int open;
    private int bytes;

    Reassembly(Bounds bounds, BufferPool pool, BufferBudget budget, DropTally drops) {
        this.bounds = bounds;
        this.pool = pool;
        this.budget = budget;
        this.drops = drops;
        this.assemblies = new Assembly[bounds.reassemblyFrames()];
    }

    /**
     * Takes one segment.
     *
     * @return the frame that it completed, to be given back with {@link #release}; null if none
     */
    /* HOT PATH */
    @Nullable
    Assembly add(long number, int at, int total, byte[] source, int offset, int length, long now) {
        int i = open - 1;
        while (i >= 0 && assemblies[i].number != number) {
            i--;
        }
        if (i < 0) {
            i = begin(number, total, now);
            if (i < 0) {
                return null;
            }
        } else if (assemblies[i].total != total) {
            discard(i, DropReason.BAD_SEGMENT);
            return null;
        }
        Assembly assembly = assemblies[i];
        if (!assembly.put(at, source, offset, length)) {
            discard(i, DropReason.BAD_SEGMENT);
            return null;
        }
        if (!assembly.isComplete()) {
            return null;
        }
        takeOut(i);
        return assembly;
    }

    /** The completed frame's bytes are not needed any more. */
    void release(Assembly assembly) {
        budget.give(assembly.buffer.length);
        pool.give(assembly.buffer);
    }

    /** Drops frames that have been incomplete for too long. */
    void expire(long now) {
        while (open > 0 && now - assemblies[0].since >= bounds.reassemblyNanos()) {
            discard(0, DropReason.REASSEMBLY_TIMEOUT);
        }
    }

    /** Drops everything. */
    void clear() {
        while (open > 0) {
            discard(0, DropReason.REASSEMBLY_TIMEOUT);
        }
    }

    List<EngineImage.Incomplete> image(long now) {
        return Arrays.stream(assemblies, 0, open).map(each -> each.image(now)).toList();
    }

    void restore(List<EngineImage.Incomplete> images, long now) {
        for (EngineImage.Incomplete image : images) {
            int i = begin(image.number(), image.bytes().length, now - image.since());
            if (i < 0) {
                continue;
            }
            Assembly assembly = assemblies[i];
            System.arraycopy(image.bytes(), 0, assembly.buffer, 0, image.bytes().length);
            assembly.restore(image);
        }
    }

    int open() {
        return open;
    }

    int bytes() {
        return bytes;
    }

    /** Gives the place of a new frame; -1 if there is no room, however many older ones go. */
    private int begin(long number, int total, long now) {
        // The oldest goes: if the underlay keeps order at all, what it lacks is lost.
        while (open > 0 && (open == assemblies.length || bytes + total > bounds.reassemblyBytes())) {
            discard(0, DropReason.REASSEMBLY_OVERFLOW);
        }
        byte[] buffer = pool.take(total);
        while (!budget.take(buffer.length)) {
            if (open == 0) {
                drops.add(DropReason.BUFFER_QUOTA);
                pool.give(buffer);
                return -1;
            }
            discard(0, DropReason.BUFFER_QUOTA);
        }
        Assembly assembly = assemblies[open];
        if (assembly == null) {
            assembly = new Assembly();
            assemblies[open] = assembly;
        }
        assembly.begin(number, total, now, buffer);
        bytes += total;
        return open++;
    }

    private void discard(int i, DropReason reason) {
        drops.add(reason);
        Assembly assembly = assemblies[i];
        takeOut(i);
        release(assembly);
    }

    /** Moves the one at {@code i} behind those in progress, where it is found for reuse. */
    private void takeOut(int i) {
        Assembly assembly = assemblies[i];
        System.arraycopy(assemblies, i + 1, assemblies, i, open - i - 1);
        open--;
        assemblies[open] = assembly;
        bytes -= assembly.total;
    }
}
