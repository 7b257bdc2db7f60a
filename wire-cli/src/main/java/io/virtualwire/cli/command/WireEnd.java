package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One end of a wire that is being connected: the endpoint, its connector, and what that said of itself. */
final class WireEnd implements AutoCloseable {
    private final EndpointRef ref;
    private final ConnectorClient connector;
    private final ConnectorHealth health;

    WireEnd(EndpointRef ref, ConnectorClient connector) {
        this.ref = ref;
        this.connector = connector;
        this.health = connector.health();
    }

    EndpointRef ref() {
        return ref;
    }

    ConnectorClient connector() {
        return connector;
    }

    ConnectorHealth health() {
        return health;
    }

    /** The end's name whoever types it however: the daemon's identity and the endpoint. */
    String canonicalName() {
        return health.identity() + "/" + ref.endpoint();
    }

    /** Makes the endpoint as a TAP of its own name if it is not there; true if it was made. */
    boolean ensureEndpoint(boolean create) {
        if (connector.endpoints().stream().anyMatch(one -> one.name().equals(ref.endpoint()))) {
            return false;
        }
        if (!create) {
            throw new WireException(
                    ErrorCode.NOT_FOUND,
                    "host " + ref.host() + " has no endpoint '" + ref.endpoint() + "'",
                    "make it with 'wire endpoint add " + ref.endpoint() + " --host " + ref.host()
                            + "', or leave out --no-create");
        }
        connector.putEndpoint(EndpointDescription.named(ref.endpoint()));
        return true;
    }

    void connect(WireId wire, Side side, Generation generation, boolean plain, WireEnd far) {
        connector.connect(new ConnectRequest(
                wire,
                side,
                generation,
                ref.endpoint(),
                new PeerDescription(far.health.identity(), generation, far.paths(), false),
                new ConnectOptions(Role.ACTIVE, plain),
                Optional.empty(),
                Optional.empty()));
    }

    /** Where the daemon's datagrams are likely to arrive: where we reached it ourselves first, then what it says. */
    private List<String> paths() {
        Set<String> paths = new LinkedHashSet<>();
        String reached = connector.address().host();
        if (!reached.equals("localhost") && !reached.startsWith("127.") && !reached.equals("::1")) {
            paths.add(at(reached));
        }
        health.addresses().forEach(address -> paths.add(at(address)));
        return List.copyOf(paths);
    }

    private String at(String host) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + health.dataPort();
    }

    @Override
    public void close() {
        connector.close();
    }
}
