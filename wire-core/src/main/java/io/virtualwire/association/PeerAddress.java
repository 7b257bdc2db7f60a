package io.virtualwire.association;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.util.Optional;

/**
 * Where a peer daemon may be dialled: a host name or IP address, and a TCP port.
 *
 * @param relay whose address that is, if it is not the peer's own: a daemon that leads to it
 */
record PeerAddress(String host, int port, Optional<Identity> relay) {

    /** Reads {@code host:port}, {@code 192.0.2.1:7471} or {@code [2001:db8::1]:7471}, a relay's with its identity and {@code @} before it. */
    static PeerAddress parse(String text) {
        int at = text.indexOf('@');
        Optional<Identity> relay = at < 0 ? Optional.empty() : Optional.of(Identity.parse(text.substring(0, at)));
        String place = text.substring(at + 1);
        int colon = place.lastIndexOf(':');
        String host = colon < 0 ? "" : place.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            host = "";
        }
        try {
            int port = Integer.parseInt(place.substring(colon + 1));
            if (!host.isEmpty() && port >= 1 && port <= 0xffff) {
                return new PeerAddress(host, port, relay);
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "path '" + text + "' of a peer is not host:port",
                "write host-b:7471, 192.0.2.1:7471 or [2001:db8::1]:7471; through a relay acme/host-r@192.0.2.9:7471");
    }

    /** The same place as that of the relay itself. */
    PeerAddress own() {
        return new PeerAddress(host, port, Optional.empty());
    }

    @Override
    public String toString() {
        return relay.map(it -> it + "@").orElse("") + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
