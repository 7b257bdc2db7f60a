package io.virtualwire.cluster;

import java.net.Socket;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections whose peer has not proved itself yet: a bounded number, from which a newcomer displaces the oldest.
 *
 * <p>A member needs a few round trips; a stranger who opens many connections and says nothing displaces its own.
 */
final class Handshakes {
    private final int limit;
    private final Set<Socket> inProgress = new LinkedHashSet<>();

    Handshakes(int limit) {
        this.limit = limit;
    }

    synchronized void begin(Socket socket) {
        if (inProgress.size() == limit) {
            Socket oldest = inProgress.iterator().next();
            inProgress.remove(oldest);
            Sockets.reset(oldest);
        }
        inProgress.add(socket);
    }

    synchronized void end(Socket socket) {
        inProgress.remove(socket);
    }
}
