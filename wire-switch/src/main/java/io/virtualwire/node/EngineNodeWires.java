package io.virtualwire.node;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.migration.NodeWires;
import io.virtualwire.port.Port;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireEngine;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The wires of this node's engine. */
final class EngineNodeWires implements NodeWires {
    private static final Logger LOG = LoggerFactory.getLogger(EngineNodeWires.class);

    private final WireEngine engine;
    private final OwnAddress self;

    EngineNodeWires(WireEngine engine, OwnAddress self) {
        this.engine = engine;
        this.self = self;
    }

    @Override
    public void connect(ConnectRequest request) {
        engine.connect(self.near(request));
    }

    @Override
    public void addPort(String endpoint, Port port) {
        engine.addPort(endpoint, port);
    }

    @Override
    public void removePort(String endpoint) {
        engine.removePort(endpoint);
    }

    @Override
    public void activate(ComponentPort port) {
        attempt("activate", port, () -> engine.activate(port.wire(), port.side()));
    }

    @Override
    public void yield(ComponentPort port) {
        attempt("yield", port, () -> engine.yieldSide(port.wire(), port.side()));
    }

    @Override
    public void disconnect(ComponentPort port, Generation generation) {
        attempt("disconnect", port, () -> engine.disconnect(port.wire(), port.side(), generation));
    }

    @Override
    public Optional<SideStatus> status(ComponentPort port) {
        return engine.side(port.wire(), port.side());
    }

    @Override
    public boolean tell(Identity node, PeerMessage message) {
        return engine.tell(node, message);
    }

    private static void attempt(String what, ComponentPort port, Runnable step) {
        try {
            step.run();
        } catch (WireException refused) {
            if (refused.code() != ErrorCode.STALE_GENERATION && refused.code() != ErrorCode.NOT_FOUND) {
                LOG.warn("Cannot {} side {} of wire {}: {}", what, port.side(), port.wire(), refused.getMessage());
            }
        }
    }
}
