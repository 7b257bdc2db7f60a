package io.virtualwire.cloud.ssh;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whom to log in as, and where, written {@code user@address[:port]}.
 *
 * @param address a name or an address, also one that {@code ~/.ssh/config} knows
 */
public record SshTarget(String user, String address, int port) {
    /** Where SSH is spoken unless told otherwise. */
    public static final int DEFAULT_PORT = 22;

    private static final Pattern TEXT = Pattern.compile(
            "([a-zA-Z0-9_][a-zA-Z0-9_.-]*)@(?:\\[([0-9a-fA-F:.%a-z]+)]|([a-zA-Z0-9.-]+))(?::(\\d{1,5}))?");

    public static SshTarget parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (matcher.matches()) {
            int port = matcher.group(4) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(4));
            if (port > 0 && port < 65_536) {
                String bracketed = matcher.group(2);
                return new SshTarget(matcher.group(1), bracketed == null ? matcher.group(3) : bracketed, port);
            }
        }
        throw new WireException(
                ErrorCode.BAD_REQUEST,
                "'" + text + "' says not whom to log in as and where",
                "write user@address or user@address:port, an IPv6 address in brackets");
    }

    @Override
    public String toString() {
        String host = address.contains(":") ? "[" + address + "]" : address;
        return user + "@" + host + (port == DEFAULT_PORT ? "" : ":" + port);
    }
}
