package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Native memory into which one {@code recvmmsg} puts several messages with their sources and what the kernel says besides.
 *
 * <pre>
 * mmsghdr (64 bytes)   msghdr: name 8 | name length 4, pad 4 | iovec 8 | iovec count 8 | control 8 | control length 8 | flags 4, pad 4
 *                      length 4, pad 4
 * iovec (16 bytes)     base 8 | length 8
 * cmsghdr (16 bytes)   length 8 | level 4 | type 4, then the data, padded to 8
 * </pre>
 */
final class ReceivedMessages {
    private static final int MESSAGE_SIZE = 64;
    private static final int IOVEC_SIZE = 16;
    private static final int CONTROL_SIZE = 64;
    private static final int CONTROL_HEADER_SIZE = 16;
    private static final long NAME_OFFSET = 0;
    private static final long NAME_LENGTH_OFFSET = 8;
    private static final long IOVEC_OFFSET = 16;
    private static final long IOVEC_COUNT_OFFSET = 24;
    private static final long CONTROL_OFFSET = 32;
    private static final long CONTROL_LENGTH_OFFSET = 40;
    private static final long FLAGS_OFFSET = 48;
    private static final long LENGTH_OFFSET = 56;
    private static final int MSG_TRUNC = 0x20;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RXQ_OVFL = 40;
    private static final int SOL_UDP = 17;
    private static final int UDP_GRO = 104;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_AUXDATA = 8;

    private final MemorySegment messages;
    private final MemorySegment controls;
    private final MemorySegment buffers;
    private final SocketAddressBuffer[] names;
    private final int count;
    private final int capacity;

    /** @param capacity bytes of a message */
    ReceivedMessages(Arena arena, int count, int capacity) {
        this.count = count;
        this.capacity = capacity;
        messages = arena.allocate((long) MESSAGE_SIZE * count, 8);
        controls = arena.allocate((long) CONTROL_SIZE * count, 8);
        buffers = arena.allocate((long) capacity * count, 64);
        names = new SocketAddressBuffer[count];
        MemorySegment iovecs = arena.allocate((long) IOVEC_SIZE * count, 8);
        for (int i = 0; i < count; i++) {
            names[i] = new SocketAddressBuffer(arena.allocate(SocketAddressBuffer.SIZE, 8));
            iovecs.set(ValueLayout.JAVA_LONG, (long) i * IOVEC_SIZE, buffers.address() + (long) i * capacity);
            iovecs.set(ValueLayout.JAVA_LONG, (long) i * IOVEC_SIZE + 8, capacity);
            long at = (long) i * MESSAGE_SIZE;
            messages.set(
                    ValueLayout.JAVA_LONG, at + NAME_OFFSET, names[i].memory().address());
            messages.set(ValueLayout.JAVA_LONG, at + IOVEC_OFFSET, iovecs.address() + (long) i * IOVEC_SIZE);
            messages.set(ValueLayout.JAVA_LONG, at + IOVEC_COUNT_OFFSET, 1);
            messages.set(ValueLayout.JAVA_LONG, at + CONTROL_OFFSET, controls.address() + (long) i * CONTROL_SIZE);
        }
    }

    /** Readies the memory for the next call, which overwrites lengths; returns what to pass. */
    MemorySegment reset() {
        for (int i = 0; i < count; i++) {
            long at = (long) i * MESSAGE_SIZE;
            messages.set(ValueLayout.JAVA_INT, at + NAME_LENGTH_OFFSET, SocketAddressBuffer.SIZE);
            messages.set(ValueLayout.JAVA_LONG, at + CONTROL_LENGTH_OFFSET, CONTROL_SIZE);
        }
        return messages;
    }

    int count() {
        return count;
    }

    int length(int index) {
        return messages.get(ValueLayout.JAVA_INT, (long) index * MESSAGE_SIZE + LENGTH_OFFSET);
    }

    boolean truncated(int index) {
        return (messages.get(ValueLayout.JAVA_INT, (long) index * MESSAGE_SIZE + FLAGS_OFFSET) & MSG_TRUNC) != 0;
    }

    SocketAddressBuffer source(int index) {
        return names[index];
    }

    /** Copies {@code length} bytes of the message, from its byte {@code from} on. */
    void copy(int index, int from, byte[] target, int offset, int length) {
        MemorySegment.copy(buffers, ValueLayout.JAVA_BYTE, (long) index * capacity + from, target, offset, length);
    }

    void copy(int index, byte[] target) {
        MemorySegment.copy(buffers, ValueLayout.JAVA_BYTE, (long) index * capacity, target, 0, length(index));
    }

    /** Bytes of each datagram of the run, from UDP_GRO; the whole length if it is a single one. */
    int segmentSize(int index) {
        int size = control(index, SOL_UDP, UDP_GRO, 0);
        return size > 0 ? size : length(index);
    }

    /** How many datagrams the socket has dropped so far, from SO_RXQ_OVFL; -1 if the kernel did not say. */
    int overflows(int index) {
        return control(index, SOL_SOCKET, SO_RXQ_OVFL, 0);
    }

    /** The four bytes at {@code at} of a packet socket's struct tpacket_auxdata; -1 if there is none. */
    int auxiliary(int index, int at) {
        return control(index, SOL_PACKET, PACKET_AUXDATA, at);
    }

    private int control(int index, int level, int type, int from) {
        long length = messages.get(ValueLayout.JAVA_LONG, (long) index * MESSAGE_SIZE + CONTROL_LENGTH_OFFSET);
        long end = (long) index * CONTROL_SIZE + Math.min(length, CONTROL_SIZE);
        long at = (long) index * CONTROL_SIZE;
        while (at + CONTROL_HEADER_SIZE + from + Integer.BYTES <= end) {
            long size = controls.get(ValueLayout.JAVA_LONG, at);
            if (controls.get(ValueLayout.JAVA_INT, at + 8) == level
                    && controls.get(ValueLayout.JAVA_INT, at + 12) == type) {
                return controls.get(ValueLayout.JAVA_INT, at + CONTROL_HEADER_SIZE + from);
            }
            if (size < CONTROL_HEADER_SIZE) {
                return -1;
            }
            at += (size + 7) & ~7L;
        }
        return -1;
    }
}
