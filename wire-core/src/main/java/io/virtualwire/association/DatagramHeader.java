package io.virtualwire.association;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The datagram header, read and written in place.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------+-------+---------------+-------------------------------+
 * |version| type  |     lane      |           reserved            |  0
 * +-------+-------+---------------+-------------------------------+
 * |                    receiver's session index                   |  4
 * +---------------------------------------------------------------+
 * |                            counter                            |  8
 * |                                                               |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <p>docs/wire-protocol.md section 2. A flyweight: {@link #wrap} points it at bytes, nothing is copied or allocated.
 */
final class DatagramHeader {
    /** Bytes in a datagram header. */
    static final int LENGTH = 16;

    static final int VERSION = 1;
    static final int TYPE_SEALED = 1;
    static final int TYPE_PLAIN = 2;

    static final int VERSION_AND_TYPE_FIELD_OFFSET = 0;
    static final int LANE_FIELD_OFFSET = 1;
    static final int RESERVED_FIELD_OFFSET = 2;
    static final int SESSION_INDEX_FIELD_OFFSET = 4;
    static final int COUNTER_FIELD_OFFSET = 8;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int offset;

    /** A header with room of its own, all zero. */
    DatagramHeader() {
        this.bytes = new byte[LENGTH];
    }

    /** Points this at the header that begins at {@code offset}. */
    DatagramHeader wrap(byte[] bytes, int offset) {
        this.bytes = bytes;
        this.offset = offset;
        return this;
    }

    /** Writes all 16 bytes, the version and the reserved ones too. */
    void write(int type, int lane, int sessionIndex, long counter) {
        bytes[offset + VERSION_AND_TYPE_FIELD_OFFSET] = (byte) (VERSION << 4 | type);
        bytes[offset + LANE_FIELD_OFFSET] = (byte) lane;
        SHORT.set(bytes, offset + RESERVED_FIELD_OFFSET, (short) 0);
        INT.set(bytes, offset + SESSION_INDEX_FIELD_OFFSET, sessionIndex);
        LONG.set(bytes, offset + COUNTER_FIELD_OFFSET, counter);
    }

    int version() {
        return bytes[offset + VERSION_AND_TYPE_FIELD_OFFSET] >> 4 & 0xf;
    }

    int type() {
        return bytes[offset + VERSION_AND_TYPE_FIELD_OFFSET] & 0xf;
    }

    /** The sender's lane, unsigned 8 bits. */
    int lane() {
        return bytes[offset + LANE_FIELD_OFFSET] & 0xff;
    }

    /** The receiver's session index, as an int of which all 32 bits count. */
    int sessionIndex() {
        return (int) INT.get(bytes, offset + SESSION_INDEX_FIELD_OFFSET);
    }

    /** The counter as sent; negative values cannot be honest, since a key is retired at 2^27. */
    long counter() {
        return (long) LONG.get(bytes, offset + COUNTER_FIELD_OFFSET);
    }
}
