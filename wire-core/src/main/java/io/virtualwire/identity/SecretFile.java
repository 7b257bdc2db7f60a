package io.virtualwire.identity;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/** A small text file that only its owner may read and that is either whole or absent, also after a power cut. */
public final class SecretFile {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_FOLDER = PosixFilePermissions.fromString("rwx------");

    private final Path path;

    public SecretFile(Path path) {
        this.path = path;
    }

    /** Replaces the file, whole; it is on disk when this returns. */
    public void write(String text) {
        Path folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file has a folder");
        try {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY_FOLDER));
            Path draft = folder.resolve("." + path.getFileName() + "." + UUID.randomUUID());
            try {
                writeDraft(draft, text);
                Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
            try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
                entries.force(true);
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot write " + path + ": " + IoReason.of(e),
                    "check that the folder is writable by this user and that the disk is not full",
                    e);
        }
    }

    /** Reads the file. */
    public String read() {
        try {
            return Files.readString(path, StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "cannot read " + path + ": there is no such file",
                    "run 'wire init' once, or set WIRE_HOME to the folder that holds the credentials",
                    e);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot read " + path + ": " + IoReason.of(e),
                    "run as the user who owns the file",
                    e);
        }
    }

    private static void writeDraft(Path draft, String text) throws IOException {
        var options = EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
        try (FileChannel channel = FileChannel.open(draft, options, ownerOnly)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
