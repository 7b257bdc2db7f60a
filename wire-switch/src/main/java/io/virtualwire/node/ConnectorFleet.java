package io.virtualwire.node;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.migration.FarEndStatus;
import io.virtualwire.migration.FarEnds;
import io.virtualwire.topology.HostSpec;
import io.virtualwire.topology.Topology;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.transport.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The connectors of all hosts, each with a thread of its own, so that one that hangs delays no other. Owner thread. */
final class ConnectorFleet implements FarEnds, AutoCloseable {
    private final TlsContexts tls;
    private final Loop loop;
    private final Runnable changed;
    private final Map<HostKey, ConnectorWorker> workers = new HashMap<>();
    private final Map<WireId, ConnectorWorker> holders = new HashMap<>();

    private record HostKey(String api, Identity identity) {}

    /** @param changed run on the owner thread when a far end's status has changed */
    ConnectorFleet(TlsContexts tls, Loop loop, Runnable changed) {
        this.tls = tls;
        this.loop = loop;
        this.changed = changed;
    }

    /** Keeps a connection to each of these hosts, so that the first request in an emergency is not slow. */
    void keepWarm(Topology topology) {
        topology.hosts().forEach((name, spec) -> worker(name, spec));
    }

    @Override
    public void want(WireRecord wire, ConnectRequest request) {
        ConnectorWorker worker = worker(wire.host(), wire.hostSpec());
        ConnectorWorker before = holders.put(wire.id(), worker);
        if (before != null && before != worker) {
            before.forget(wire.id());
        }
        worker.want(request);
    }

    @Override
    public void forget(WireId wire) {
        ConnectorWorker worker = holders.remove(wire);
        if (worker != null) {
            worker.forget(wire);
        }
    }

    @Override
    public FarEndStatus status(WireId wire) {
        ConnectorWorker worker = holders.get(wire);
        return worker == null ? FarEndStatus.PENDING : worker.status(wire);
    }

    @Override
    public void remove(WireRecord wire, Runnable done) {
        worker(wire.host(), wire.hostSpec()).remove(wire, done);
    }

    @Override
    public void close() {
        workers.values().forEach(ConnectorWorker::close);
    }

    private ConnectorWorker worker(String host, HostSpec spec) {
        HostKey key = new HostKey(spec.api(), spec.identityOf(tls.identity().tenant(), host));
        return workers.computeIfAbsent(
                key,
                made -> new ConnectorWorker(
                        host,
                        new ConnectorClient(
                                tls,
                                HostAddress.parse(made.api(), HostAddress.DEFAULT_API_PORT),
                                Optional.of(made.identity())),
                        loop,
                        changed));
    }
}
