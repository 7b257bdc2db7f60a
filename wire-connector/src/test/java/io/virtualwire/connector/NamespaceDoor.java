package io.virtualwire.connector;

import io.virtualwire.client.HostAddress;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Lets this JVM connect to a TCP port inside a namespace: a loopback port whose connections go on in there. */
final class NamespaceDoor implements AutoCloseable {
    private final ServerSocket outside;
    private final NetworkNamespace namespace;
    private final HostAddress inside;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    NamespaceDoor(Namespace namespace, String address, int port) throws IOException {
        this.outside = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        this.namespace = new NetworkNamespace(namespace.name());
        this.inside = new HostAddress(address, port);
        Thread.ofVirtual().start(this::accept);
    }

    HostAddress address() {
        return new HostAddress("127.0.0.1", outside.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        outside.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        while (!outside.isClosed()) {
            try {
                Socket from = outside.accept();
                open.add(from);
                join(from);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void join(Socket from) throws IOException {
        try {
            // A socket stays in the namespace in which it was made.
            Socket to = namespace.call(() -> new Socket(inside.host(), inside.port()));
            open.add(to);
            Thread.ofVirtual().start(() -> pump(from, to));
            Thread.ofVirtual().start(() -> pump(to, from));
        } catch (RuntimeException nobodyThere) {
            from.close();
        }
    }

    private static void pump(Socket from, Socket to) {
        try (from;
                to;
                InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException ended) {
            // The other direction ends with it.
            return;
        }
    }
}
