package io.virtualwire.client;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.net.URI;
import java.net.URISyntaxException;

/** Where a daemon's interface is: a name or address, and a port. Written {@code host}, {@code host:port} or {@code [v6]:port}. */
public record HostAddress(String host, int port) {
    /** The port on which connectors offer their interface unless told otherwise. */
    public static final int DEFAULT_API_PORT = 7472;

    public HostAddress {
        if (port < 1 || port > 65_535 || !isHost(authority(host, port))) {
            throw refused(host + ":" + port);
        }
    }

    /** Only what can stand in a URI can be called. */
    private static boolean isHost(String authority) {
        try {
            URI uri = new URI("https://" + authority);
            return uri.getHost() != null
                    && uri.getUserInfo() == null
                    && uri.getRawAuthority().equals(authority);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    public static HostAddress parse(String text, int defaultPort) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            if (end < 0) {
                throw refused(text);
            }
            String rest = text.substring(end + 1);
            if (!rest.isEmpty() && rest.charAt(0) != ':') {
                throw refused(text);
            }
            return new HostAddress(
                    text.substring(1, end), rest.isEmpty() ? defaultPort : port(text, rest.substring(1)));
        }
        int colon = text.indexOf(':');
        if (colon < 0 || colon != text.lastIndexOf(':')) {
            return new HostAddress(text, defaultPort);
        }
        return new HostAddress(text.substring(0, colon), port(text, text.substring(colon + 1)));
    }

    /** At whom a path of a wire aims: the peer, or the relay that leads to it ({@code tenant/name@host:port}). */
    public static HostAddress ofPath(String path) {
        return parse(path.substring(path.indexOf('@') + 1), 1);
    }

    /** As a URI wants it. */
    public String authority() {
        return authority(host, port);
    }

    private static String authority(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return authority();
    }

    private static int port(String text, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw refused(text);
        }
    }

    private static WireException refused(String text) {
        return new WireException(
                ErrorCode.BAD_REQUEST, "'" + text + "' is not an address", "write host, host:port or [address]:port");
    }
}
