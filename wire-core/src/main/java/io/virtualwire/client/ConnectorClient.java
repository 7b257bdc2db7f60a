package io.virtualwire.client;

import com.fasterxml.jackson.core.type.TypeReference;
import io.virtualwire.config.ReloadReport;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.RevocationList;
import io.virtualwire.identity.TlsContexts;
import java.util.List;
import java.util.Optional;

/**
 * One connector, asked over REST by somebody with credentials; every call may be repeated.
 *
 * <p>Safe for use by several threads. Calls block; refusals and failures are {@code WireException}s with the connector's
 * own code, message and hint.
 */
public final class ConnectorClient implements AutoCloseable {
    private static final TypeReference<List<EndpointStatus>> ENDPOINTS = new TypeReference<>() {};
    private static final TypeReference<List<AssociationStatus>> ASSOCIATIONS = new TypeReference<>() {};

    private static final TypeReference<DrainStatus> DRAIN = new TypeReference<>() {};

    private final RestCalls calls;

    /**
     * @param expected who must answer; empty: anybody whom a trusted authority vouches for, see {@link #server}
     */
    public ConnectorClient(TlsContexts tls, HostAddress address, Optional<Identity> expected) {
        calls = new RestCalls("connector", tls, address, expected);
    }

    /** Who answered, by its certificate; empty before the first call. */
    public Optional<Identity> server() {
        return calls.server();
    }

    /** Where the connector is asked. */
    public HostAddress address() {
        return calls.address();
    }

    public ConnectorHealth health() {
        return calls.get("/v1/health", new TypeReference<ConnectorHealth>() {});
    }

    public ConnectorVersion version() {
        return calls.get("/v1/version", new TypeReference<ConnectorVersion>() {});
    }

    public List<EndpointStatus> endpoints() {
        return calls.get("/v1/endpoints", ENDPOINTS);
    }

    /** Makes an endpoint; success if it is there already as described. */
    public EndpointStatus putEndpoint(EndpointDescription endpoint) {
        return calls.put("/v1/endpoints/" + endpoint.name(), endpoint, new TypeReference<EndpointStatus>() {});
    }

    /**
     * Removes an endpoint; success if there is none.
     *
     * @param force whether sides that use it are disconnected first, instead of refusing
     */
    public void removeEndpoint(String name, boolean force) {
        calls.delete("/v1/endpoints/" + name + (force ? "?force=true" : ""));
    }

    /** Every side that the caller's tenant has there. */
    public List<WireStatus> wires() {
        return calls.list("/v1/wires", WireStatus::of);
    }

    /** The sides of one wire there: one, or both; none if there are none. */
    public List<WireStatus> wire(WireId wire) {
        return calls.list("/v1/wires/" + wire, WireStatus::of);
    }

    /** Connects a side as docs/wire-protocol.md section 4.1 says; answered when it is on the connector's disk. */
    public WireStatus connect(ConnectRequest request) {
        return calls.put(side(request.wire(), request.side()), request, new TypeReference<WireStatus>() {});
    }

    /** Disconnects a side; success if it is not there. Only a higher generation brings it back. */
    public void disconnect(WireId wire, Side side, Generation generation) {
        calls.delete(side(wire, side) + "?generation=" + RestCalls.encode(generation.toString()));
    }

    /** What a connect of this side has to exceed; empty if the connector knows nothing of it. */
    public Optional<SideFence> fence(WireId wire, Side side) {
        try {
            return Optional.of(calls.get(side(wire, side), new TypeReference<SideFence>() {}));
        } catch (WireException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Makes a standby side active. */
    public WireStatus activate(WireId wire, Side side, Generation generation) {
        return calls.post(
                side(wire, side) + "/activate?generation=" + RestCalls.encode(generation.toString()),
                new TypeReference<WireStatus>() {});
    }

    public List<AssociationStatus> associations() {
        return calls.get("/v1/associations", ASSOCIATIONS);
    }

    /**
     * Lets the connector read its configuration file again; for who runs it.
     *
     * @param enforce whether what no grant covers any more is disconnected and removed, instead of only named
     */
    public ReloadReport reload(boolean enforce) {
        return calls.post("/v1/reload" + (enforce ? "?enforce=true" : ""), new TypeReference<ReloadReport>() {});
    }

    /** Brings a revocation list there. */
    public RevocationsTaken offer(RevocationList list) {
        return calls.put(
                "/v1/revocations", "application/x-pem-file", list.pem(), new TypeReference<RevocationsTaken>() {});
    }

    /** Whether it drains, and what is still there. */
    public DrainStatus drainStatus() {
        return calls.get("/v1/drain", DRAIN);
    }

    /** Lets it take nothing new from now on. */
    public DrainStatus drain() {
        return calls.post("/v1/drain", DRAIN);
    }

    /** Lets it take new endpoints and wires again. */
    public DrainStatus cancelDrain() {
        return calls.deleteFor("/v1/drain", DRAIN);
    }

    @Override
    public void close() {
        calls.close();
    }

    private static String side(WireId wire, Side side) {
        return "/v1/wires/" + wire + "/sides/" + side;
    }
}
