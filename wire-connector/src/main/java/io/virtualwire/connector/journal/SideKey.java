package io.virtualwire.connector.journal;

import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;

/** The name of one side of one wire. */
public record SideKey(WireId wire, Side side) {
    @Override
    public String toString() {
        return wire + "/" + side;
    }
}
