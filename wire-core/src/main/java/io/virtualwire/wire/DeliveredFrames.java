package io.virtualwire.wire;

import io.virtualwire.port.Port;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies of the frames that were given to a port last, in a ring that is made once: the newest overwrites the oldest.
 *
 * <pre>
 *   bytes    ··│frame 7│frame 8│ unused │        a frame does not wrap: positions count on, and skip what is left at the end
 *   entries    7, 8, 9 …                         each with where it is, whose it is, and whether the port took it
 * </pre>
 */
final class DeliveredFrames {
    private final byte[] bytes;
    private final long[] starts;
    private final int[] lengths;
    private final long[] numbers;
    private final long[] times;
    private final boolean[] taken;
    private final @Nullable Peer[] senders;
    private long end;
    private long first;
    private long next;

    /** @param size of all together, at least that of one frame */
    DeliveredFrames(int size, int frames) {
        if (size < Port.MAX_FRAME_BYTES) {
            throw new IllegalArgumentException("no frame fits " + size + " bytes");
        }
        bytes = new byte[size];
        starts = new long[frames];
        lengths = new int[frames];
        numbers = new long[frames];
        times = new long[frames];
        taken = new boolean[frames];
        senders = new Peer[frames];
    }

    int size() {
        return bytes.length;
    }

    /** @param accepted whether the port took it */
    /* HOT PATH */
    void add(Peer sender, long number, byte[] frame, int offset, int length, boolean accepted, long now) {
        long start = end;
        int at = (int) (start % bytes.length);
        if (at + length > bytes.length) {
            start += bytes.length - at;
            at = 0;
        }
        end = start + length;
        while (first < next && (next - first == starts.length || starts[slot(first)] < end - bytes.length)) {
            first++;
        }
        System.arraycopy(frame, offset, bytes, at, length);
        int slot = slot(next);
        starts[slot] = start;
        lengths[slot] = length;
        numbers[slot] = number;
        times[slot] = now;
        taken[slot] = accepted;
        senders[slot] = sender;
        next++;
    }

    private int slot(long entry) {
        return (int) (entry % starts.length);
    }

    /**
     * Takes out what the port took last and its guest has not read, and what the port has not taken since; oldest first.
     *
     * @param unread how many of those that the port took the guest has not read
     * @param since what is older is left out
     * @return how many of these frames are not here any more or left out
     */
    int takeUnread(int unread, long since, Hold.Sink sink) {
        long from = oldest(unread);
        int missing = unread;
        for (long entry = from; entry < next; entry++) {
            missing -= taken[slot(entry)] ? 1 : 0;
            missing += give(entry, since, sink) ? 0 : 1;
        }
        next = from;
        return missing;
    }

    /** The first of those that the port took last and its guest has not read, and of what the port has not taken since. */
    private long oldest(int unread) {
        long from = next;
        int missing = unread;
        while (from > first && (missing > 0 || !taken[slot(from - 1)])) {
            from--;
            missing -= taken[slot(from)] ? 1 : 0;
        }
        return from;
    }

    /**
     * What {@link #takeUnread} would take, which stays.
     *
     * @param peers by whose order senders are named; what was sent by others is left out
     */
    List<EngineImage.GivenImage> image(int unread, List<Peer> peers, long now) {
        List<EngineImage.GivenImage> images = new ArrayList<>();
        for (long entry = oldest(unread); entry < next; entry++) {
            int slot = slot(entry);
            int peer = peers.indexOf(senders[slot]);
            if (peer >= 0) {
                int at = (int) (starts[slot] % bytes.length);
                byte[] frame = Arrays.copyOfRange(bytes, at, at + lengths[slot]);
                images.add(new EngineImage.GivenImage(peer, numbers[slot], taken[slot], now - times[slot], frame));
            }
        }
        return images;
    }

    /** Goes on with what another process kept; how many of these the port took. */
    int restore(List<EngineImage.GivenImage> images, List<Peer> peers, long now) {
        int accepted = 0;
        for (EngineImage.GivenImage image : images) {
            byte[] frame = image.bytes();
            add(peers.get(image.peer()), image.number(), frame, 0, frame.length, image.taken(), now - image.since());
            accepted += image.taken() ? 1 : 0;
        }
        return accepted;
    }

    private boolean give(long entry, long since, Hold.Sink sink) {
        int slot = slot(entry);
        Peer sender = senders[slot];
        if (sender == null || times[slot] - since < 0) {
            return false;
        }
        int at = (int) (starts[slot] % bytes.length);
        sink.frame(sender, false, numbers[slot], bytes, at, lengths[slot]);
        return true;
    }
}
