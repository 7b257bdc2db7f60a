package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A socket between processes of one host, which passes bytes and open descriptors: a stream, or datagrams.
 *
 * <pre>
 * msghdr (56 bytes)    name 8 | name length 4, pad 4 | iovec 8 | iovec count 8 | control 8 | control length 8 | flags 4, pad 4
 * cmsghdr (16 bytes)   length 8 | level 4 | type 4, then 4 bytes a descriptor
 * </pre>
 *
 * <p>Calls block. Used by one thread at a time, but for {@link #shutdown}, which ends the calls of others.
 */
public final class UnixSocket implements AutoCloseable {
    /** The most descriptors in one message. */
    public static final int MOST_DESCRIPTORS = 200;

    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x4000_0000;
    private static final int SHUT_RD = 0;
    private static final int SHUT_RDWR = 2;
    private static final int O_PATH = 0x20_0000;
    private static final int O_CLOEXEC = 0x8_0000;
    private static final String ABSTRACT = "@";
    private static final int ADDRESS_SIZE = 110;
    private static final int LONGEST_PATH = 107;
    private static final int MESSAGE_SIZE = 56;
    private static final int CONTROL_HEADER = 16;
    private static final int CONTROL_SIZE = CONTROL_HEADER + Integer.BYTES * MOST_DESCRIPTORS;
    private static final int CHUNK = 1 << 16;
    private static final int BACKLOG = 8;

    /** Who is at the other end, as the kernel knows it. */
    public record Peer(long pid, int uid) {}

    /** Bytes that came, and the descriptors that came with them, which the receiver has to close. */
    public record Received(int length, List<Integer> descriptors) {}

    private final Syscalls calls = new Syscalls();
    private final int fd;
    private boolean closed;

    private UnixSocket(int fd) {
        this.fd = fd;
    }

    /** Listens at a path, where nothing may be; a backlog of a few. */
    public static UnixSocket listen(Path path) {
        return opened("listen at " + path, SOCK_STREAM, path, (calls, socket, address) -> {
            int result = calls.bind(socket, address, ADDRESS_SIZE);
            return result < 0 ? result : calls.listen(socket, BACKLOG);
        });
    }

    /** Connects to who listens at a path. */
    public static UnixSocket connect(Path path) {
        return opened(
                "connect to " + path,
                SOCK_STREAM,
                path,
                (calls, socket, address) -> calls.connect(socket, address, ADDRESS_SIZE));
    }

    /** Receives datagrams at a path, where nothing may be. */
    public static UnixSocket datagramsAt(Path path) {
        return opened(
                "receive at " + path,
                SOCK_DGRAM,
                path,
                (calls, socket, address) -> calls.bind(socket, address, ADDRESS_SIZE));
    }

    /** Sends datagrams to who receives at a path, or at an abstract address, which begins with {@code @}. */
    public static UnixSocket datagramsTo(String where) {
        if (!where.startsWith(ABSTRACT)) {
            return opened(
                    "send to " + where,
                    SOCK_DGRAM,
                    Path.of(where),
                    (calls, socket, address) -> calls.connect(socket, address, ADDRESS_SIZE));
        }
        return opened("send to " + where, SOCK_DGRAM, Path.of(where), (calls, socket, address) -> {
            // Its name begins with a zero byte, and ends where the address does.
            address.set(ValueLayout.JAVA_BYTE, 2, (byte) 0);
            return calls.connect(socket, address, 2 + where.getBytes(StandardCharsets.UTF_8).length);
        });
    }

    /** Two stream sockets that are connected with each other. */
    public static List<UnixSocket> pair() {
        Syscalls calls = new Syscalls();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment both = arena.allocate(2L * Integer.BYTES, Integer.BYTES);
            int result = calls.socketPair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, both);
            if (result < 0) {
                throw Syscalls.failure("make a pair of sockets", result, "see the cause");
            }
            return List.of(
                    new UnixSocket(both.get(ValueLayout.JAVA_INT, 0)),
                    new UnixSocket(both.get(ValueLayout.JAVA_INT, Integer.BYTES)));
        }
    }

    private interface Use {
        int of(Syscalls calls, int socket, MemorySegment address);
    }

    private static UnixSocket opened(String what, int type, Path path, Use use) {
        Syscalls calls = new Syscalls();
        int folder = -1;
        int socket = calls.socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
        if (socket < 0) {
            throw Syscalls.failure(what, socket, "see the cause");
        }
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
            if (name.length > LONGEST_PATH) {
                // An address holds 107 bytes; by the folder's descriptor every path is short.
                folder = calls.open(path.resolveSibling(".").toString(), O_PATH | O_CLOEXEC);
                name = ("/proc/self/fd/" + folder + "/" + path.getFileName()).getBytes(StandardCharsets.UTF_8);
            }
            MemorySegment address = arena.allocate(ADDRESS_SIZE, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            int result = use.of(calls, socket, address);
            if (result < 0) {
                throw Syscalls.failure(what, result, "see that the folder is this user's, and what is there");
            }
            return new UnixSocket(socket);
        } catch (RuntimeException e) {
            calls.close(socket);
            throw e;
        } finally {
            if (folder >= 0) {
                calls.close(folder);
            }
        }
    }

    /** Its descriptor, which stays its own. */
    public int descriptor() {
        return fd;
    }

    /** Waits for somebody to connect; fails once it was shut down. */
    public UnixSocket accept() {
        int result = calls.accept(fd, SOCK_CLOEXEC);
        if (result < 0) {
            throw Syscalls.failure("accept a connection", result, "see the cause");
        }
        return new UnixSocket(result);
    }

    /** Who connected, or who listens. */
    public Peer peer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment credentials = arena.allocate(12, 4);
            int result = calls.getOption(fd, SOL_SOCKET, SO_PEERCRED, credentials);
            if (result < 0) {
                throw Syscalls.failure("ask who is at the other end", result, "see the cause");
            }
            return new Peer(credentials.get(ValueLayout.JAVA_INT, 0), credentials.get(ValueLayout.JAVA_INT, 4));
        }
    }

    /** How long a call may block; then it fails with {@link Errno#EAGAIN}. */
    public void patience(Duration longest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            time.set(ValueLayout.JAVA_LONG, 0, longest.toSeconds());
            time.set(ValueLayout.JAVA_LONG, 8, longest.toNanosPart() / 1000);
            calls.setOption(fd, SOL_SOCKET, SO_RCVTIMEO, time);
            calls.setOption(fd, SOL_SOCKET, SO_SNDTIMEO, time);
        }
    }

    /**
     * Sends bytes, of which not all need to go at once, and descriptors, which stay open here.
     *
     * @return how many bytes went; or an {@link Errno} negated
     */
    public int send(byte[] bytes, int offset, int length, List<Integer> descriptors) {
        if (descriptors.size() > MOST_DESCRIPTORS) {
            throw new IllegalArgumentException(descriptors.size() + " descriptors in one message");
        }
        try (Arena arena = Arena.ofConfined()) {
            int some = Math.min(length, CHUNK);
            MemorySegment data = arena.allocate(Math.max(1, some), 8);
            MemorySegment.copy(bytes, offset, data, ValueLayout.JAVA_BYTE, 0, some);
            MemorySegment message = message(arena, data, some);
            if (!descriptors.isEmpty()) {
                int size = CONTROL_HEADER + Integer.BYTES * descriptors.size();
                MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
                control.set(ValueLayout.JAVA_LONG, 0, size);
                control.set(ValueLayout.JAVA_INT, 8, SOL_SOCKET);
                control.set(ValueLayout.JAVA_INT, 12, SCM_RIGHTS);
                for (int i = 0; i < descriptors.size(); i++) {
                    control.set(ValueLayout.JAVA_INT, CONTROL_HEADER + (long) i * Integer.BYTES, descriptors.get(i));
                }
                message.set(ValueLayout.ADDRESS, 32, control);
                message.set(ValueLayout.JAVA_LONG, 40, size);
            }
            int sent = calls.sendMessage(fd, message, MSG_NOSIGNAL);
            data.fill((byte) 0);
            return sent;
        }
    }

    /**
     * Waits for bytes.
     *
     * @return what came, of length 0 at the end; the length is an {@link Errno} negated if nothing did
     */
    public Received receive(byte[] bytes, int offset, int length) {
        try (Arena arena = Arena.ofConfined()) {
            int some = Math.min(length, CHUNK);
            MemorySegment data = arena.allocate(Math.max(1, some), 8);
            MemorySegment message = message(arena, data, some);
            MemorySegment control = arena.allocate(CONTROL_SIZE, 8);
            message.set(ValueLayout.ADDRESS, 32, control);
            message.set(ValueLayout.JAVA_LONG, 40, CONTROL_SIZE);
            int result = calls.receiveMessage(fd, message, MSG_CMSG_CLOEXEC);
            if (result > 0) {
                MemorySegment.copy(data, ValueLayout.JAVA_BYTE, 0, bytes, offset, result);
            }
            data.fill((byte) 0);
            return new Received(result, result < 0 ? List.of() : descriptors(message, control));
        }
    }

    private static List<Integer> descriptors(MemorySegment message, MemorySegment control) {
        List<Integer> found = new ArrayList<>();
        if (message.get(ValueLayout.JAVA_LONG, 40) >= CONTROL_HEADER
                && control.get(ValueLayout.JAVA_INT, 8) == SOL_SOCKET
                && control.get(ValueLayout.JAVA_INT, 12) == SCM_RIGHTS) {
            long end = control.get(ValueLayout.JAVA_LONG, 0);
            for (long at = CONTROL_HEADER; at < end; at += Integer.BYTES) {
                found.add(control.get(ValueLayout.JAVA_INT, at));
            }
        }
        return found;
    }

    private static MemorySegment message(Arena arena, MemorySegment data, int length) {
        MemorySegment iovec = arena.allocate(16, 8);
        iovec.set(ValueLayout.ADDRESS, 0, data);
        iovec.set(ValueLayout.JAVA_LONG, 8, length);
        MemorySegment message = arena.allocate(MESSAGE_SIZE, 8);
        message.set(ValueLayout.ADDRESS, 16, iovec);
        message.set(ValueLayout.JAVA_LONG, 24, 1);
        return message;
    }

    /** What the peer sends from now on is refused to it; what it has sent can still be received. */
    public void refuseMore() {
        calls.shutdown(fd, SHUT_RD);
    }

    /** Ends the connection, or the listening, and every call that waits on it. Any thread. */
    public void shutdown() {
        new Syscalls().shutdown(fd, SHUT_RDWR);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
        }
    }

    /** Closes a descriptor that was received and is not wanted. */
    public static void closeDescriptor(int descriptor) {
        new Syscalls().close(descriptor);
    }

    /** Another descriptor of the same, which the caller closes. */
    public static int duplicate(int descriptor) {
        int result = new Syscalls().duplicate(descriptor);
        if (result < 0) {
            throw Syscalls.failure("duplicate a descriptor", result, "see the cause");
        }
        return result;
    }

    /** The user that this process acts as. */
    public static int ownUid() {
        return new Syscalls().effectiveUid();
    }
}
