package io.virtualwire.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The message header, read and written in place.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |     kind      |     flags     |           reserved            |  0
 * +---------------+---------------+-------------------------------+
 * |                 receiver's wire index (0: path)               |  4
 * +---------------------------------------------------------------+
 * |                  generation number, sender's side             |  8
 * +---------------------------------------------------------------+
 * |              generation number expected of the receiver       | 12
 * +---------------------------------------------------------------+
 * |                         frame number                          | 16
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                         byte offset                           | 24
 * +---------------------------------------------------------------+
 * |                         total length                          | 28
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <p>docs/wire-protocol.md section 2. A flyweight: {@link #wrap} points it at bytes, nothing is copied or allocated.
 */
public final class MessageHeader {
    /** Bytes in a message header. */
    public static final int LENGTH = 32;

    static final int KIND_FIELD_OFFSET = 0;
    static final int FLAGS_FIELD_OFFSET = 1;
    static final int WIRE_INDEX_FIELD_OFFSET = 4;
    static final int SENDER_GENERATION_FIELD_OFFSET = 8;
    static final int RECEIVER_GENERATION_FIELD_OFFSET = 12;
    static final int FRAME_NUMBER_FIELD_OFFSET = 16;
    static final int BYTE_OFFSET_FIELD_OFFSET = 24;
    static final int TOTAL_LENGTH_FIELD_OFFSET = 28;

    private static final int SUPERSEDED = 2;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int offset;

    /** A header with room of its own, all zero. */
    public MessageHeader() {
        this(new byte[LENGTH], 0);
    }

    public MessageHeader(byte[] bytes, int offset) {
        this.bytes = bytes;
        this.offset = offset;
    }

    /** Points this at the header that begins at {@code offset}. */
    public MessageHeader wrap(byte[] bytes, int offset) {
        this.bytes = bytes;
        this.offset = offset;
        return this;
    }

    /** Writes all 32 bytes of this header to {@code target}. */
    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(bytes, offset, target, targetOffset, LENGTH);
    }

    /** One of {@link MessageKind}'s codes, unsigned 8 bits. */
    public int kind() {
        return bytes[offset + KIND_FIELD_OFFSET] & 0xff;
    }

    public MessageHeader kind(int kind) {
        bytes[offset + KIND_FIELD_OFFSET] = (byte) kind;
        return this;
    }

    /** The sender's side as a bit: 0 is A, 1 is B. */
    public int sideBit() {
        return bytes[offset + FLAGS_FIELD_OFFSET] & 1;
    }

    public MessageHeader sideBit(int bit) {
        bytes[offset + FLAGS_FIELD_OFFSET] = (byte) bit;
        return this;
    }

    /** In END and END_ACK: whether the sender stops because a higher generation of the receiver's side took over. */
    public boolean superseded() {
        return (bytes[offset + FLAGS_FIELD_OFFSET] & SUPERSEDED) != 0;
    }

    /** Set after {@link #sideBit(int)}, which clears it. */
    public MessageHeader superseded(boolean superseded) {
        if (superseded) {
            bytes[offset + FLAGS_FIELD_OFFSET] |= SUPERSEDED;
        }
        return this;
    }

    /** The receiver's index, as an int of which all 32 bits count. */
    public int wireIndex() {
        return (int) INT.get(bytes, offset + WIRE_INDEX_FIELD_OFFSET);
    }

    public MessageHeader wireIndex(int index) {
        INT.set(bytes, offset + WIRE_INDEX_FIELD_OFFSET, index);
        return this;
    }

    /** The number of the sender's generation, as an int of which all 32 bits count. */
    public int senderGeneration() {
        return (int) INT.get(bytes, offset + SENDER_GENERATION_FIELD_OFFSET);
    }

    public MessageHeader senderGeneration(int number) {
        INT.set(bytes, offset + SENDER_GENERATION_FIELD_OFFSET, number);
        return this;
    }

    /** The number of the generation that the sender takes the receiver to have. */
    public int receiverGeneration() {
        return (int) INT.get(bytes, offset + RECEIVER_GENERATION_FIELD_OFFSET);
    }

    public MessageHeader receiverGeneration(int number) {
        INT.set(bytes, offset + RECEIVER_GENERATION_FIELD_OFFSET, number);
        return this;
    }

    public long frameNumber() {
        return (long) LONG.get(bytes, offset + FRAME_NUMBER_FIELD_OFFSET);
    }

    public MessageHeader frameNumber(long number) {
        LONG.set(bytes, offset + FRAME_NUMBER_FIELD_OFFSET, number);
        return this;
    }

    /** Where in its frame the payload belongs, in bytes. */
    public int byteOffset() {
        return (int) INT.get(bytes, offset + BYTE_OFFSET_FIELD_OFFSET);
    }

    public MessageHeader byteOffset(int value) {
        INT.set(bytes, offset + BYTE_OFFSET_FIELD_OFFSET, value);
        return this;
    }

    /** Bytes in the whole frame, virtio-net header included; the size under test in a probe. */
    public int totalLength() {
        return (int) INT.get(bytes, offset + TOTAL_LENGTH_FIELD_OFFSET);
    }

    public MessageHeader totalLength(int value) {
        INT.set(bytes, offset + TOTAL_LENGTH_FIELD_OFFSET, value);
        return this;
    }
}
