package io.virtualwire.connector;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.endpoint.Patchboard;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.port.TapPort;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/** The wire stack as data plane and patchboard of a connector. */
final class StackDataPlane implements DataPlane, Patchboard {
    private final WireStack stack;

    StackDataPlane(WireStack stack) {
        this.stack = stack;
    }

    @Override
    public int port() {
        return stack.port();
    }

    @Override
    public SideStatus connect(ConnectRequest request) {
        return WireStack.await(stack.connect(request));
    }

    @Override
    public void disconnect(WireId wire, Side side, Generation generation) {
        WireStack.await(stack.disconnect(wire, side, generation));
    }

    @Override
    public SideStatus activate(WireId wire, Side side) {
        return WireStack.await(stack.activate(wire, side));
    }

    @Override
    public SideStatus yieldSide(WireId wire, Side side) {
        return WireStack.await(stack.yieldSide(wire, side));
    }

    @Override
    public Optional<SideStatus> side(WireId wire, Side side) {
        return WireStack.await(stack.side(wire, side));
    }

    @Override
    public List<SideStatus> sides() {
        return WireStack.await(stack.sides());
    }

    @Override
    public List<AssociationStatus> associations() {
        return WireStack.await(stack.associations()).stream()
                .map(StatusReport::of)
                .toList();
    }

    @Override
    public PortCounters add(EndpointKey endpoint, TapDevice tap, int mtu, Activation activation) {
        String name = endpoint.toString();
        TapPort port = new TapPort(new PortId(name), stack.loop(), tap, mtu);
        WireStack.await(stack.addPort(name, port, activation));
        return port.counters();
    }

    @Override
    public void remove(EndpointKey endpoint) {
        WireStack.await(stack.removePort(endpoint.toString()));
    }

    @Override
    public void close() {
        stack.close();
    }
}
