package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The commands of bpf(2) that maps and programs share.
 *
 * <p>The call takes a union of structures, of which so many bytes count as are given; what is not set is zero.
 */
final class Bpf {
    static final int MAP_CREATE = 0;
    static final int MAP_LOOKUP = 1;
    static final int MAP_UPDATE = 2;
    static final int MAP_DELETE = 3;
    static final int MAP_NEXT_KEY = 4;
    static final int PROGRAM_LOAD = 5;
    private static final int PIN = 6;
    private static final int GET_PINNED = 7;

    private static final int ATTRIBUTES = 128;
    private static final int LONGEST_NAME = 15;

    private final Syscalls calls = new Syscalls();

    Syscalls calls() {
        return calls;
    }

    static MemorySegment attributes(Arena arena) {
        return arena.allocate(ATTRIBUTES, Long.BYTES);
    }

    /** Writes a name of at most 15 letters, digits and underscores, which bpftool(8) shows. */
    static void name(MemorySegment attributes, int offset, String name) {
        byte[] text = name.getBytes(StandardCharsets.US_ASCII);
        int length = Math.min(text.length, LONGEST_NAME);
        MemorySegment.copy(MemorySegment.ofArray(text), 0, attributes, offset, length);
    }

    /** Gives the object a name in a bpf file system, by which it outlives this process. */
    void pin(int descriptor, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(ADDRESS, 0, arena.allocateFrom(path.toString()));
            attributes.set(JAVA_INT, 8, descriptor);
            int result = calls.bpf(PIN, attributes);
            if (result < 0) {
                throw failure("keep an eBPF object at " + path, result);
            }
        }
    }

    /** Opens what is pinned there. */
    int pinned(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = attributes(arena);
            attributes.set(ADDRESS, 0, arena.allocateFrom(path.toString()));
            int result = calls.bpf(GET_PINNED, attributes);
            if (result < 0) {
                throw failure("open the eBPF object " + path, result);
            }
            return result;
        }
    }

    static WireException failure(String attempted, int negatedErrno) {
        return failure(attempted, negatedErrno, "");
    }

    /** The failure, with what the kernel's verifier said. */
    static WireException failure(String attempted, int negatedErrno, String log) {
        String hint = negatedErrno == -Errno.EPERM || negatedErrno == -Errno.EACCES
                ? "run as root, or with CAP_BPF, CAP_NET_ADMIN and CAP_SYS_ADMIN"
                : "kernel wires need Linux 5.12 or later with eBPF";
        String said = log.isBlank() ? "" : "\n" + log.strip();
        return new WireException(
                ErrorCode.SYSTEM, "cannot " + attempted + ": " + Syscalls.explain(negatedErrno) + said, hint);
    }
}
