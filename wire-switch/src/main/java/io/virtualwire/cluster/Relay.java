package io.virtualwire.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * Copies bytes both ways between a plain socket on this machine and a TLS socket, until both directions have ended.
 *
 * <p>An orderly end is passed on for its direction alone; any failure ends both at once.
 */
final class Relay {
    private static final int BUFFER = 16 * 1024;

    private final Socket plain;
    private final Socket secured;
    private final Socket carrier;

    /**
     * A relay yet to run.
     *
     * @param carrier the TCP socket below the TLS one: closing that one could wait for a peer who has vanished
     */
    Relay(Socket plain, Socket secured, Socket carrier) {
        this.plain = plain;
        this.secured = secured;
        this.carrier = carrier;
    }

    /** Returns when nothing more will come either way; all sockets are closed then. */
    void run() {
        try {
            Thread back = Thread.ofVirtual().name("tunnel-back").start(() -> copy(secured, plain));
            copy(plain, secured);
            back.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Sockets.close(carrier);
            Sockets.close(secured);
            Sockets.close(plain);
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
            }
            to.shutdownOutput();
        } catch (IOException broken) {
            Sockets.reset(carrier);
            Sockets.reset(plain);
        }
    }
}
