package io.virtualwire.association;

import io.virtualwire.transport.Transport;

/**
 * Datagrams that will leave in one call: equal in length but the last, which may be shorter and then ends the batch.
 *
 * <pre>
 *   | segmentSize | segmentSize | … | ≤ segmentSize |      at most 64 and 64,000 bytes
 * </pre>
 */
final class Batch {
    private final byte[] bytes = new byte[Transport.MAX_RUN_BYTES];
    private int length;
    private int count;
    private int segmentSize;
    private boolean ended;

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether a datagram of {@code size} bytes can join. */
    boolean takes(int size) {
        return count == 0
                || !ended
                        && size <= segmentSize
                        && count < Transport.MAX_SEGMENTS
                        && length + size <= Transport.MAX_RUN_BYTES;
    }

    /** Where the next datagram is written, at {@link #length()}. */
    byte[] bytes() {
        return bytes;
    }

    int length() {
        return length;
    }

    int segmentSize() {
        return segmentSize;
    }

    /** A datagram of {@code size} bytes was written at {@link #length()}. */
    void added(int size) {
        if (count == 0) {
            segmentSize = size;
        }
        ended = size < segmentSize;
        length += size;
        count++;
    }

    void clear() {
        length = 0;
        count = 0;
        ended = false;
    }
}
