package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** The numbers by which the kernel knows the interfaces of one namespace, asked for by name: a system call, not a command. */
final class InterfaceIndex {
    /** What the kernel gives to none. */
    static final int NONE = 0;

    private static final long SIOCGIFINDEX = 0x8933;
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_INDEX_OFFSET = 16;

    private InterfaceIndex() {}

    /** {@link #NONE} if there is no such interface. */
    static int of(NetworkNamespace namespace, String name) {
        byte[] bytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        // No interface has a longer name.
        return bytes.length > IFREQ_INDEX_OFFSET ? NONE : namespace.call(() -> ask(namespace, name, bytes));
    }

    private static int ask(NetworkNamespace namespace, String name, byte[] bytes) {
        Syscalls calls = new Syscalls();
        int fd = calls.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            throw Syscalls.failure("open a socket in namespace " + namespace, fd, "see the cause");
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ifreq = arena.allocate(IFREQ_SIZE, 8);
            MemorySegment.copy(MemorySegment.ofArray(bytes), 0, ifreq, 0, bytes.length);
            int result = calls.ioctl(fd, SIOCGIFINDEX, ifreq);
            if (result < 0 && result != -Errno.ENODEV) {
                throw Syscalls.failure("look for interface " + name + " in namespace " + namespace, result, "");
            }
            return result < 0 ? NONE : ifreq.get(ValueLayout.JAVA_INT, IFREQ_INDEX_OFFSET);
        } finally {
            calls.close(fd);
        }
    }
}
