package io.virtualwire.connector.journal;

import io.virtualwire.connector.journal.JournalFolder.OpenFile;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file itself: appended to, one force per group, replaced in one step by a shorter one now and then.
 *
 * <p>After any failed write nothing is known about the end of the file (a failed fsync may have dropped pages that look
 * clean), so it is never appended to again: the next attempt writes a new file with everything that is alive.
 *
 * <p>Used by one thread.
 */
final class Journal implements AutoCloseable {
    static final String FILE = "journal";
    static final String DRAFT = "journal.new";

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final int ENTRIES_A_FRAME = 4096;

    /** Files below this are not worth compacting. */
    private static final int SMALL_ENTRIES = 1024;

    private final JournalFolder folder;
    private final EntryCodec codec;
    private @Nullable OpenFile file;
    private long length;
    private int frames;
    private int entries;
    private boolean suspect;
    private int version = JournalFrame.FIRST_VERSION;

    private Journal(JournalFolder folder, EntryCodec codec) {
        this.folder = folder;
        this.codec = codec;
    }

    /**
     * Opens the journal of that folder, making it if there is none, and gives every entry to {@code replay}.
     *
     * @param salvage whether to go on after damage; the damaged file is kept under another name
     */
    static Journal open(JournalFolder folder, boolean salvage, Consumer<JournalEntry> replay) {
        Journal journal = new Journal(folder, new EntryCodec());
        try {
            folder.delete(DRAFT);
            if (folder.exists(FILE)) {
                journal.read(salvage, replay);
            } else {
                journal.replaceWith(List.of(), JournalFrame.FIRST_VERSION);
            }
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
        return journal;
    }

    /** Reads it all and forgets it; throws as {@link #open} would. */
    static void examine(JournalFolder folder) {
        try {
            if (folder.exists(FILE)) {
                new JournalScan(folder.locate(FILE), folder.read(FILE), new EntryCodec(), false)
                        .run(new Ledger()::apply);
            }
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static WireException unreadable(JournalFolder folder, IOException e) {
        return new WireException(
                ErrorCode.SYSTEM,
                "cannot open " + folder.locate(FILE) + ": " + e,
                "check the folder's permissions and the disk",
                e);
    }

    /**
     * Writes entries as one frame and returns when they are on disk.
     *
     * @param alive what the file must hold if it has to be written anew, without {@code added}
     */
    void append(List<JournalEntry> added, List<JournalEntry> alive) {
        byte[] payload = codec.encode(added);
        if (payload.length > JournalFrame.LONGEST_PAYLOAD) {
            throw new WireException(ErrorCode.INTERNAL, "a group of " + added.size() + " requests is too long", "");
        }
        try {
            int needed = JournalEntry.versionOf(added);
            if (mustBeRewritten(needed)) {
                replaceWith(alive, needed);
            }
            OpenFile open = opened();
            suspect = true;
            ByteBuffer frame = JournalFrame.frame(frames, payload);
            int written = frame.remaining();
            open.append(frame);
            open.force();
            suspect = false;
            length += written;
            frames++;
            entries += added.size();
        } catch (IOException e) {
            takeBack();
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write to " + folder.locate(FILE) + ", so nothing was changed: " + e.getMessage(),
                    "make room on " + folder.disk() + ", then repeat the request",
                    e);
        }
    }

    /** Whether the next {@link #append} needs to know everything that is alive. */
    boolean mustBeRewritten(int neededVersion) {
        return suspect || file == null || neededVersion > version;
    }

    /** Whether most of the file is about things that are over, or an earlier release could read it if it were written anew. */
    boolean wantsCompaction(int aliveEntries, int neededVersion) {
        return suspect || version > neededVersion || entries > SMALL_ENTRIES + 4 * aliveEntries;
    }

    /** Replaces the file by one that holds just these; on failure the old one stays in use. */
    void compact(List<JournalEntry> alive) {
        try {
            replaceWith(alive, JournalFrame.FIRST_VERSION);
        } catch (IOException e) {
            log.warn("cannot compact {}: {}; it stays as it is", folder.locate(FILE), e.getMessage());
        }
    }

    long length() {
        return length;
    }

    @Override
    public void close() {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            log.warn("cannot close {}: {}", folder.locate(FILE), e.getMessage());
        }
    }

    private void read(boolean salvage, Consumer<JournalEntry> replay) throws IOException {
        byte[] bytes = folder.read(FILE);
        JournalScan scan = new JournalScan(folder.locate(FILE), bytes, codec, salvage);
        scan.run(replay);
        if (scan.damaged()) {
            setAside(bytes);
            suspect = true;
            return;
        }
        OpenFile open = folder.open(FILE);
        file = open;
        length = scan.wholeLength();
        frames = scan.frames();
        entries = scan.entries();
        version = scan.version();
        if (length < bytes.length) {
            log.warn(
                    "the last {} bytes of {} (from byte {}) are a record that was being written when the connector"
                            + " ended; nobody was told of it, so they are cut off",
                    bytes.length - length,
                    folder.locate(FILE),
                    length);
            open.truncate(length);
            open.force();
        }
    }

    private void setAside(byte[] bytes) throws IOException {
        int number = 1;
        while (folder.exists(FILE + ".damaged-" + number)) {
            number++;
        }
        String name = FILE + ".damaged-" + number;
        try (OpenFile copy = folder.open(name)) {
            copy.append(ByteBuffer.wrap(bytes));
            copy.force();
        }
        folder.sync();
        log.warn("the damaged journal is kept as {}", folder.locate(name));
    }

    private void replaceWith(List<JournalEntry> alive, int leastVersion) throws IOException {
        folder.delete(DRAFT);
        int needed = Math.max(leastVersion, JournalEntry.versionOf(alive));
        OpenFile draft = folder.open(DRAFT);
        int written = 0;
        try {
            draft.append(JournalFrame.fileHeader(needed));
            for (int from = 0; from < alive.size(); from += ENTRIES_A_FRAME) {
                List<JournalEntry> some = alive.subList(from, Math.min(alive.size(), from + ENTRIES_A_FRAME));
                draft.append(JournalFrame.frame(written, codec.encode(some)));
                written++;
            }
            draft.force();
            folder.rename(DRAFT, FILE);
        } catch (IOException e) {
            draft.close();
            throw e;
        }
        close();
        file = draft;
        length = draft.size();
        frames = written;
        entries = alive.size();
        version = needed;
        // Until the folder is forced a power cut may bring the old file back: nothing may rely on the new one before.
        suspect = true;
        folder.sync();
        suspect = false;
    }

    private OpenFile opened() {
        if (file == null) {
            throw new WireException(ErrorCode.INTERNAL, folder.locate(FILE) + " is not open", "");
        }
        return file;
    }

    private void takeBack() {
        try {
            if (file != null && suspect) {
                file.truncate(length);
                file.force();
            }
        } catch (IOException e) {
            log.warn("cannot take back what was half written to {}: {}", folder.locate(FILE), e.getMessage());
        }
    }
}
