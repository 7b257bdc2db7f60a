package io.virtualwire.connector.journal;

import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;

/** The name of one side of one wire of one tenant; others may have a side of that name, too. */
public record SideKey(String tenant, WireId wire, Side side) {
    @Override
    public String toString() {
        return wire + "/" + side;
    }
}
