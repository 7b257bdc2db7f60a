package io.virtualwire.testkit.fabric;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.handoff.HandoffWires;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import java.util.Optional;

/** The wires of a real engine. */
final class EngineWires implements HandoffWires {
    private final WireEngine engine;

    EngineWires(WireEngine engine) {
        this.engine = engine;
    }

    @Override
    public void activate(ComponentPort port) {
        engine.activate(port.wire(), port.side());
    }

    @Override
    public void yield(ComponentPort port) {
        engine.yieldSide(port.wire(), port.side());
    }

    @Override
    public void disconnect(ComponentPort port, Generation generation) {
        try {
            engine.disconnect(port.wire(), port.side(), generation);
        } catch (WireException e) {
            if (e.code() != ErrorCode.STALE_GENERATION) {
                throw e;
            }
            // The component is back here under a higher generation: the one that was to go has gone.
        }
    }

    @Override
    public Optional<SideStatus> status(ComponentPort port) {
        return engine.side(port.wire(), port.side());
    }

    @Override
    public boolean tell(Identity node, PeerMessage message) {
        return engine.tell(node, message);
    }
}
