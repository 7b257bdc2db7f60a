package io.virtualwire.connector.journal;

import java.nio.ByteBuffer;

/**
 * Tells a record that was being written when the process or the power went from one that was whole once and is damaged now:
 * nobody was told of the first, so it may go; the second was promised.
 *
 * <p>An append that did not end leaves a part of its beginning. A power cut may also leave whole sectors of it unwritten,
 * which then are zero; what a record says contains no zero byte.
 *
 * <pre>
 *   | whole records | mark, length … payl            torn: the rest was not written
 *   | whole records | mark, len 000000000 … oad |    torn: a sector was not written
 *   | whole records | mark, length … payl*ad |       damaged: all is there, and does not fit together
 * </pre>
 */
final class TornEnd {
    private static final int SECTOR = 512;

    private final ByteBuffer file;
    private final int offset;

    /** @param offset where the last whole record ends, and something else follows */
    TornEnd(ByteBuffer file, int offset) {
        this.file = file;
        this.offset = offset;
    }

    /** @param sequence what the next record would be numbered */
    boolean isTorn(int sequence) {
        return lacksSector() || isBeginning(sequence);
    }

    private boolean lacksSector() {
        boolean zero = true;
        for (int at = offset; at < file.limit(); at++) {
            zero = (at % SECTOR == 0 || zero) && file.get(at) == 0;
            if (zero && ((at + 1) % SECTOR == 0 || at + 1 == file.limit())) {
                return true;
            }
        }
        return false;
    }

    private boolean isBeginning(int sequence) {
        int present = file.limit() - offset;
        byte[] mark =
                ByteBuffer.allocate(Integer.BYTES).putInt(JournalFrame.MARK).array();
        for (int i = 0; i < Math.min(present, mark.length); i++) {
            if (file.get(offset + i) != mark[i]) {
                return false;
            }
        }
        if (present < JournalFrame.HEADER) {
            return true;
        }
        int payload = present - JournalFrame.HEADER;
        int length = file.getInt(offset + Integer.BYTES);
        return length > payload
                && length <= JournalFrame.LONGEST_PAYLOAD
                && JournalFrame.sequenceAt(file, offset) == sequence
                && !JournalFrame.fitsWithLength(file, offset, payload);
    }
}
