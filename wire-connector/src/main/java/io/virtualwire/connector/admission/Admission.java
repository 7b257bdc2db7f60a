package io.virtualwire.connector.admission;

import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The gate in front of every request: who the caller is was proved by TLS, what it may do is looked up here.
 *
 * <p>The tenant that the connector's own credentials belong to has everything; others have what a {@link Grant} says;
 * the rest has nothing.
 */
public final class Admission {
    private static final String OWN_NAMESPACE = "-";

    private final Map<String, Grant> grants;

    /** A later grant for the same tenant replaces an earlier one; one for {@code ownTenant} limits it too. */
    public Admission(String ownTenant, List<Grant> grants) {
        this.grants = grants.stream().collect(Collectors.toMap(Grant::tenant, Function.identity(), (a, b) -> b));
        this.grants.putIfAbsent(ownTenant, Grant.everything(ownTenant));
    }

    /** The caller's tenant; throws if nothing was granted to it. */
    public String tenantOf(Identity caller) {
        grantOf(caller.tenant());
        return caller.tenant();
    }

    /** Throws if this tenant may not have that endpoint besides the {@code present} ones. */
    public void admitEndpoint(String tenant, EndpointDescription endpoint, int present) {
        Grant grant = grantOf(tenant);
        if (grant.devices().stream().noneMatch(it -> it.matches(endpoint.device()))) {
            throw forbidden(tenant, "network device " + endpoint.device(), "devices");
        }
        String namespace = endpoint.namespace().orElse(OWN_NAMESPACE);
        if (grant.namespaces().stream().noneMatch(it -> it.matches(namespace))) {
            throw forbidden(tenant, "network namespace " + namespace, "namespaces");
        }
        if (present >= grant.maxEndpoints().orElse(Integer.MAX_VALUE)) {
            throw used(tenant, present + " endpoints", "max-endpoints");
        }
    }

    /** Throws if this tenant may not have another side besides the {@code present} ones. */
    public void admitSide(String tenant, int present) {
        if (present >= grantOf(tenant).maxWires().orElse(Integer.MAX_VALUE)) {
            throw used(tenant, present + " sides of wires", "max-wires");
        }
    }

    /**
     * Throws if this tenant may not aim a wire there. Looks names up, so it may block.
     *
     * @param paths each {@code host:port}
     */
    public void admitDestinations(String tenant, List<String> paths) {
        Grant grant = grantOf(tenant);
        for (String path : paths) {
            HostAddress address = HostAddress.parse(path, 1);
            for (InetAddress candidate : lookUp(address.host())) {
                if (grant.destinations().stream().noneMatch(it -> it.contains(candidate))) {
                    throw forbidden(tenant, "underlay address " + candidate.getHostAddress(), "destinations");
                }
            }
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

    private static List<InetAddress> lookUp(String host) {
        try {
            return Arrays.asList(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "cannot aim a wire at " + host + ": this host does not know that name",
                    "give an address instead of the name",
                    e);
        }
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
