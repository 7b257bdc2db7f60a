package io.virtualwire.connector;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.AssociationStatus;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.ConnectorVersion;
import io.virtualwire.client.DrainStatus;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.HealthPart;
import io.virtualwire.client.SideFence;
import io.virtualwire.client.WireStatus;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.config.ReloadSource;
import io.virtualwire.connector.admission.Admission;
import io.virtualwire.connector.api.ConnectorService;
import io.virtualwire.connector.endpoint.EndpointHost;
import io.virtualwire.connector.endpoint.EndpointState;
import io.virtualwire.connector.journal.DurableLedger;
import io.virtualwire.connector.journal.EndpointKey;
import io.virtualwire.connector.journal.Ledger;
import io.virtualwire.connector.journal.LedgerSide;
import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.metrics.ProcessMetrics;
import io.virtualwire.metrics.WireHealth;
import io.virtualwire.wire.SideStatus;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the connector answers: admits, writes to the ledger, carries out, and shows each tenant what is its own. */
final class HostService implements ConnectorService {
    private final ConnectorIdentity self;
    private final Admission admission;
    private final DurableLedger ledger;
    private final EndpointHost endpoints;
    private final DataPlane dataPlane;
    private final InstantSource clock;
    private final ReloadSource reloading;
    private final ProcessMetrics process;
    private final GrantReview review;
    private final Drain drain;
    private final AuditTrail trail;

    HostService(
            ConnectorIdentity self,
            Admission admission,
            DurableLedger ledger,
            EndpointHost endpoints,
            DataPlane dataPlane,
            InstantSource clock,
            ReloadSource reloading,
            ProcessMetrics process,
            AuditTrail trail) {
        this.self = self;
        this.admission = admission;
        this.ledger = ledger;
        this.endpoints = endpoints;
        this.dataPlane = dataPlane;
        this.clock = clock;
        this.reloading = reloading;
        this.drain = new Drain(ledger, clock);
        this.process = process;
        this.trail = trail;
        this.review = new GrantReview(ledger, admission, endpoints, dataPlane);
    }

    @Override
    public void admit(Identity caller) {
        admission.admitRequest(caller);
    }

    @Override
    public ConnectorHealth health(Identity caller) {
        String tenant = admission.tenantOf(caller);
        List<EndpointStatus> own = endpoints(caller);
        List<String> problems = new ArrayList<>(own.stream()
                .flatMap(endpoint -> endpoint.problem().map(it -> endpoint.name() + ": " + it).stream())
                .toList());
        if (tenant.equals(admission.ownTenant())) {
            review.ungranted().forEach(it -> problems.add("ungranted: " + it));
            trail.problem().ifPresent(problems::add);
        }
        List<HealthPart> parts = parts(shown(tenant));
        return new ConnectorHealth(
                problems.isEmpty() && parts.stream().allMatch(HealthPart::ready) ? "ok" : "degraded",
                self.identity(),
                self.instance(),
                self.version(),
                dataPlane.port(),
                self.addresses(),
                self.streamPorts(),
                own.size(),
                ledger.read(it -> sidesOf(it, tenant)).size(),
                clock.millis(),
                ledger.read(it -> it.drainsSince().isPresent()),
                problems,
                // What is amiss with a wire may be at its other end: this one does all that is asked of it.
                parts.stream().allMatch(part -> part.ready() || part.name().equals(WireHealth.NAME)),
                parts);
    }

    @Override
    public String metrics(Identity caller) {
        String tenant = admission.tenantOf(caller);
        boolean operator = tenant.equals(admission.ownTenant());
        Set<String> shown = shown(tenant);
        HostMetrics metrics = new HostMetrics();
        metrics.about(self, parts(shown));
        for (String each : shown) {
            endpointsOf(each).forEach(endpoint -> metrics.endpoint(each, endpoint));
            dataPlane.sides(each).forEach(side -> metrics.wire(each, report(each, side)));
        }
        (operator ? dataPlane.associations() : associations(caller)).forEach(metrics::association);
        if (operator) {
            metrics.ofTheHost(self, dataPlane.drops(), ledger.figures());
            dataPlane.relayed().forEach(metrics::relayed);
        }
        return metrics.text(operator ? process.snapshots() : MetricSnapshots.of());
    }

    /** Whose things a tenant is shown: its own, or, if it is the operator, everybody's. */
    private Set<String> shown(String tenant) {
        return tenant.equals(admission.ownTenant()) ? ledger.read(HostService::tenantsOf) : Set.of(tenant);
    }

    private List<HealthPart> parts(Set<String> tenants) {
        String journal = ledger.figures().problem();
        return List.of(
                WireHealth.of(tenants.stream().flatMap(this::silent).toList()),
                new HealthPart("journal", journal.isEmpty(), journal));
    }

    private Stream<String> silent(String tenant) {
        String whose = tenant.equals(admission.ownTenant()) ? "" : " of " + tenant;
        return dataPlane.sides(tenant).stream()
                .filter(side -> !side.superseded())
                .map(StatusReport::of)
                .filter(side -> side.state().equals("active") && !side.isAgreed())
                .map(side -> side.wire() + "/" + side.side() + whose + " (no word from "
                        + side.peers().stream()
                                .map(peer -> peer.identity().toString())
                                .distinct()
                                .collect(Collectors.joining(", "))
                        + ")");
    }

    private static Set<String> tenantsOf(Ledger ledger) {
        Set<String> tenants = new TreeSet<>();
        ledger.endpoints().forEach((key, endpoint) -> tenants.add(key.tenant()));
        ledger.sides().forEach((key, side) -> tenants.add(side.tenant()));
        return tenants;
    }

    @Override
    public ConnectorVersion version() {
        return new ConnectorVersion(self.version(), List.of("v1"), 1, List.of());
    }

    @Override
    public List<EndpointStatus> endpoints(Identity caller) {
        return endpointsOf(admission.tenantOf(caller));
    }

    private List<EndpointStatus> endpointsOf(String tenant) {
        return ledger
                .read(it -> {
                    List<EndpointFacts> found = new ArrayList<>();
                    it.endpoints().forEach((key, endpoint) -> {
                        if (key.tenant().equals(tenant)) {
                            found.add(new EndpointFacts(key, endpoint, it.usersOf(key)));
                        }
                    });
                    return found;
                })
                .stream()
                .map(this::status)
                .toList();
    }

    @Override
    public EndpointStatus putEndpoint(Identity caller, EndpointDescription endpoint) {
        String tenant = admission.tenantOf(caller);
        EndpointKey key = new EndpointKey(tenant, endpoint.name());
        ledger.change(new EndpointAddition(key, endpoint, admission, endpoints));
        return status(new EndpointFacts(key, endpoint, ledger.read(it -> it.usersOf(key))));
    }

    @Override
    public void removeEndpoint(Identity caller, String name, boolean force) {
        EndpointKey key = new EndpointKey(admission.tenantOf(caller), name);
        ledger.change(new EndpointRemoval(key, force, endpoints, dataPlane));
    }

    @Override
    public List<WireStatus> wires(Identity caller) {
        String tenant = admission.tenantOf(caller);
        return dataPlane.sides(tenant).stream().map(it -> report(tenant, it)).toList();
    }

    @Override
    public List<WireStatus> wire(Identity caller, WireId wire) {
        String tenant = admission.tenantOf(caller);
        List<WireStatus> found = new ArrayList<>();
        for (Side side : Side.values()) {
            dataPlane
                    .side(new SideKey(tenant, wire, side))
                    .map(it -> report(tenant, it))
                    .ifPresent(found::add);
        }
        return found;
    }

    private WireStatus report(String tenant, SideStatus side) {
        return StatusReport.of(
                side, dataPlane.carriage(new SideKey(tenant, side.wire().bare(), side.side())));
    }

    @Override
    public SideFence fence(Identity caller, WireId wire, Side side) {
        SideKey key = new SideKey(admission.tenantOf(caller), wire.bare(), side);
        return ledger.read(it -> it.side(key))
                .map(known -> new SideFence(known.generation(), known.isConnected()))
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND,
                        "nothing is remembered of side " + key,
                        "connect it at any generation you like"));
    }

    @Override
    public WireStatus connect(Identity caller, ConnectRequest request) {
        String tenant = admission.tenantOf(caller);
        admission.admitDestinations(tenant, Paths.of(request));
        return report(tenant, ledger.change(new SideConnection(tenant, request, admission, dataPlane)));
    }

    @Override
    public void disconnect(Identity caller, WireId wire, Side side, Generation generation) {
        ledger.change(new SideDisconnection(
                new SideKey(admission.tenantOf(caller), wire.bare(), side), generation, dataPlane));
    }

    @Override
    public WireStatus activate(Identity caller, WireId wire, Side side, Generation generation) {
        String tenant = admission.tenantOf(caller);
        SideKey key = new SideKey(tenant, wire, side);
        LedgerSide known = ledger.read(it -> it.side(key))
                .filter(LedgerSide::isConnected)
                .orElseThrow(() -> new WireException(
                        ErrorCode.NOT_FOUND, "cannot activate side " + key + ": it is not here", "connect it first"));
        if (!known.generation().equals(generation)) {
            throw new WireException(
                    ErrorCode.STALE_GENERATION,
                    "cannot activate side " + key + " at generation " + generation + ": it is at " + known.generation(),
                    "use generation " + known.generation() + " if that one is meant");
        }
        return report(tenant, dataPlane.activate(key));
    }

    @Override
    public List<AssociationStatus> associations(Identity caller) {
        String tenant = admission.tenantOf(caller);
        Set<Identity> peers = ledger.read(it -> sidesOf(it, tenant).values().stream()
                .flatMap(side -> side.requests().stream())
                .map(request -> request.peer().identity())
                .collect(Collectors.toSet()));
        return dataPlane.associations().stream()
                .filter(it -> peers.contains(it.peer()))
                .map(it -> isShared(it, tenant) ? it.withoutTraffic() : it)
                .toList();
    }

    @Override
    public ReloadReport reload(Identity caller, boolean enforce) {
        admission.admitOperator(caller, "reload the connector's configuration");
        ReloadReport report = reloading.reload();
        if (enforce) {
            review.enforce();
        }
        return report.withUngranted(review.ungranted());
    }

    /** Whether what passes there may be other tenants'. */
    private boolean isShared(AssociationStatus association, String tenant) {
        return !tenant.equals(admission.ownTenant())
                && !association.peer().tenant().equals(tenant);
    }

    @Override
    public DrainStatus drainStatus(Identity caller) {
        admission.admitOperator(caller, "see what keeps the connector from being empty");
        return drain.status();
    }

    @Override
    public DrainStatus drain(Identity caller) {
        admission.admitOperator(caller, "drain the connector");
        return drain.begin();
    }

    @Override
    public DrainStatus cancelDrain(Identity caller) {
        admission.admitOperator(caller, "let the connector take new wires again");
        return drain.cancel();
    }

    private EndpointStatus status(EndpointFacts facts) {
        EndpointState state = endpoints.state(facts.key());
        return new EndpointStatus(
                facts.key().tenant() + "/" + self.identity().name() + "/"
                        + facts.key().name(),
                facts.endpoint(),
                state.up(),
                state.problem(),
                facts.users().stream().map(SideKey::toString).toList(),
                state.counters(),
                state.drops());
    }

    private static Map<SideKey, LedgerSide> sidesOf(Ledger ledger, String tenant) {
        Map<SideKey, LedgerSide> own = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        ledger.sides().forEach((key, side) -> {
            if (side.isConnected() && key.tenant().equals(tenant)) {
                own.put(key, side);
            }
        });
        return own;
    }

    private record EndpointFacts(EndpointKey key, EndpointDescription endpoint, List<SideKey> users) {}
}
