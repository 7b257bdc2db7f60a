package io.virtualwire.connector.journal;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One pass over a journal file: every whole frame in order, and a verdict on what is not whole. */
final class JournalScan {
    private static final Logger log = LoggerFactory.getLogger(JournalScan.class);

    private final String origin;
    private final ByteBuffer file;
    private final EntryCodec codec;
    private final boolean salvage;
    private int offset = JournalFrame.FILE_HEADER;
    private int frames;
    private int entries;
    private boolean damaged;
    private int version = JournalFrame.NEWEST_VERSION;

    JournalScan(String origin, byte[] bytes, EntryCodec codec, boolean salvage) {
        this.origin = origin;
        this.file = ByteBuffer.wrap(bytes);
        this.codec = codec;
        this.salvage = salvage;
    }

    /** Gives every entry to {@code replay}; throws on damage unless it is to salvage. */
    void run(Consumer<JournalEntry> replay) {
        checkHeader();
        while (offset < file.limit()) {
            if (!JournalFrame.isWholeAt(file, offset)) {
                int next = JournalFrame.nextWhole(file, offset + 1);
                if (next < 0) {
                    if (!new TornEnd(file, offset).isTorn(frames)) {
                        damage("the last record was written whole, and its checksum is wrong");
                    }
                    return;
                }
                damage("bytes " + offset + " to " + (next - 1) + " are not a record, but whole records follow");
                offset = next;
                frames = JournalFrame.sequenceAt(file, offset);
            }
            if (JournalFrame.sequenceAt(file, offset) != frames) {
                damage("record " + frames + " is missing, record " + JournalFrame.sequenceAt(file, offset)
                        + " stands in its place");
                frames = JournalFrame.sequenceAt(file, offset);
            }
            replayFrame(replay);
            offset += JournalFrame.lengthAt(file, offset);
            frames++;
        }
    }

    /** Where the last whole frame ends; what follows was being written when the process ended. */
    int wholeLength() {
        return offset;
    }

    /** The number that the next frame gets. */
    int frames() {
        return frames;
    }

    int version() {
        return version;
    }

    int entries() {
        return entries;
    }

    /** Whether something was passed over, so that the file has to be written anew. */
    boolean damaged() {
        return damaged;
    }

    private void checkHeader() {
        if (file.limit() < JournalFrame.FILE_HEADER || file.getInt(0) != JournalFrame.FILE_MARK) {
            offset = 0;
            damage("it does not begin as a journal does");
            offset = Math.min(JournalFrame.FILE_HEADER, file.limit());
            return;
        }
        version = file.getShort(4);
        if (version < JournalFrame.FIRST_VERSION || version > JournalFrame.NEWEST_VERSION) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read " + origin + ": it is of version " + version + ", this program reads version "
                            + JournalFrame.NEWEST_VERSION,
                    "start the release that wrote it, or give this one a new folder with --state");
        }
    }

    private void replayFrame(Consumer<JournalEntry> replay) {
        List<JournalEntry> decoded;
        try {
            decoded = codec.decode(JournalFrame.payloadAt(file, offset));
            if (decoded == null || decoded.contains(null)) {
                throw new IOException("an entry is missing");
            }
        } catch (IOException e) {
            damage("the record is whole but says what this program does not understand: " + e.getMessage());
            return;
        }
        decoded.forEach(replay);
        entries += decoded.size();
    }

    private void damage(String what) {
        damaged = true;
        String message = origin + " is damaged at byte " + offset + " of " + file.limit() + ": " + what;
        if (!salvage) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    message,
                    "restore the file from a copy, or start once with --salvage-journal, which keeps what can be read"
                            + " and sets the damaged file aside");
        }
        log.warn("{}; going on after it, as told", message);
    }
}
