package io.virtualwire.audit;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import io.virtualwire.control.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of an audit log: {@code FILE}, and {@code FILE.1} (the newest) to {@code FILE.n} when it grew too long.
 *
 * <p>A disk that is full does not stop who changes something, for the change may be what frees it; but it is never silent:
 * what cannot be written is kept, counted when there is too much of it, told in the log and as a problem of the daemon, and
 * written with the number of what is missing as soon as that is possible.
 */
public final class AuditFile implements AutoCloseable {
    private static final long MOST_BYTES = 16L << 20;
    private static final int FORMER_FILES = 8;
    private static final int MOST_KEPT = 10_000;
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new Jdk8Module()).build();

    private final Path path;
    private final long mostBytes;
    private final int formerFiles;
    private final int mostKept;
    private final Queue<byte[]> kept = new ArrayDeque<>();
    private @Nullable FileChannel channel;
    private @Nullable String problem;
    private long lost;

    /** With eight former files of 16 MiB. */
    public AuditFile(Path path) {
        this(path, MOST_BYTES, FORMER_FILES, MOST_KEPT);
    }

    /**
     * @param mostBytes how long it grows before another one is begun
     * @param formerFiles how many of the former are kept
     * @param mostKept how many lines are kept while they cannot be written
     */
    AuditFile(Path path, long mostBytes, int formerFiles, int mostKept) {
        this.path = path;
        this.mostBytes = mostBytes;
        this.formerFiles = formerFiles;
        this.mostKept = mostKept;
    }

    /** Adds a line; never fails. */
    synchronized void write(Object line) {
        keep(encode(line));
        try {
            if (lost > 0) {
                append(encode(Map.of("lost", lost)));
                lost = 0;
            }
            for (byte[] next = kept.peek(); next != null; next = kept.peek()) {
                append(next);
                kept.remove();
            }
            if (problem != null) {
                log().info("the audit log {} is written again", path);
            }
            problem = null;
        } catch (IOException | RuntimeException e) {
            if (problem == null) {
                log().error("cannot write the audit log {}: {}; what happens is kept until it can be", path, reason(e));
            }
            problem = "audit log " + path + " cannot be written: " + reason(e) + "; " + kept.size() + " records wait, "
                    + lost + " are lost";
            reopen();
        }
    }

    /** What is wrong; empty if all that happened is in the file. */
    synchronized Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    @Override
    public synchronized void close() {
        reopen();
    }

    private void keep(byte[] line) {
        if (kept.size() >= mostKept) {
            lost++;
        } else {
            kept.add(line);
        }
    }

    private byte[] encode(Object line) {
        try {
            return (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot write " + line + " as JSON", e);
        }
    }

    private void append(byte[] line) throws IOException {
        FileChannel to = open();
        long before = to.size();
        if (before > 0 && before + line.length > mostBytes) {
            turnOver();
            to = open();
            before = 0;
        }
        ByteBuffer bytes = ByteBuffer.wrap(line);
        try {
            while (bytes.hasRemaining()) {
                to.write(bytes);
            }
        } catch (IOException e) {
            // No half line: the next one would not be readable either.
            to.truncate(before);
            throw e;
        }
    }

    private FileChannel open() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            Path folder = path.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            open = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
            channel = open;
        }
        return open;
    }

    private void turnOver() throws IOException {
        reopen();
        for (int i = formerFiles; i > 0; i--) {
            Path from = i == 1 ? path : former(i - 1);
            if (Files.exists(from)) {
                Files.move(from, former(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path former(int number) {
        return path.resolveSibling(path.getFileName() + "." + number);
    }

    private void reopen() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                log().debug("closing {}", path, e);
            }
        }
    }

    /* Made when there is something to say: commands that note something are over before a logging library has read its configuration. */
    private static Logger log() {
        return LoggerFactory.getLogger(AuditFile.class);
    }

    private static String reason(Exception e) {
        return e instanceof IOException failed ? IoReason.of(failed) : String.valueOf(e.getMessage());
    }
}
