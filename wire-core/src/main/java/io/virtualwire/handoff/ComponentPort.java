package io.virtualwire.handoff;

import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;

/** A port of a component: the side that the component's node holds of the wire that is plugged in there. */
public record ComponentPort(WireId wire, Side side) {}
