package io.virtualwire.linux;

/** Puts sockets into states that only a test wants. */
public final class SocketOptions {
    private static final int SOL_SOCKET = 1;
    private static final int SO_NO_CHECK = 11;

    private SocketOptions() {}

    /** Sends without UDP checksums, which makes the kernel refuse to segment. */
    public static void withoutChecksum(UdpSocket socket) {
        int result = new Syscalls().setOption(socket.fd(), SOL_SOCKET, SO_NO_CHECK, 1);
        if (result < 0) {
            throw new AssertionError(Syscalls.explain(result));
        }
    }
}
