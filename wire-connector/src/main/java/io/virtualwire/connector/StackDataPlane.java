package io.virtualwire.connector;

import io.virtualwire.association.RelayStatus;
import io.virtualwire.association.Way;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.endpoint.Hold;
import io.virtualwire.connector.endpoint.Patchboard;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.connector.kernel.Wires;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.metrics.AssociationReport;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.Bequest;
import io.virtualwire.stack.StackDrops;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import io.virtualwire.wire.WireObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The wire stack as data plane and patchboard of a connector. */
final class StackDataPlane implements DataPlane, Patchboard, Wires {
    private final WireStack stack;
    private final WireNames names;

    StackDataPlane(WireStack stack) {
        this.stack = stack;
        this.names = new WireNames(stack.identity().tenant());
    }

    @Override
    public int port() {
        return stack.port();
    }

    @Override
    public SideStatus connect(String tenant, ConnectRequest asked, Role role) {
        ConnectRequest request = new ConnectRequest(
                names.wire(tenant, asked.wire()),
                asked.side(),
                asked.generation(),
                new EndpointKey(tenant, asked.endpoint()).toString(),
                asked.peer(),
                asked.options().in(role),
                asked.relayTo(),
                asked.relayFrom());
        return WireStack.await(stack.connect(request));
    }

    @Override
    public void disconnect(SideKey key, Generation generation) {
        WireStack.await(stack.disconnect(names.wire(key), key.side(), generation));
    }

    @Override
    public SideStatus activate(SideKey key) {
        return WireStack.await(stack.activate(names.wire(key), key.side()));
    }

    @Override
    public SideStatus yieldSide(SideKey key) {
        return WireStack.await(stack.yieldSide(names.wire(key), key.side()));
    }

    @Override
    public Optional<SideStatus> side(SideKey key) {
        return WireStack.await(stack.side(names.wire(key), key.side()));
    }

    @Override
    public Identity self() {
        return stack.identity();
    }

    @Override
    public void offerAgain(SideKey key) {
        WireStack.await(stack.offerAgain(names.wire(key), key.side()));
    }

    @Override
    public Peers peers() {
        Map<Identity, String> addresses = new HashMap<>();
        Map<Identity, String> withdrawn = new HashMap<>();
        WireStack.await(stack.associations()).forEach(it -> {
            if (it.way() == Way.DIRECT) {
                it.address().ifPresent(address -> addresses.put(it.peer(), address));
            }
            it.withdrawn().ifPresent(reason -> withdrawn.put(it.peer(), reason));
        });
        return new Peers(addresses, withdrawn);
    }

    @Override
    public List<RelayStatus> relayed() {
        return WireStack.await(stack.relayed());
    }

    @Override
    public WireId name(SideKey key) {
        return names.wire(key);
    }

    @Override
    public SideKey key(WireId wire, Side side) {
        return new SideKey(names.tenantOf(wire), wire.bare(), side);
    }

    /** {@link WireStack#addObserver}. */
    void addObserver(WireObserver observer) {
        stack.addObserver(observer);
    }

    @Override
    public List<SideStatus> sides(String tenant) {
        return WireStack.await(stack.sides()).stream()
                .filter(it -> names.tenantOf(it.wire()).equals(tenant))
                .toList();
    }

    @Override
    public StackDrops drops() {
        return WireStack.await(stack.drops());
    }

    @Override
    public List<AssociationStatus> associations() {
        return WireStack.await(stack.associations()).stream()
                .map(AssociationReport::of)
                .toList();
    }

    @Override
    public PortCounters add(EndpointKey endpoint, Hold hold, int mtu, Activation activation) {
        String name = endpoint.toString();
        Port port = hold.port(new PortId(name), stack.loop(), mtu);
        WireStack.await(stack.addPort(name, port, activation));
        return port.counters();
    }

    @Override
    public void remove(EndpointKey endpoint) {
        WireStack.await(stack.removePort(endpoint.toString()));
    }

    /** {@link WireStack#bequeath}. */
    boolean bequeath(Predicate<Bequest> heir) {
        return stack.bequeath(heir);
    }

    /** {@link WireStack#goOn}. */
    void goOn() {
        stack.goOn();
    }

    @Override
    public void close() {
        stack.close();
    }
}
