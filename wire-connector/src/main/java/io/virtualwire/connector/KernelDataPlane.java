package io.virtualwire.connector;

import io.virtualwire.association.RelayStatus;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.connector.kernel.Carriage;
import io.virtualwire.connector.kernel.KernelWires;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Role;
import io.virtualwire.stack.StackDrops;
import io.virtualwire.wire.SideStatus;
import java.util.List;
import java.util.Optional;

/** A data plane past which the kernel carries the frames of some wires. */
final class KernelDataPlane implements DataPlane {
    private final DataPlane process;
    private final KernelWires kernel;

    KernelDataPlane(DataPlane process, KernelWires kernel) {
        this.process = process;
        this.kernel = kernel;
    }

    @Override
    public void requireBackend(String tenant, ConnectRequest request) {
        kernel.require(tenant, request);
    }

    @Override
    public Optional<Carriage> carriage(SideKey key) {
        return kernel.carriage(key);
    }

    @Override
    public void carryOn(String tenant, ConnectRequest request) {
        kernel.prepare(tenant, request);
    }

    @Override
    public SideStatus connect(String tenant, ConnectRequest request, Role role) {
        kernel.prepare(tenant, request);
        SideStatus connected = process.connect(tenant, request, role);
        kernel.connected(new SideKey(tenant, request.wire(), request.side()));
        return connected;
    }

    @Override
    public void disconnect(SideKey side, Generation generation) {
        process.disconnect(side, generation);
        kernel.disconnected(side);
    }

    @Override
    public int port() {
        return process.port();
    }

    @Override
    public SideStatus activate(SideKey side) {
        return process.activate(side);
    }

    @Override
    public SideStatus yieldSide(SideKey side) {
        return process.yieldSide(side);
    }

    @Override
    public Optional<SideStatus> side(SideKey side) {
        return process.side(side);
    }

    @Override
    public List<SideStatus> sides(String tenant) {
        return process.sides(tenant);
    }

    @Override
    public List<RelayStatus> relayed() {
        return process.relayed();
    }

    @Override
    public List<AssociationStatus> associations() {
        return process.associations();
    }

    @Override
    public StackDrops drops() {
        return process.drops();
    }

    @Override
    public void close() {
        process.close();
    }
}
