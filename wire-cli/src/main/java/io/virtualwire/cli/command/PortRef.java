package io.virtualwire.cli.command;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

/** A port of a switch as a person names it: {@code switch/port}. */
record PortRef(String component, String port) {
    static PortRef parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1 || slash == text.length() - 1) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "'" + text + "' does not name a port of a switch", "write lan/web");
        }
        return new PortRef(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return component + "/" + port;
    }
}
