package io.virtualwire.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Copies bytes both ways between two connected sockets until both directions have ended.
 *
 * <p>An orderly end is passed on for its direction alone; any failure ends both at once.
 */
final class Relay {
    private static final int BUFFER = 16 * 1024;

    private final Socket one;
    private final Socket other;

    Relay(Socket one, Socket other) {
        this.one = one;
        this.other = other;
    }

    /** Returns when nothing more will come either way; both sockets are closed then. */
    void run() {
        try {
            Thread back = Thread.ofVirtual().name("tunnel-back").start(() -> copy(other, one));
            copy(one, other);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Sockets.close(one);
            Sockets.close(other);
        }
    }

    private static void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            Sockets.reset(from);
            Sockets.reset(to);
        }
    }
}
