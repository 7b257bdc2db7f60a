package io.virtualwire.connector.journal;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A folder on a disk, held by one process at a time. */
final class DiskFolder implements JournalFolder, AutoCloseable {
    private static final String LOCK = "lock";

    private final Path folder;
    private @Nullable FileChannel lockFile;

    private DiskFolder(Path folder, @Nullable FileChannel lockFile) {
        this.folder = folder;
        this.lockFile = lockFile;
    }

    /** Makes the folder if need be and takes it; refuses if another process has it. */
    static DiskFolder take(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            return new DiskFolder(folder, lock(folder));
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot use the state folder " + folder + ": " + IoReason.of(e),
                    "make it writable for this user, or choose another with --state",
                    e);
        }
    }

    /** To read only, whoever holds it. */
    static JournalFolder of(Path folder) {
        return new DiskFolder(folder, null);
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel lockFile =
                FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(lockFile)) {
            lockFile.close();
            throw new WireException(
                    ErrorCode.IN_USE,
                    "cannot use the state folder " + folder + ": another connector runs on it",
                    "stop that one, let this one replace it with --take-over, or give this one a folder of its own"
                            + " with --state");
        }
        return lockFile;
    }

    /** Lets another process take the folder; this one must not touch it until it has taken it again. */
    void letGo() {
        close();
    }

    /** Takes it again; refuses if another process has it. */
    void takeAgain() {
        try {
            lockFile = lock(folder);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM, "cannot take the state folder " + folder + " again: " + e, "restart", e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(folder.resolve(name));
    }

    @Override
    public byte[] read(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    @Override
    public OpenFile open(String name) throws IOException {
        return new DiskFile(FileChannel.open(
                folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.READ));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(folder.resolve(from), folder.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void sync() throws IOException {
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        }
    }

    @Override
    public String locate(String name) {
        return folder.resolve(name).toString();
    }

    @Override
    public String disk() {
        try {
            FileStore store = Files.getFileStore(folder);
            return "the disk " + store + " (" + (store.getUsableSpace() >> 10) + " KiB free)";
        } catch (IOException e) {
            return "the disk of " + folder;
        }
    }

    @Override
    public void close() {
        try {
            if (lockFile != null) {
                lockFile.close();
            }
        } catch (IOException ignored) {
            // The lock ends with the process at the latest.
        }
    }

    private record DiskFile(FileChannel channel) implements OpenFile {
        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void append(ByteBuffer bytes) throws IOException {
            long at = channel.size();
            while (bytes.hasRemaining()) {
                at += channel.write(bytes, at);
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public void force() throws IOException {
            channel.force(true);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
