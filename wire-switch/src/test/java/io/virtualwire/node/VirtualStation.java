package io.virtualwire.node;

import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.transport.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A guest with an address, which numbers what it sends to each other and notes what it gets from each. */
final class VirtualStation implements Port {
    private static final long BROADCAST = 0xffff_ffff_ffffL;
    private static final int HEADERS = 26;

    private final String name;
    private final int number;
    private final LongSupplier clock;
    private final PortCounters counters = new PortCounters();
    private final Map<Integer, Long> sent = new HashMap<>();
    private final Map<Integer, Set<Long>> got = new HashMap<>();
    private final Map<Integer, Long> last = new HashMap<>();
    private final List<String> duplicates = new ArrayList<>();
    private long overtaken;
    private long longestGapNanos;
    private long lastArrival = -1;
    private @Nullable FrameSink sink;

    VirtualStation(String name, int number, LongSupplier clock) {
        this.name = name;
        this.number = number;
        this.clock = clock;
    }

    String name() {
        return name;
    }

    long address() {
        return address(number);
    }

    /** Lets every switch learn where it is. */
    void announce() {
        emit(BROADCAST, 0);
    }

    long send(VirtualStation to) {
        long next = sent.merge(to.number, 1L, Long::sum);
        emit(address(to.number), next);
        return next;
    }

    boolean has(VirtualStation from, long frame) {
        return got.getOrDefault(from.number, Set.of()).contains(frame);
    }

    long sentTo(VirtualStation to) {
        return sent.getOrDefault(to.number, 0L);
    }

    long gotFrom(VirtualStation from) {
        return got.getOrDefault(from.number, Set.of()).size();
    }

    List<String> duplicates() {
        return duplicates;
    }

    /** How many frames came behind a later one of the same flow. */
    long overtaken() {
        return overtaken;
    }

    long longestGapNanos() {
        return longestGapNanos;
    }

    void forgetGap() {
        longestGapNanos = 0;
        lastArrival = -1;
    }

    private static long address(int station) {
        return 0x0200_0000_0000L + station;
    }

    private void emit(long destination, long frame) {
        ByteBuffer bytes = ByteBuffer.allocate(12 + 14 + 46);
        bytes.position(12);
        bytes.putShort((short) (destination >>> 32)).putInt((int) destination);
        bytes.putShort((short) (address(number) >>> 32)).putInt((int) address(number));
        bytes.putShort((short) 0x88b5).putLong(frame);
        FrameSink to = sink;
        if (to != null) {
            to.frame(bytes.array(), 0, bytes.capacity());
        }
    }

    @Override
    public boolean deliver(byte[] bytes, int offset, int length) {
        ByteBuffer frame = ByteBuffer.wrap(bytes, offset, length).slice();
        long destination = frame.getLong(12) >>> 16;
        int from = (int) (frame.getLong(18) >>> 16);
        if (destination != address(number)) {
            return true;
        }
        long arrived = frame.getLong(HEADERS);
        if (!got.computeIfAbsent(from & 0xff, any -> new HashSet<>()).add(arrived)) {
            duplicates.add("frame " + arrived + " from " + (from & 0xff));
        }
        Long before = last.put(from & 0xff, arrived);
        if (before != null && before > arrived) {
            overtaken++;
        }
        long now = clock.getAsLong();
        if (lastArrival >= 0) {
            longestGapNanos = Math.max(longestGapNanos, now - lastArrival);
        }
        lastArrival = now;
        return true;
    }

    @Override
    public PortId id() {
        return new PortId(name);
    }

    @Override
    public void attach(FrameSink newSink) {
        sink = newSink;
    }

    @Override
    public int mtu() {
        return 1500;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void moveTo(Loop other) {}

    @Override
    public void close() {}
}
