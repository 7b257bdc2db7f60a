package io.virtualwire.cluster;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the tunnel's sockets are set up and taken down. */
final class Sockets {
    private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

    /** A peer whose machine vanished is given up after 2 + 3 × 1 s of silence. */
    private static final int KEEP_ALIVE_IDLE_SECONDS = 2;

    private static final int KEEP_ALIVE_INTERVAL_SECONDS = 1;
    private static final int KEEP_ALIVE_PROBES = 3;

    private Sockets() {}

    static void prepare(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_IDLE_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_INTERVAL_SECONDS);
        socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_PROBES);
    }

    /** Closes so that the other end sees a reset, which reads as "nobody there" and not as "finished". */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            LOG.trace("Reset a closed socket", alreadyClosed);
        }
        close(socket);
    }

    static void close(AutoCloseable socket) {
        try {
            socket.close();
        } catch (Exception e) {
            LOG.debug("Closing {}", socket, e);
        }
    }
}
