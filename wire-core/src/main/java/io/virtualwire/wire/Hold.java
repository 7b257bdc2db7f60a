package io.virtualwire.wire;

import io.virtualwire.port.Port;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;

/**
 * Whole frames that wait, in order of arrival, within a number of bytes.
 *
 * <p>Frames lie one after the other in chunks, so that many small ones cost what they weigh.
 */
final class Hold {
    /** What receives the frames when the hold is opened. */
    interface Sink {
        /** The bytes are valid during this call only. */
        void frame(Peer peer, boolean relayed, long number, byte[] bytes, int offset, int length);
    }

    private static final int CHUNK = Port.MAX_FRAME_BYTES;
    /** What an entry weighs besides its bytes. */
    private static final int ENTRY = 64;

    private record Entry(Peer peer, boolean relayed, long number, byte[] chunk, int offset, int length) {}

    private final BufferPool pool;
    private final BufferBudget budget;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private byte[] chunk = {};
    private int used;
    private int weight;

    Hold(BufferPool pool, BufferBudget budget) {
        this.pool = pool;
        this.budget = budget;
    }

    /** Takes a frame; false if the tenant's wires hold as much as they may. */
    boolean add(Peer peer, boolean relayed, long number, byte[] bytes, int offset, int length) {
        if (!budget.take(length + ENTRY)) {
            return false;
        }
        if (used + length > chunk.length) {
            chunk = pool.take(entries.size() < 8 ? length : CHUNK);
            used = 0;
        }
        System.arraycopy(bytes, offset, chunk, used, length);
        entries.addLast(new Entry(peer, relayed, number, chunk, used, length));
        used += length;
        weight += length + ENTRY;
        return true;
    }

    /** Bytes that one more frame would weigh. */
    static int weightOf(int length) {
        return length + ENTRY;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int frames() {
        return entries.size();
    }

    int weight() {
        return weight;
    }

    /** Gives the frames that are here now to {@code sink}, oldest first. */
    void drainTo(Sink sink) {
        for (int n = entries.size(); n > 0 && !entries.isEmpty(); n--) {
            Entry entry = entries.removeFirst();
            weight -= entry.length + ENTRY;
            budget.give(entry.length + ENTRY);
            sink.frame(entry.peer, entry.relayed, entry.number, entry.chunk, entry.offset, entry.length);
            recycle(entry.chunk);
        }
    }

    /** Forgets what is here; returns how many frames that were. */
    int clear() {
        int frames = entries.size();
        entries.clear();
        budget.give(weight);
        weight = 0;
        chunk = new byte[0];
        used = 0;
        return frames;
    }

    /** @param peers by whose order senders are named; what was sent by others is left out */
    List<EngineImage.FrameImage> image(List<Peer> peers) {
        return entries.stream()
                .filter(entry -> peers.contains(entry.peer))
                .map(entry -> new EngineImage.FrameImage(
                        peers.indexOf(entry.peer),
                        entry.relayed,
                        entry.number,
                        Arrays.copyOfRange(entry.chunk, entry.offset, entry.offset + entry.length)))
                .toList();
    }

    void restore(List<EngineImage.FrameImage> images, List<Peer> peers) {
        for (EngineImage.FrameImage image : images) {
            byte[] bytes = image.bytes();
            add(peers.get(image.peer()), image.relayed(), image.number(), bytes, 0, bytes.length);
        }
    }

    private void recycle(byte[] drained) {
        Entry next = entries.peekFirst();
        if (drained != chunk && (next == null || next.chunk != drained)) {
            pool.give(drained);
        } else if (next == null) {
            used = 0;
        }
    }
}
