package io.virtualwire.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * TCP sockets of one network namespace whose segments fit every underlay.
 *
 * <p>TCP relies on ICMP to learn that a link further on is smaller than its own, and where that is filtered it sends the
 * same large segment for ever: a handshake with its certificates would never end. These sockets never send, nor ask for, a
 * segment that IPv6's minimum MTU does not carry. What they sent that is not acknowledged within ten seconds ends them,
 * where TCP by itself would go on for a quarter of an hour. Any thread.
 */
public final class StreamSockets {
    /** 1280 without the headers of IPv6 and TCP. */
    private static final int SEGMENT = 1_220;

    private static final int IPPROTO_TCP = 6;
    private static final int TCP_MAXSEG = 2;
    private static final int TCP_USER_TIMEOUT = 18;
    private static final int UNANSWERED_MILLIS = 10_000;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final NetworkNamespace namespace;

    public StreamSockets(NetworkNamespace namespace) {
        this.namespace = namespace;
    }

    /** Listens on an address of the namespace; port 0 lets the kernel choose. */
    public ServerSocket listen(InetSocketAddress address) throws IOException {
        return inside(() -> {
            ServerSocket server = new ServerSocket();
            try {
                // A daemon that was killed leaves connections behind that would keep it from coming back for a minute.
                server.setReuseAddress(true);
                // The process that takes this one's place listens before this one ends.
                server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
                server.bind(address);
                tell(server.getLocalPort());
                return server;
            } catch (IOException e) {
                server.close();
                throw e;
            }
        });
    }

    /** A socket that is not connected yet. */
    public Socket open() throws IOException {
        return inside(() -> {
            Socket socket = new Socket();
            try {
                socket.bind(new InetSocketAddress(0));
                tell(socket.getLocalPort());
                return socket;
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        });
    }

    /**
     * Tells the kernel, before a connection begins. The library names neither the option nor the descriptor, so each of this
     * process is asked whether it has this port. One that belongs to something else by chance would only be as careful.
     */
    private static void tell(int port) throws IOException {
        Syscalls calls = new Syscalls();
        try (Arena arena = Arena.ofConfined();
                DirectoryStream<Path> all = Files.newDirectoryStream(DESCRIPTORS)) {
            SocketAddressBuffer local = new SocketAddressBuffer(arena.allocate(SocketAddressBuffer.SIZE, 8));
            for (Path each : all) {
                int fd = Integer.parseInt(each.getFileName().toString());
                local.memory().fill((byte) 0);
                if (calls.getSockName(fd, local.memory()) >= 0 && local.isInet() && local.port() == port) {
                    calls.setOption(fd, IPPROTO_TCP, TCP_MAXSEG, SEGMENT);
                    calls.setOption(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, UNANSWERED_MILLIS);
                }
            }
        }
    }

    private <T> T inside(Opening<T> opening) throws IOException {
        try {
            return namespace.call(() -> {
                try {
                    return opening.open();
                } catch (IOException e) {
                    throw new Refused(e);
                }
            });
        } catch (Refused e) {
            throw e.reason;
        }
    }

    @FunctionalInterface
    private interface Opening<T> {
        T open() throws IOException;
    }

    /** Carries the reason out of the namespace. */
    private static final class Refused extends RuntimeException {
        private final IOException reason;

        Refused(IOException reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
