package io.virtualwire.cluster;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.function.Predicate;

/** Calls another node's tunnel: first where it answered last. */
final class NodeDialer {
    private final ClusterNode node;
    private volatile int first;

    NodeDialer(ClusterNode node) {
        this.node = node;
    }

    ClusterNode node() {
        return node;
    }

    /**
     * A connection to whatever answers there, which has proved nothing yet.
     *
     * @param held is given each socket before it is connected; false: nobody wants it any more
     */
    Socket dial(int millis, Predicate<Socket> held) throws IOException {
        IOException last = new IOException("no address answers");
        int count = node.tunnels().size();
        int begin = first;
        for (int tried = 0; tried < count; tried++) {
            int index = (begin + tried) % count;
            Socket socket = new Socket();
            if (!held.test(socket)) {
                socket.close();
                throw new IOException("closed");
            }
            try {
                socket.connect(resolved(node.tunnels().get(index)), millis);
                first = index;
                return socket;
            } catch (IOException e) {
                socket.close();
                last = e;
            }
        }
        throw last;
    }

    /** Who answered last is somebody else. */
    void elsewhere() {
        first = (first + 1) % node.tunnels().size();
    }

    /** A name is looked up each time, because its address may have changed. */
    private static InetSocketAddress resolved(InetSocketAddress tunnel) {
        return tunnel.isUnresolved() ? new InetSocketAddress(tunnel.getHostString(), tunnel.getPort()) : tunnel;
    }
}
