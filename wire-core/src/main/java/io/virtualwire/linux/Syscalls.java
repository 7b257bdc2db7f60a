package io.virtualwire.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The system calls, each returning its result or its error number negated.
 *
 * <p>{@link #read}, {@link #write}, {@link #sendTo} and {@link #setOption} take heap memory without copying it: their calls
 * are <em>critical</em>, that is, no safepoint is reached while they last, which only calls that never wait may be. Not for
 * use by two threads, because each instance has one place for the error number.
 */
final class Syscalls {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final Linker.Option CRITICAL = Linker.Option.critical(true);

    private static final MethodHandle OPEN =
            bind("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO, Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle IOCTL = bind(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle IOCTL_VALUE = bind(
            "ioctl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
            ERRNO,
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SETNS = bind("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle READ =
            bind("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO, CRITICAL);
    private static final MethodHandle WRITE =
            bind("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG), ERRNO, CRITICAL);
    private static final MethodHandle SOCKET =
            bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle BIND =
            bind("bind", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle CONNECT =
            bind("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle GETSOCKNAME =
            bind("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), ERRNO);
    private static final MethodHandle SETSOCKOPT = bind(
            "setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT),
            ERRNO,
            CRITICAL);
    private static final MethodHandle GETSOCKOPT =
            bind("getsockopt", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), ERRNO);
    private static final MethodHandle SENDTO = bind(
            "sendto",
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            ERRNO,
            CRITICAL);
    private static final MethodHandle RECVMMSG = bind(
            "recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS),
            ERRNO,
            CRITICAL);
    private static final MethodHandle LISTEN =
            bind("listen", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle ACCEPT =
            bind("accept4", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle SHUTDOWN =
            bind("shutdown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle SENDMSG =
            bind("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle RECVMSG =
            bind("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle SOCKETPAIR =
            bind("socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS), ERRNO);
    private static final MethodHandle MEMFD_CREATE =
            bind("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle DUP = bind("dup", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle BPF = bind(
            "syscall",
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            ERRNO,
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle MMAP = bind(
            "mmap", FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG), ERRNO);
    private static final MethodHandle MUNMAP =
            bind("munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG), ERRNO);
    private static final MethodHandle MOUNT =
            bind("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS), ERRNO);
    private static final MethodHandle UMOUNT =
            bind("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), ERRNO);
    private static final MethodHandle SETPRIORITY =
            bind("setpriority", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
    private static final MethodHandle MADVISE =
            bind("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), ERRNO);
    private static final MethodHandle GETEUID = bind("geteuid", FunctionDescriptor.of(JAVA_INT));
    private static final MethodHandle STRERROR = bind("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

    /* The C library has no function for bpf(2). */
    private static final long BPF_NUMBER = System.getProperty("os.arch").equals("amd64") ? 321 : 280;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;

    private final MemorySegment state = Arena.ofAuto().allocate(JAVA_INT);
    private final int[] value = new int[1];
    private final MemorySegment valueSegment = MemorySegment.ofArray(value);

    private static MethodHandle bind(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return result((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags));
        } catch (Throwable e) {
            throw defect("open", e);
        }
    }

    int close(int fd) {
        try {
            return result((int) CLOSE.invokeExact(state, fd));
        } catch (Throwable e) {
            throw defect("close", e);
        }
    }

    int ioctl(int fd, long request, MemorySegment argument) {
        try {
            return result((int) IOCTL.invokeExact(state, fd, request, argument));
        } catch (Throwable e) {
            throw defect("ioctl", e);
        }
    }

    int ioctl(int fd, long request, long argument) {
        try {
            return result((int) IOCTL_VALUE.invokeExact(state, fd, request, argument));
        } catch (Throwable e) {
            throw defect("ioctl", e);
        }
    }

    int setns(int fd, int kind) {
        try {
            return result((int) SETNS.invokeExact(state, fd, kind));
        } catch (Throwable e) {
            throw defect("setns", e);
        }
    }

    /** The descriptor must not block. */
    int read(int fd, byte[] bytes, int offset, int length) {
        try {
            MemorySegment target = MemorySegment.ofArray(bytes).asSlice(offset, length);
            return result((int) (long) READ.invokeExact(state, fd, target, (long) length));
        } catch (Throwable e) {
            throw defect("read", e);
        }
    }

    /** The descriptor must not block. */
    int write(int fd, byte[] bytes, int offset, int length) {
        try {
            MemorySegment source = MemorySegment.ofArray(bytes).asSlice(offset, length);
            return result((int) (long) WRITE.invokeExact(state, fd, source, (long) length));
        } catch (Throwable e) {
            throw defect("write", e);
        }
    }

    int socket(int family, int type, int protocol) {
        try {
            return result((int) SOCKET.invokeExact(state, family, type, protocol));
        } catch (Throwable e) {
            throw defect("socket", e);
        }
    }

    int bind(int fd, MemorySegment address, int length) {
        try {
            return result((int) BIND.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw defect("bind", e);
        }
    }

    int connect(int fd, MemorySegment address, int length) {
        try {
            return result((int) CONNECT.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw defect("connect", e);
        }
    }

    int getSockName(int fd, MemorySegment address) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) address.byteSize());
            return result((int) GETSOCKNAME.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw defect("getsockname", e);
        }
    }

    int setOption(int fd, int level, int option, int newValue) {
        value[0] = newValue;
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, valueSegment, Integer.BYTES));
        } catch (Throwable e) {
            throw defect("setsockopt", e);
        }
    }

    int getOption(int fd, int level, int option) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            int result = result((int) GETSOCKOPT.invokeExact(state, fd, level, option, target, length));
            return result < 0 ? result : target.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw defect("getsockopt", e);
        }
    }

    /** The descriptor must not block. */
    int sendTo(int fd, byte[] bytes, int offset, int length, int flags, MemorySegment address, int addressLength) {
        try {
            MemorySegment source = MemorySegment.ofArray(bytes).asSlice(offset, length);
            return result(
                    (int) (long) SENDTO.invokeExact(state, fd, source, (long) length, flags, address, addressLength));
        } catch (Throwable e) {
            throw defect("sendto", e);
        }
    }

    /** The descriptor must not block. */
    int receiveMany(int fd, MemorySegment messages, int count, int flags) {
        try {
            return result((int) RECVMMSG.invokeExact(state, fd, messages, count, flags, MemorySegment.NULL));
        } catch (Throwable e) {
            throw defect("recvmmsg", e);
        }
    }

    int listen(int fd, int backlog) {
        try {
            return result((int) LISTEN.invokeExact(state, fd, backlog));
        } catch (Throwable e) {
            throw defect("listen", e);
        }
    }

    int accept(int fd, int flags) {
        try {
            return result((int) ACCEPT.invokeExact(state, fd, MemorySegment.NULL, MemorySegment.NULL, flags));
        } catch (Throwable e) {
            throw defect("accept4", e);
        }
    }

    int shutdown(int fd, int how) {
        try {
            return result((int) SHUTDOWN.invokeExact(state, fd, how));
        } catch (Throwable e) {
            throw defect("shutdown", e);
        }
    }

    /** May wait. */
    int sendMessage(int fd, MemorySegment message, int flags) {
        try {
            return result((int) (long) SENDMSG.invokeExact(state, fd, message, flags));
        } catch (Throwable e) {
            throw defect("sendmsg", e);
        }
    }

    /** May wait. */
    int receiveMessage(int fd, MemorySegment message, int flags) {
        try {
            return result((int) (long) RECVMSG.invokeExact(state, fd, message, flags));
        } catch (Throwable e) {
            throw defect("recvmsg", e);
        }
    }

    int setOption(int fd, int level, int option, MemorySegment newValue) {
        try {
            return result((int) SETSOCKOPT.invokeExact(state, fd, level, option, newValue, (int) newValue.byteSize()));
        } catch (Throwable e) {
            throw defect("setsockopt", e);
        }
    }

    int getOption(int fd, int level, int option, MemorySegment target) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) target.byteSize());
            return result((int) GETSOCKOPT.invokeExact(state, fd, level, option, target, length));
        } catch (Throwable e) {
            throw defect("getsockopt", e);
        }
    }

    /** Makes two sockets that are connected with each other. */
    int socketPair(int family, int type, MemorySegment both) {
        try {
            return result((int) SOCKETPAIR.invokeExact(state, family, type, 0, both));
        } catch (Throwable e) {
            throw defect("socketpair", e);
        }
    }

    /** Makes a file that is in memory only. */
    int memoryFile(String name, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return result((int) MEMFD_CREATE.invokeExact(state, arena.allocateFrom(name), flags));
        } catch (Throwable e) {
            throw defect("memfd_create", e);
        }
    }

    int duplicate(int fd) {
        try {
            return result((int) DUP.invokeExact(state, fd));
        } catch (Throwable e) {
            throw defect("dup", e);
        }
    }

    int bpf(int command, MemorySegment attributes) {
        try {
            return result(
                    (int) (long) BPF.invokeExact(state, BPF_NUMBER, command, attributes, (int) attributes.byteSize()));
        } catch (Throwable e) {
            throw defect("bpf", e);
        }
    }

    /** Shows what the descriptor holds as memory, which others see and change too; nothing if that is refused. */
    Optional<MemorySegment> mapShared(int fd, long length) {
        try {
            MemorySegment found = (MemorySegment)
                    MMAP.invokeExact(state, MemorySegment.NULL, length, PROT_READ_WRITE, MAP_SHARED, fd, 0L);
            return found.address() == -1 ? Optional.empty() : Optional.of(found.reinterpret(length));
        } catch (Throwable e) {
            throw defect("mmap", e);
        }
    }

    int unmap(MemorySegment mapped) {
        try {
            return result((int) MUNMAP.invokeExact(state, mapped, mapped.byteSize()));
        } catch (Throwable e) {
            throw defect("munmap", e);
        }
    }

    int mount(String kind, String where) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocateFrom(kind);
            return result(
                    (int) MOUNT.invokeExact(state, type, arena.allocateFrom(where), type, 0L, MemorySegment.NULL));
        } catch (Throwable e) {
            throw defect("mount", e);
        }
    }

    int unmount(String where) {
        try (Arena arena = Arena.ofConfined()) {
            return result((int) UMOUNT.invokeExact(state, arena.allocateFrom(where), 0));
        } catch (Throwable e) {
            throw defect("umount2", e);
        }
    }

    int effectiveUid() {
        try {
            return (int) GETEUID.invokeExact();
        } catch (Throwable e) {
            throw defect("geteuid", e);
        }
    }

    int setPriority(int which, int who, int nice) {
        try {
            return result((int) SETPRIORITY.invokeExact(state, which, who, nice));
        } catch (Throwable e) {
            throw defect("setpriority", e);
        }
    }

    int advise(long address, long length, int advice) {
        try {
            return result((int) MADVISE.invokeExact(state, address, length, advice));
        } catch (Throwable e) {
            throw defect("madvise", e);
        }
    }

    /** Lets the C library give back what it keeps for itself; one that is not glibc has no such function. */
    void trimAllocator() {
        Optional<MemorySegment> trim = LINKER.defaultLookup().find("malloc_trim");
        try {
            if (trim.isPresent()) {
                int ignored = (int) LINKER.downcallHandle(trim.get(), FunctionDescriptor.of(JAVA_INT, JAVA_LONG))
                        .invokeExact(0L);
            }
        } catch (Throwable e) {
            throw defect("malloc_trim", e);
        }
    }

    /** What the negated error number means, for messages. */
    static String explain(int negatedErrno) {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(-negatedErrno);
            return text.reinterpret(256).getString(0) + " (errno " + -negatedErrno + ")";
        } catch (Throwable e) {
            throw defect("strerror", e);
        }
    }

    /** The failure of a system call that had to succeed. */
    static WireException failure(String attempted, int negatedErrno, String hint) {
        String next = negatedErrno == -Errno.EPERM || negatedErrno == -Errno.EACCES
                ? "run as root, or with CAP_NET_ADMIN (and CAP_SYS_ADMIN for other network namespaces)"
                : hint;
        return new WireException(ErrorCode.SYSTEM, "cannot " + attempted + ": " + explain(negatedErrno), next);
    }

    private int result(int value) {
        return value == -1 ? -state.get(JAVA_INT, 0) : value;
    }

    private static IllegalStateException defect(String call, Throwable e) {
        return new IllegalStateException("the binding of " + call + " is wrong", e);
    }
}
