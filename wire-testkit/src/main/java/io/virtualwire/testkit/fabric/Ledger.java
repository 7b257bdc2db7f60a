package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Side;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MessageKind;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Every frame that a guest sent, on which route it went, and what became of it; judges the invariants of
 * docs/wire-protocol.md section 8 that are about frames.
 */
final class Ledger {
    /** Where the marks begin in a frame: behind the virtio-net and the Ethernet header. */
    static final int MARKS = 26;
    /** Stream 32 bits, number in it 64 bits. */
    static final int MIN_LENGTH = MARKS + 12;
    /** 0, 1, 2 and so on, for the longest frame from any of the first 256 on. */
    private static final byte[] FILLER = new byte[256 + (1 << 16)];

    static {
        for (int i = 0; i < FILLER.length; i++) {
            FILLER[i] = (byte) i;
        }
    }

    /** One frame. */
    static final class Entry {
        final int stream;
        final long number;
        final long sentAt;
        private final Set<String> places = new HashSet<>();
        private int route;
        private int senderGeneration;
        private boolean sent;
        /** The last leg it took. */
        private String hop = "";

        private int delivered;
        private @Nullable String excuse;

        private Entry(int stream, long number, long sentAt) {
            this.stream = stream;
            this.number = number;
            this.sentAt = sentAt;
        }

        @Override
        public String toString() {
            return "frame " + number + " of stream " + stream + " (route " + route + ", generation " + senderGeneration
                    + ", by " + places + ")";
        }
    }

    /** All frames that one side's guest sent over one wire. */
    private static final class Stream {
        final List<Entry> entries = new ArrayList<>();
        int route;
        int lastSenderGeneration;
        int lastReceiverGeneration;
        int highestRouteDelivered;
        long highestNumberDelivered;
        int highestGenerationDelivered;
        long highestGenerationSince;
        int fenced;
    }

    private final VirtualTime time;
    private final Trace trace;
    private final List<Stream> streams = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private final Set<Integer> leftPlaces = new HashSet<>();
    /** Whether a bound was exceeded, and counted, on the wire of this number. */
    private final IntPredicate boundExceeded;

    private @Nullable Entry sending;
    private boolean strictOrder;
    private long excusedOrder;

    Ledger(VirtualTime time, Trace trace, IntPredicate boundExceeded) {
        this.time = time;
        this.trace = trace;
        this.boundExceeded = boundExceeded;
    }

    /** The underlay keeps order now, so frames of one route must too. */
    void strictOrder(boolean strict) {
        strictOrder = strict;
    }

    static int stream(int wire, Side side) {
        return wire * 2 + side.bit();
    }

    /** A new frame of this stream, before it is sent. */
    Entry create(int stream) {
        while (streams.size() <= stream) {
            streams.add(new Stream());
        }
        Stream s = streams.get(stream);
        Entry entry = new Entry(stream, s.entries.size() + 1L, time.nanoTime());
        s.entries.add(entry);
        return entry;
    }

    byte[] bytes(Entry entry, int length) {
        byte[] frame = new byte[length];
        System.arraycopy(FILLER, fillerAt(entry.number, MARKS), frame, MARKS, length - MARKS);
        ByteBuffer.wrap(frame).putInt(MARKS, entry.stream).putLong(MARKS + 4, entry.number);
        return frame;
    }

    /** Where in {@link #FILLER} the bytes of a frame's place begin; frames that follow one another differ in each. */
    private static int fillerAt(long number, int place) {
        return (int) (number * 31 + place) & 0xff;
    }

    /** The guest's side had nothing to send it on. */
    void closeSending(Entry entry) {
        if (!entry.sent) {
            excuse(entry, "not sent");
        }
    }

    /** A segment goes on the underlay. */
    @Nullable
    Entry sent(MessageHeader header, String from, String to, byte[] payload) {
        if (header.byteOffset() == 0) {
            ByteBuffer marks = ByteBuffer.wrap(payload);
            sending = find(marks.getInt(MARKS), marks.getLong(MARKS + 4));
        }
        Entry entry = sending;
        if (entry == null) {
            return null;
        }
        entry.places.add(from);
        entry.places.add(to);
        entry.sent = true;
        entry.hop = header.kind() + from + header.senderGeneration() + ">" + to + header.receiverGeneration();
        if (header.kind() == MessageKind.FRAME && header.byteOffset() == 0) {
            Stream s = streams.get(entry.stream);
            if (header.senderGeneration() != s.lastSenderGeneration
                    || header.receiverGeneration() != s.lastReceiverGeneration) {
                s.route++;
                s.lastSenderGeneration = header.senderGeneration();
                s.lastReceiverGeneration = header.receiverGeneration();
            }
            entry.route = s.route;
            entry.senderGeneration = header.senderGeneration();
        }
        return entry;
    }

    private @Nullable Entry find(int stream, long number) {
        if (stream < 0 || stream >= streams.size() || number < 1) {
            return null;
        }
        List<Entry> entries = streams.get(stream).entries;
        return number <= entries.size() ? entries.get((int) number - 1) : null;
    }

    /** From now on nothing that this stream's sender sends under this generation, or a lower one, may arrive. */
    void fencedFrom(int stream, int generation) {
        if (stream < streams.size()) {
            streams.get(stream).fenced = generation;
        }
    }

    /** From now on nobody expects this frame. */
    void excuse(@Nullable Entry entry, String why) {
        if (entry != null && entry.excuse == null) {
            entry.excuse = why;
        }
    }

    /** Nobody can be sure whether the guest has this frame. */
    void unsure(byte[] bytes, int offset) {
        ByteBuffer frame = ByteBuffer.wrap(bytes);
        excuse(find(frame.getInt(offset + MARKS), frame.getLong(offset + MARKS + 4)), "taken in vain");
    }

    /** Frames that this daemon may have held are gone with it. */
    void crashed(String daemon) {
        for (Stream s : streams) {
            for (Entry entry : s.entries) {
                if (entry.delivered == 0 && entry.places.contains(daemon)) {
                    excuse(entry, daemon + " crashed");
                }
            }
        }
    }

    /** Everything sent so far by this stream that has not arrived is not expected: its generation was fenced. */
    void fenced(int stream) {
        if (stream < streams.size()) {
            for (Entry entry : streams.get(stream).entries) {
                if (entry.delivered == 0) {
                    excuse(entry, "fenced");
                }
            }
        }
    }

    /** A takeover: its old place cannot know yet that the guest has left, and may still be given what was under way to it. */
    void tolerateLeftPlaces(int wire) {
        leftPlaces.add(wire);
    }

    /**
     * A frame was given to a port.
     *
     * @param guestIsThere whether the guest is at that port's place
     */
    void delivered(int toStream, String place, boolean guestIsThere, byte[] bytes, int offset, int length) {
        ByteBuffer frame = ByteBuffer.wrap(bytes, offset, length).slice();
        Entry entry = length < MIN_LENGTH ? null : find(frame.getInt(MARKS), frame.getLong(MARKS + 4));
        if (entry == null || entry.stream != (toStream ^ 1)) {
            violation("a frame was delivered at " + place + " that nobody sent there");
            return;
        }
        int filler = fillerAt(entry.number, MIN_LENGTH);
        int changed = Arrays.mismatch(
                bytes, offset + MIN_LENGTH, offset + length, FILLER, filler, filler + length - MIN_LENGTH);
        if (changed >= 0) {
            violation(entry + " was delivered at " + place + " with byte " + (MIN_LENGTH + changed) + " changed");
            return;
        }
        if (!guestIsThere) {
            if (leftPlaces.contains(entry.stream / 2)) {
                excuse(entry, "given to a place that the guest has left");
            } else {
                violation(entry + " was given to " + place + ", which the guest has left");
            }
            return;
        }
        entry.delivered++;
        if (entry.delivered > 1) {
            violation(entry + " was delivered twice, the second time at " + place);
        }
        judgeOrder(streams.get(entry.stream), entry, place);
    }

    private void judgeOrder(Stream s, Entry entry, String place) {
        if (entry.senderGeneration < s.highestGenerationDelivered && entry.sentAt > s.highestGenerationSince) {
            violation(entry + " was sent after generation " + s.highestGenerationDelivered
                    + " had been heard, and delivered at " + place);
        }
        if (entry.senderGeneration > s.highestGenerationDelivered) {
            s.highestGenerationDelivered = entry.senderGeneration;
            s.highestGenerationSince = time.nanoTime();
        }
        if (entry.senderGeneration <= s.fenced) {
            violation(entry + " was delivered at " + place + " though its generation is fenced");
        }
        boolean overtaken = entry.route < s.highestRouteDelivered && overtakenByAnotherWay(s, entry)
                || strictOrder && entry.number < s.highestNumberDelivered;
        if (overtaken) {
            if (boundExceeded.test(entry.stream / 2)) {
                excusedOrder++;
            } else {
                violation(entry + " was delivered at " + place + " after number " + s.highestNumberDelivered
                        + " of route " + s.highestRouteDelivered);
            }
        }
        s.highestRouteDelivered = Math.max(s.highestRouteDelivered, entry.route);
        s.highestNumberDelivered = Math.max(s.highestNumberDelivered, entry.number);
    }

    /** Whether a frame of a later route came first, and not only because the underlay reordered the leg that both took last. */
    private static boolean overtakenByAnotherWay(Stream s, Entry entry) {
        return s.entries.stream()
                .anyMatch(other -> other.delivered > 0 && other.route > entry.route && !other.hop.equals(entry.hop));
    }

    void violation(String what) {
        trace.add("VIOLATION: %s", what);
        violations.add(what);
    }

    List<String> violations() {
        return violations;
    }

    /** Frames that should have arrived and did not. */
    List<Entry> missing(int wire) {
        List<Entry> missing = new ArrayList<>();
        for (int stream = 2 * wire; stream < Math.min(2 * wire + 2, streams.size()); stream++) {
            for (Entry entry : streams.get(stream).entries) {
                if (entry.delivered == 0 && entry.excuse == null) {
                    missing.add(entry);
                }
            }
        }
        return missing;
    }

    Tally tally() {
        long sent = 0;
        long delivered = 0;
        long excused = 0;
        long notSent = 0;
        for (Stream s : streams) {
            for (Entry entry : s.entries) {
                sent++;
                delivered += entry.delivered > 0 ? 1 : 0;
                excused += entry.delivered == 0 && entry.excuse != null ? 1 : 0;
                notSent += "not sent".equals(entry.excuse) ? 1 : 0;
            }
        }
        return new Tally(sent, delivered, excused, notSent, excusedOrder);
    }

    int wires() {
        return (streams.size() + 1) / 2;
    }
}
