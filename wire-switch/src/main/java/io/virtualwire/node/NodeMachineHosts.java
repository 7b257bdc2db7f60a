package io.virtualwire.node;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.HostAddress;
import io.virtualwire.client.WireStatus;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.machine.HostConnector;
import io.virtualwire.machine.MachineHosts;
import io.virtualwire.topology.HostSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The hosts of virtual machines, as this node reaches them. */
final class NodeMachineHosts implements MachineHosts, AutoCloseable {
    private final TlsContexts tls;
    private final OwnAddress self;
    private final HypervisorPool hypervisors;
    private final Map<Door, ConnectorClient> clients = new ConcurrentHashMap<>();

    private record Door(String api, Identity identity) {}

    NodeMachineHosts(TlsContexts tls, OwnAddress self, HypervisorPool hypervisors) {
        this.tls = tls;
        this.self = self;
        this.hypervisors = hypervisors;
    }

    @Override
    public HostConnector connector(String host, HostSpec spec) {
        Door door = new Door(near(spec).api(), spec.identityOf(tls.identity().tenant(), host));
        return new Asked(clients.computeIfAbsent(
                door,
                made -> new ConnectorClient(
                        tls,
                        HostAddress.parse(made.api(), HostAddress.DEFAULT_API_PORT),
                        Optional.of(made.identity()))));
    }

    @Override
    public HostSpec near(HostSpec spec) {
        return self.near(spec);
    }

    @Override
    public Hypervisor hypervisor(String host, HostSpec spec) {
        if (spec.libvirt() == null) {
            throw new WireException(
                    ErrorCode.WRONG_STATE,
                    "nobody said how the hypervisor of host " + host + " is reached",
                    "say it: wire host add " + host + " ADDRESS --libvirt URI");
        }
        return hypervisors.at(spec.libvirt(), String.valueOf(near(spec).libvirt()));
    }

    @Override
    public void close() {
        clients.values().forEach(ConnectorClient::close);
        hypervisors.close();
    }

    private record Asked(ConnectorClient client) implements HostConnector {
        @Override
        public boolean isDraining() {
            return client.health().draining();
        }

        @Override
        public List<EndpointStatus> endpoints() {
            return client.endpoints();
        }

        @Override
        public EndpointStatus putEndpoint(EndpointDescription endpoint) {
            return client.putEndpoint(endpoint);
        }

        @Override
        public void removeEndpoint(String name) {
            client.removeEndpoint(name, false);
        }

        @Override
        public List<WireStatus> wire(WireId wire) {
            return client.wire(wire);
        }

        @Override
        public WireStatus activate(WireId wire, Side side, Generation generation) {
            return client.activate(wire, side, generation);
        }
    }
}
