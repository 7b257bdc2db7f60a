package io.virtualwire.connector.admission;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.control.WireException;
import io.virtualwire.time.Ticker;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The gate in front of every request: who the caller is was proved by TLS, what it may do is looked up here.
 *
 * <p>The tenant that the connector's own credentials belong to has everything; others have what a {@link Grant} says;
 * the rest has nothing.
 */
public final class Admission implements TenantQuotas {
    private static final String OWN_NAMESPACE = "-";

    private final String ownTenant;
    private final Ticker ticker;
    private final Map<String, RequestBudget> requests = new ConcurrentHashMap<>();
    private volatile Map<String, Grant> grants;
    private final boolean kernelWires;
    private final boolean relay;

    /** A later grant for the same tenant replaces an earlier one; one for {@code ownTenant} limits it too. */
    public Admission(String ownTenant, List<Grant> grants) {
        this(ownTenant, grants, false, false, Ticker.system());
    }

    /** @param kernelWires whether the own tenant may have wires that the kernel carries, and others may be granted them */
    public Admission(String ownTenant, List<Grant> grants, boolean kernelWires) {
        this(ownTenant, grants, kernelWires, false, Ticker.system());
    }

    /** @param relay whether the own tenant's daemons are led to one another, and others may be granted that */
    public Admission(String ownTenant, List<Grant> grants, boolean kernelWires, boolean relay) {
        this(ownTenant, grants, kernelWires, relay, Ticker.system());
    }

    Admission(String ownTenant, List<Grant> grants, Ticker ticker) {
        this(ownTenant, grants, false, false, ticker);
    }

    private Admission(String ownTenant, List<Grant> grants, boolean kernelWires, boolean relay, Ticker ticker) {
        this.relay = relay;
        this.kernelWires = kernelWires;
        this.ownTenant = ownTenant;
        this.ticker = ticker;
        this.grants = byTenant(grants);
    }

    private Map<String, Grant> byTenant(List<Grant> list) {
        Map<String, Grant> all =
                list.stream().collect(Collectors.toMap(Grant::tenant, Function.identity(), (a, b) -> b));
        all.putIfAbsent(ownTenant, Grant.everything(ownTenant));
        return all;
    }

    /** From the next request on these hold, and no others. */
    public void replace(List<Grant> list) {
        grants = byTenant(list);
    }

    /** What lets other grants hold; empty if they do already. */
    public Optional<Runnable> change(List<Grant> list) {
        return byTenant(list).equals(grants) ? Optional.empty() : Optional.of(() -> replace(list));
    }

    /** The tenant that runs this host. */
    public String ownTenant() {
        return ownTenant;
    }

    /** Throws unless the caller is of the tenant that runs this host. */
    public void admitOperator(Identity caller, String what) {
        if (!caller.tenant().equals(ownTenant)) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    caller + " may not " + what + " here",
                    "ask the operator of this host to do it");
        }
    }

    /** Throws if the caller's tenant has no grant, or has asked too often. */
    public void admitRequest(Identity caller) {
        int perSecond = grantOf(caller.tenant()).quotas().requestsPerSecond();
        if (perSecond == Integer.MAX_VALUE) {
            return;
        }
        long now = ticker.nanoTime();
        if (!requests.computeIfAbsent(caller.tenant(), it -> new RequestBudget(perSecond, now))
                .take(perSecond, now)) {
            throw new WireException(
                    ErrorCode.QUOTA_EXCEEDED,
                    "tenant " + caller.tenant() + " has made the " + perSecond
                            + " requests a second here that were granted",
                    "wait a second, or ask the operator to raise 'requests-per-second'");
        }
    }

    /** Without a grant there are none. */
    @Override
    public int peers(String tenant) {
        Grant grant = grants.get(tenant);
        return grant == null ? 0 : grant.quotas().peers();
    }

    /** What stays though its grant is gone keeps what is usual. */
    @Override
    public long bufferBytes(String tenant) {
        Grant grant = grants.get(tenant.isEmpty() ? ownTenant : tenant);
        return (grant == null ? Quotas.DEFAULT : grant.quotas()).bufferBytes();
    }

    /** For whom the operator has not said so it does not relay. */
    @Override
    public int relays(String tenant) {
        Grant grant = grants.get(tenant);
        return relay && grant != null && (tenant.equals(ownTenant) || grant.relay())
                ? grant.quotas().relayed()
                : 0;
    }

    @Override
    public long relayBytesPerSecond(String tenant) {
        Grant grant = grants.get(tenant);
        return (grant == null ? Quotas.DEFAULT : grant.quotas()).relayBytesPerSecond();
    }

    @Override
    public boolean mayGoTo(String tenant, InetAddress address) {
        Grant grant = grants.get(tenant);
        return grant != null && mayGoTo(grant, address);
    }

    /** Whether the kernel may carry this tenant's wires here. */
    public boolean grantsKernelWires(String tenant) {
        Grant grant = grants.get(tenant);
        return kernelWires && (tenant.equals(ownTenant) || grant != null && grant.kernelWires());
    }

    /** Whether a grant still covers an endpoint that is there. */
    public boolean covers(String tenant, EndpointDescription endpoint) {
        Grant grant = grants.get(tenant);
        return grant != null && mayHaveDevice(grant, endpoint) && mayBeIn(grant, endpoint);
    }

    /** Whether a grant still covers wires that go there; names are believed. */
    public boolean coversDestinations(String tenant, List<String> paths) {
        Grant grant = grants.get(tenant);
        return grant != null
                && paths.stream()
                        .allMatch(path -> literal(HostAddress.ofPath(path).host())
                                .map(address -> mayGoTo(grant, address))
                                .orElse(true));
    }

    /** The caller's tenant; throws if nothing was granted to it. */
    public String tenantOf(Identity caller) {
        grantOf(caller.tenant());
        return caller.tenant();
    }

    /** Throws if this tenant may not have that endpoint besides the {@code present} ones. */
    public void admitEndpoint(String tenant, EndpointDescription endpoint, int present) {
        Grant grant = grantOf(tenant);
        if (!mayHaveDevice(grant, endpoint)) {
            throw forbidden(tenant, "network device " + endpoint.device(), "devices");
        }
        if (!mayBeIn(grant, endpoint)) {
            throw forbidden(tenant, "network namespace " + namespaceOf(endpoint), "namespaces");
        }
        if (present >= grant.quotas().endpoints()) {
            throw used(tenant, present + " endpoints", "max-endpoints");
        }
    }

    /** Throws if this tenant may not have another side besides the {@code present} ones. */
    public void admitSide(String tenant, int present) {
        if (present >= grantOf(tenant).quotas().wires()) {
            throw used(tenant, present + " sides of wires", "max-wires");
        }
    }

    /**
     * Throws if this tenant may not aim a wire there.
     *
     * @param paths each {@code host:port}; the host an address, not a name, for who may not aim everywhere: what a name
     *     stands for can change after it was looked at
     */
    public void admitDestinations(String tenant, List<String> paths) {
        Grant grant = grantOf(tenant);
        if (grant.isAnywhere()) {
            return;
        }
        for (String path : paths) {
            String host = HostAddress.ofPath(path).host();
            InetAddress address = literal(host)
                    .orElseThrow(() -> new WireException(
                            ErrorCode.FORBIDDEN,
                            "tenant " + tenant + " may not aim a wire at the name " + host + " here",
                            "give the address instead of the name: your grant is for certain addresses"));
            if (!mayGoTo(grant, address)) {
                throw forbidden(tenant, "underlay address " + address.getHostAddress(), "destinations");
            }
        }
    }

    private static boolean mayHaveDevice(Grant grant, EndpointDescription endpoint) {
        return grant.devices().stream().anyMatch(it -> it.matches(endpoint.device()));
    }

    private static boolean mayBeIn(Grant grant, EndpointDescription endpoint) {
        return grant.namespaces().stream().anyMatch(it -> it.matches(namespaceOf(endpoint)));
    }

    private static boolean mayGoTo(Grant grant, InetAddress address) {
        return grant.destinations().stream().anyMatch(it -> it.contains(address));
    }

    private static String namespaceOf(EndpointDescription endpoint) {
        return endpoint.namespace().orElse(OWN_NAMESPACE);
    }

    private static Optional<InetAddress> literal(String host) {
        try {
            return Optional.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException name) {
            return Optional.empty();
        }
    }

    private Grant grantOf(String tenant) {
        Grant grant = grants.get(tenant);
        if (grant == null) {
            throw new WireException(
                    ErrorCode.FORBIDDEN,
                    "tenant " + tenant + " has nothing to do here",
                    "ask the operator of this host for a grant to tenant " + tenant);
        }
        return grant;
    }

    private static WireException forbidden(String tenant, String what, String list) {
        return new WireException(
                ErrorCode.FORBIDDEN,
                "tenant " + tenant + " may not use " + what + " here",
                "ask the operator of this host to add it to '" + list + "' of the grant");
    }

    private static WireException used(String tenant, String what, String limit) {
        return new WireException(
                ErrorCode.QUOTA_EXCEEDED,
                "tenant " + tenant + " has " + what + " here, which is all that was granted",
                "remove one, or ask the operator to raise '" + limit + "'");
    }
}
