package io.virtualwire.testkit;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Connections to a port on loopback that say nothing, or begin a TLS handshake and stop there. */
public final class SilentConnections implements AutoCloseable {
    /** Begins a ClientHello of 512 bytes. */
    private static final byte[] BEGUN = {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};

    private final List<Socket> sockets = new ArrayList<>();

    /** Opens so many; one that is refused counts as closed. */
    public SilentConnections(int port, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket("127.0.0.1", port);
            sockets.add(socket);
            try {
                if (i % 2 == 0) {
                    socket.getOutputStream().write(BEGUN);
                }
            } catch (IOException closed) {
                // It is found closed when somebody looks.
            }
        }
    }

    /** How many the other end has not closed. */
    public int stillOpen() {
        return (int) sockets.stream().filter(SilentConnections::isOpen).count();
    }

    @Override
    public void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static boolean isOpen(Socket socket) {
        try {
            socket.setSoTimeout(1);
            while (socket.getInputStream().read() >= 0) {
                // An alert, before it closes.
            }
            return false;
        } catch (SocketTimeoutException nothing) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
