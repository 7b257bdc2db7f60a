package io.virtualwire.stack;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.StreamSockets;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.transport.UnderlayAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A TCP and a UDP socket with the same port number, and a UDP socket for each further owner thread, with the numbers that follow
 * if they are free.
 */
record BoundSockets(ServerSocket server, List<UdpTransport> transports) {
    private static final Logger LOG = LoggerFactory.getLogger(BoundSockets.class);
    private static final int ATTEMPTS = 32;
    private static final String ANY_OF_BOTH_FAMILIES = "::";

    /** Binds all; with port 0, tries until the kernel offers a number that is free for both. */
    static BoundSockets bind(
            List<DatapathLoop> loops, NetworkNamespace underlay, StreamSockets streams, InetSocketAddress address) {
        for (int attempt = 1; ; attempt++) {
            ServerSocket server = listen(streams, address);
            try {
                List<UdpTransport> transports = new ArrayList<>();
                transports.add(openTransport(loops.getFirst(), underlay, address.getAddress(), server.getLocalPort()));
                openFurther(loops, underlay, address, transports);
                return new BoundSockets(server, transports);
            } catch (WireException e) {
                close(server);
                if (address.getPort() != 0 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static void openFurther(
            List<DatapathLoop> loops,
            NetworkNamespace underlay,
            InetSocketAddress address,
            List<UdpTransport> transports) {
        try {
            for (DatapathLoop loop : loops.subList(1, loops.size())) {
                int wanted = address.getPort() == 0 ? 0 : address.getPort() + transports.size();
                transports.add(openFree(loop, underlay, address.getAddress(), wanted));
            }
        } catch (WireException e) {
            transports.forEach(UdpTransport::close);
            throw e;
        }
    }

    /** With this number, or any: peers are told. */
    private static UdpTransport openFree(
            DatapathLoop loop, NetworkNamespace underlay, InetAddress address, int wanted) {
        if (wanted != 0) {
            try {
                return openTransport(loop, underlay, address, wanted);
            } catch (WireException e) {
                LOG.info("UDP port {} is not free for an owner thread; it has another: {}", wanted, e.getMessage());
            }
        }
        return openTransport(loop, underlay, address, 0);
    }

    /** A second listener on the port of a socket that another process had: the two share it until that process has gone. */
    static BoundSockets beside(
            List<DatapathLoop> loops,
            NetworkNamespace underlay,
            StreamSockets streams,
            InetSocketAddress wanted,
            List<UdpTransport.Held> held) {
        List<UdpTransport> transports = new ArrayList<>();
        for (int i = 0; i < held.size(); i++) {
            transports.add(UdpTransport.adopt(loops.get(i), underlay, held.get(i)));
        }
        InetAddress address = wanted.getAddress();
        UnderlayAddress known = transports.getFirst().localAddress();
        try {
            boolean elsewhere = !address.isAnyLocalAddress() && !known.isAt(address);
            if (elsewhere || wanted.getPort() != 0 && wanted.getPort() != known.port()) {
                throw new WireException(
                        ErrorCode.WRONG_STATE,
                        "cannot go on at " + wanted + ": the socket to be taken over is at " + known,
                        "take over with the address and port that are in use; change them by a restart");
            }
            return new BoundSockets(listen(streams, new InetSocketAddress(address, known.port())), transports);
        } catch (WireException e) {
            transports.forEach(UdpTransport::close);
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

    /** Listens on further TCP ports of the same address, or on none of them. */
    static List<ServerSocket> further(StreamSockets streams, InetAddress address, List<Integer> ports) {
        List<ServerSocket> servers = new ArrayList<>();
        try {
            ports.forEach(port -> servers.add(listen(streams, new InetSocketAddress(address, port))));
            return servers;
        } catch (WireException e) {
            servers.forEach(BoundSockets::close);
            throw e;
        }
    }

    void close() {
        close(server);
        transports.forEach(UdpTransport::close);
    }

    private static void close(ServerSocket server) {
        try {
            server.close();
        } catch (IOException e) {
            // It was never used.
        }
    }
}
