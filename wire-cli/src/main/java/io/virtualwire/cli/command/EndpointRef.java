package io.virtualwire.cli.command;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** An endpoint as a person names it: {@code endpoint@host}. */
record EndpointRef(String endpoint, String host) {
    static EndpointRef parse(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + text + "' does not name an endpoint of a host", "write web@hosta");
        }
        return new EndpointRef(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return endpoint + "@" + host;
    }
}
