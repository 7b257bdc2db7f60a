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
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.transport.Loop;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The connectors of all hosts, each with a thread of its own, so that one that hangs delays no other. Owner thread. */
final class ConnectorFleet implements FarEnds, AutoCloseable {
    private final TlsContexts tls;
    private final Loop loop;
    private final Runnable changed;
    private final Map<HostKey, ConnectorWorker> workers = new HashMap<>();
    private final Map<WireId, ConnectorWorker> holders = new HashMap<>();
    private final Map<WireId, ConnectorWorker> successors = new HashMap<>();

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
        successors.remove(wire.id(), worker);
        release(wire.id(), holders.put(wire.id(), worker), worker);
        worker.want(request, wire.arrived());
    }

    @Override
    public void wantNext(WireRecord wire, WirePlace place, ConnectRequest request) {
        ConnectorWorker worker = worker(place.host(), place.hostSpec());
        release(wire.id(), successors.put(wire.id(), worker), worker);
        worker.want(request, false);
    }

    @Override
    public void forgetNext(WireId wire) {
        release(wire, successors.remove(wire), holders.get(wire));
    }

    private static void release(WireId wire, @Nullable ConnectorWorker before, @Nullable ConnectorWorker now) {
        if (before != null && before != now) {
            before.forget(wire);
        }
    }

    @Override
    public void forget(WireId wire) {
        forgetNext(wire);
        release(wire, holders.remove(wire), null);
    }

    @Override
    public FarEndStatus status(WireId wire) {
        ConnectorWorker worker = holders.get(wire);
        return worker == null ? FarEndStatus.PENDING : worker.status(wire);
    }

    @Override
    public FarEndStatus nextStatus(WireId wire) {
        ConnectorWorker worker = successors.get(wire);
        return worker == null ? FarEndStatus.CONFIRMED : worker.status(wire);
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
