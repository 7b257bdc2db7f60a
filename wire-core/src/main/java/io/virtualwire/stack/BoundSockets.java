package io.virtualwire.stack;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** A TCP and a UDP socket with the same port number. */
record BoundSockets(ServerSocket server, UdpTransport transport) {
    private static final int ATTEMPTS = 32;

    /** Binds both; with port 0, tries until the kernel offers a number that is free for both. */
    static BoundSockets bind(DatapathLoop loop, InetSocketAddress address) {
        for (int attempt = 1; ; attempt++) {
            ServerSocket server = listen(address);
            try {
                InetSocketAddress same = new InetSocketAddress(address.getAddress(), server.getLocalPort());
                return new BoundSockets(server, UdpTransport.open(loop, NetworkNamespace.own(), same));
            } catch (WireException e) {
                close(server);
                if (address.getPort() != 0 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static ServerSocket listen(InetSocketAddress address) {
        try {
            ServerSocket server = new ServerSocket();
            try {
                // A daemon that was killed leaves connections behind that would keep it from coming back for a minute.
                server.setReuseAddress(true);
                server.bind(address);
                return server;
            } catch (IOException e) {
                close(server);
                throw e;
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot listen on " + address + ": " + e.getMessage(),
                    "is another daemon running there? Choose another port, or an address of this host",
                    e);
        }
    }

    private static void close(ServerSocket server) {
        try {
            server.close();
        } catch (IOException e) {
            // It was never used.
        }
    }
}
