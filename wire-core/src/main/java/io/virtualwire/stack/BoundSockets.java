package io.virtualwire.stack;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TCP and a UDP socket with the same port number. */
record BoundSockets(ServerSocket server, UdpTransport transport) {
    private static final Logger LOG = LoggerFactory.getLogger(BoundSockets.class);
    private static final int ATTEMPTS = 32;
    private static final String ANY_OF_BOTH_FAMILIES = "::";

    /** Binds both; with port 0, tries until the kernel offers a number that is free for both. */
    static BoundSockets bind(
            DatapathLoop loop, NetworkNamespace underlay, StreamSockets streams, InetSocketAddress address) {
        for (int attempt = 1; ; attempt++) {
            ServerSocket server = listen(streams, address);
            try {
                return new BoundSockets(
                        server, openTransport(loop, underlay, address.getAddress(), server.getLocalPort()));
            } catch (WireException e) {
                close(server);
                if (address.getPort() != 0 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** A second listener on the port of a socket that another process had: the two share it until that process has gone. */
    static BoundSockets beside(
            DatapathLoop loop,
            NetworkNamespace underlay,
            StreamSockets streams,
            InetSocketAddress wanted,
            UdpTransport.Held held) {
        UdpTransport transport = UdpTransport.adopt(loop, underlay, held);
        InetAddress address = wanted.getAddress();
        try {
            int port = transport.localAddress().port();
            boolean elsewhere =
                    !address.isAnyLocalAddress() && !transport.localAddress().isAt(address);
            if (elsewhere || wanted.getPort() != 0 && wanted.getPort() != port) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot go on at " + wanted + ": the socket to be taken over is at " + transport.localAddress(),
                        "take over with the address and port that are in use; change them by a restart");
            }
            return new BoundSockets(listen(streams, new InetSocketAddress(address, port)), transport);
        } catch (WireException e) {
            transport.close();
            throw e;
        }
    }

    /** All addresses are those of IPv6 too, as they are for the library's TCP, unless the kernel knows none of these. */
    private static UdpTransport openTransport(
            DatapathLoop loop, NetworkNamespace underlay, InetAddress address, int port) {
        if (address.isAnyLocalAddress()) {
            try {
                return UdpTransport.open(loop, underlay, new InetSocketAddress(ANY_OF_BOTH_FAMILIES, port));
            } catch (WireException e) {
                LOG.debug("no wildcard of IPv6 here: {}", e.getMessage());
            }
        }
        return UdpTransport.open(loop, underlay, new InetSocketAddress(address, port));
    }

    private static ServerSocket listen(StreamSockets streams, InetSocketAddress address) {
        try {
            return streams.listen(address);
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.SYSTEM,
                    "cannot listen on " + address.getHostString() + " port " + address.getPort() + ": "
                            + (address.isUnresolved() ? "no such host" : e.getMessage()),
                    address.isUnresolved()
                            ? "give an address of this host; 'ip address' lists them"
                            : "see who has the port with 'ss -lntup' and end it or choose another port; the address"
                                    + " must be one of this host",
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
