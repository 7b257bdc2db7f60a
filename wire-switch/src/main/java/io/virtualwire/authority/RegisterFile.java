package io.virtualwire.authority;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.client.ApiJson;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.IoReason;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.SecretFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The register on disk: changed by one at a time, of several threads and processes, and either all of a change is there or
 * nothing.
 */
final class RegisterFile {
    private static final JsonMapper JSON = ApiJson.lenient();

    private final Path file;
    private final Path lock;
    private final ReentrantLock threads = new ReentrantLock();

    /** What a change leads to: the register to be kept, and what to tell whoever asked. */
    record Change<T>(Register register, T result) {}

    RegisterFile(Path folder) {
        this.file = folder.resolve("register.json");
        this.lock = folder.resolve("register.lock");
    }

    Register read() {
        if (!Files.exists(file)) {
            return Register.EMPTY;
        }
        try {
            return JSON.readValue(new SecretFile(file).read(), Register.class);
        } catch (JsonProcessingException e) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot read the authority's register " + file + ": " + e.getOriginalMessage(),
                    "restore it from a backup; without it nobody can be enrolled or revoked",
                    e);
        }
    }

    /** Changes the register; it is on disk when this returns. If {@code change} throws nothing has changed. */
    <T> T change(Function<Register, Change<T>> change) {
        threads.lock();
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = channel.lock()) {
            Register before = read();
            Change<T> after = change.apply(before);
            if (!after.register().equals(before)) {
                new SecretFile(file).write(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(after.register()));
            }
            return after.result();
        } catch (JsonProcessingException e) {
            throw new WireException(ErrorCode.INTERNAL, "cannot write the authority's register", "", e);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot change the authority's register " + file + ": " + IoReason.of(e),
                    "run as the user who owns the folder",
                    e);
        } finally {
            threads.unlock();
        }
    }

    /** Differs whenever the register does. */
    FileTime version() {
        try {
            return Files.exists(file) ? Files.getLastModifiedTime(file) : FileTime.fromMillis(0);
        } catch (IOException e) {
            return FileTime.fromMillis(0);
        }
    }
}
