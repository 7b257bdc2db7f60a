package io.virtualwire.association;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** Where a peer daemon may be dialled: a host name or IP address, and a TCP port. */
record PeerAddress(String host, int port) {

    /** Reads {@code host:port}, {@code 192.0.2.1:7471} or {@code [2001:db8::1]:7471}. */
    static PeerAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!host.isEmpty() && port >= 1 && port <= 0xffff) {
                return new PeerAddress(host, port);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "path '" + text + "' of a peer is not host:port",
                "write host-b:7471, 192.0.2.1:7471 or [2001:db8::1]:7471");
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
