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
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connectors of all hosts, each with a thread of its own, so that one that hangs delays no other. Owner thread. */
final class ConnectorFleet implements FarEnds, AutoCloseable {
    private final TlsContexts tls;
    private final OwnAddress self;
    private final Loop loop;
    private final Runnable changed;
    private final Map<HostKey, ConnectorWorker> workers = new HashMap<>();
    private final Map<WireId, ConnectorWorker> holders = new HashMap<>();
    private final Map<WireId, Set<ConnectorWorker>> ahead = new HashMap<>();

    private record HostKey(String api, Identity identity) {}

    /** @param changed run on the owner thread when a far end's status has changed */
    ConnectorFleet(TlsContexts tls, OwnAddress self, Loop loop, Runnable changed) {
        this.tls = tls;
        this.self = self;
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
        standingBy(wire.id()).remove(worker);
        release(wire.id(), holders.put(wire.id(), worker), worker);
        worker.want(request, wire.arrived());
    }

    @Override
    public void wantAhead(WireRecord wire, Map<WirePlace, ConnectRequest> standbys) {
        Set<ConnectorWorker> before = standingBy(wire.id());
        Set<ConnectorWorker> now = new HashSet<>();
        standbys.forEach((place, request) -> {
            ConnectorWorker worker = worker(place.host(), place.hostSpec());
            now.add(worker);
            worker.want(request, false);
        });
        before.removeAll(now);
        before.forEach(worker -> release(wire.id(), worker, holders.get(wire.id())));
        if (now.isEmpty()) {
            ahead.remove(wire.id());
        } else {
            ahead.put(wire.id(), now);
        }
    }

    private Set<ConnectorWorker> standingBy(WireId wire) {
        return ahead.getOrDefault(wire, new HashSet<>());
    }

    private static void release(WireId wire, @Nullable ConnectorWorker before, @Nullable ConnectorWorker now) {
        if (before != null && before != now) {
            before.forget(wire);
        }
    }

    @Override
    public void forget(WireId wire) {
        standingBy(wire).forEach(worker -> release(wire, worker, null));
        ahead.remove(wire);
        release(wire, holders.remove(wire), null);
    }

    @Override
    public FarEndStatus status(WireId wire) {
        ConnectorWorker worker = holders.get(wire);
        return worker == null ? FarEndStatus.PENDING : worker.status(wire);
    }

    @Override
    public FarEndStatus aheadStatus(WireId wire) {
        return FarEndStatus.ofAll(standingBy(wire).stream().map(worker -> worker.status(wire)));
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
        HostKey key = new HostKey(
                self.near(spec).api(), spec.identityOf(tls.identity().tenant(), host));
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
