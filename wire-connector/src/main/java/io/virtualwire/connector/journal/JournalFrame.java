package io.virtualwire.connector.journal;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * How a journal file is laid out; integers are big-endian. The version is that of the newest kind of entry in it: an earlier release reads
 * what it can understand, and refuses the rest by its version.
 *
 * <pre>
 * file:   +----------------+--------+----------+
 *         | "VWJL"         |version | reserved |   8 bytes, once
 *         +----------------+--------+----------+
 *         | frame | frame | frame | ...
 *
 * frame:  +----------------+----------------+----------------+----------------+
 *         | "VWJR"         | length         | CRC-32C        | sequence       |  16 bytes
 *         +----------------+----------------+----------------+----------------+
 *         | payload: a JSON array of entries, length bytes                    |
 *         +-------------------------------------------------------------------+
 * </pre>
 *
 * <p>One frame is what one group commit wrote: it is there whole or not at all. The CRC covers length, sequence and
 * payload. The sequence counts frames from 0, so a hole does not go unnoticed. The mark at the head of a frame is what
 * finds the next whole one after damage in the middle; what a torn end looks like says {@link TornEnd}.
 */
final class JournalFrame {
    static final int FILE_HEADER = 8;
    static final int HEADER = 16;
    static final int FILE_MARK = 0x56574a4c;
    static final int FIRST_VERSION = 1;
    static final int NEWEST_VERSION = 3;
    static final int MARK = 0x56574a52;

    /** More than this in one frame is not something that was ever written. */
    static final int LONGEST_PAYLOAD = 64 << 20;

    private JournalFrame() {}

    static ByteBuffer fileHeader(int version) {
        return ByteBuffer.allocate(FILE_HEADER)
                .putInt(FILE_MARK)
                .putShort((short) version)
                .putShort((short) 0)
                .flip();
    }

    static ByteBuffer frame(int sequence, byte[] payload) {
        return ByteBuffer.allocate(HEADER + payload.length)
                .putInt(MARK)
                .putInt(payload.length)
                .putInt(checksum(payload.length, sequence, ByteBuffer.wrap(payload)))
                .putInt(sequence)
                .put(payload)
                .flip();
    }

    /** Whether a frame begins at {@code offset} and is all there, unharmed. */
    static boolean isWholeAt(ByteBuffer file, int offset) {
        if (file.limit() - offset < HEADER || file.getInt(offset) != MARK) {
            return false;
        }
        int length = file.getInt(offset + 4);
        if (length < 0 || length > LONGEST_PAYLOAD || length > file.limit() - offset - HEADER) {
            return false;
        }
        return fitsWithLength(file, offset, length);
    }

    /** Whether the checksum would be right if the payload were of that length, whatever the header says. */
    static boolean fitsWithLength(ByteBuffer file, int offset, int length) {
        return file.getInt(offset + 8)
                == checksum(length, sequenceAt(file, offset), file.slice(offset + HEADER, length));
    }

    static int sequenceAt(ByteBuffer file, int offset) {
        return file.getInt(offset + 12);
    }

    static int lengthAt(ByteBuffer file, int offset) {
        return HEADER + file.getInt(offset + 4);
    }

    static byte[] payloadAt(ByteBuffer file, int offset) {
        byte[] payload = new byte[file.getInt(offset + 4)];
        file.get(offset + HEADER, payload);
        return payload;
    }

    /** Where the next whole frame begins at or after {@code offset}; -1 if there is none. */
    static int nextWhole(ByteBuffer file, int offset) {
        for (int at = offset; at <= file.limit() - HEADER; at++) {
            if (file.getInt(at) == MARK && isWholeAt(file, at)) {
                return at;
            }
        }
        return -1;
    }

    private static int checksum(int length, int sequence, ByteBuffer payload) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(8).putInt(length).putInt(sequence).flip());
        crc.update(payload.duplicate());
        return (int) crc.getValue();
    }
}
