package io.virtualwire.cluster;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each accepted connection a virtual thread of its own, until the listening socket is closed. */
final class Acceptor {
    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

    private Acceptor() {}

    static void start(String name, ServerSocket listener, Consumer<Socket> serve) {
        Thread.ofVirtual().name(name).start(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Thread.ofVirtual().name(name + "-connection").start(() -> serve.accept(socket));
                } catch (IOException e) {
                    if (!listener.isClosed()) {
                        LOG.warn("{} cannot accept a connection: {}", name, e.getMessage());
                    }
                }
            }
        });
    }
}
