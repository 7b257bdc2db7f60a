package io.virtualwire.cluster;

import java.net.Socket;
import java.util.HashSet;
import java.util.Set;

/** The sockets in use, so that closing the tunnel ends them all. */
final class OpenSockets implements AutoCloseable {
    private final Set<Socket> sockets = new HashSet<>();
    private boolean closed;

    /** Keeps a socket; false, with the socket closed, when the tunnel is closing. */
    synchronized boolean hold(Socket socket) {
        if (closed) {
            Sockets.close(socket);
            return false;
        }
        sockets.add(socket);
        return true;
    }

    synchronized void release(Socket socket) {
        sockets.remove(socket);
    }

    @Override
    public synchronized void close() {
        closed = true;
        sockets.forEach(Sockets::reset);
        sockets.clear();
    }
}
