package io.virtualwire.cloud.spi;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.InetAddress;

/**
 * One peer that may reach one port of a host.
 *
 * @param peer what the peer is called, for whoever reads the cloud's rules
 * @param address where it comes from
 * @param protocol of the port
 * @param port of the host
 */
public record Admission(String peer, InetAddress address, Protocol protocol, int port) {

    /** What is spoken at a port. */
    public enum Protocol {
        UDP,
        TCP
    }

    public Admission {
        if (port < 1 || port > 65_535) {
            throw new WireException(ErrorCode.BAD_REQUEST, port + " is no port", "name one of 1 to 65535");
        }
    }
}
