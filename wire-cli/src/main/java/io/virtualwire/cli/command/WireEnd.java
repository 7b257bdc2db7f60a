package io.virtualwire.cli.command;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.ConnectorHealth;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.Backend;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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

    void removeEndpoint() {
        connector.removeEndpoint(ref.endpoint(), false);
    }

    boolean has(WireId wire, Side side) {
        return connector.wire(wire).stream().anyMatch(now -> now.side() == side);
    }

    void disconnect(WireId wire, Side side, Generation generation) {
        connector.disconnect(wire, side, generation);
    }

    /** The generation at which to connect: the present one, or the next if it has other content or was disconnected. */
    Generation generationFor(WireId wire, Side side, ConnectOptions options) {
        for (WireStatus now : connector.wire(wire)) {
            if (now.side() == side) {
                boolean same = now.endpoint().equals(ref.endpoint())
                        && now.plain() == options.plain()
                        && now.backend()
                                .map(WireStatus.Backing::asked)
                                .equals(options.backend().map(Backend::toString))
                        && !now.state().equals("yielded");
                return same ? now.generation() : now.generation().next("");
            }
        }
        // What was disconnected comes back under a higher generation only.
        return connector
                .fence(wire, side)
                .map(known -> known.generation().next(""))
                .orElseGet(() -> new Generation(1, ""));
    }

    void connect(
            WireId wire,
            Side side,
            Generation generation,
            ConnectOptions options,
            WireEnd far,
            Generation farGeneration,
            List<String> through) {
        List<String> paths =
                Stream.concat(far.paths().stream(), through.stream()).toList();
        connector.connect(new ConnectRequest(
                wire,
                side,
                generation,
                ref.endpoint(),
                new PeerDescription(far.health.identity(), farGeneration, paths, false),
                options,
                Optional.empty(),
                Optional.empty()));
    }

    /** Where the daemon's datagrams are likely to arrive: where we reached it ourselves first, then what it says. */
    private List<String> paths() {
        return paths(connector, health);
    }

    /** Where this daemon leads to another. */
    static List<String> relayPaths(ConnectorClient relay) {
        ConnectorHealth health = relay.health();
        return paths(relay, health).stream()
                .map(path -> health.identity() + "@" + path)
                .toList();
    }

    private static List<String> paths(ConnectorClient connector, ConnectorHealth health) {
        Set<String> hosts = new LinkedHashSet<>();
        // As a number: the far host may know other names than this one.
        InetAddress reached = address(connector);
        if (!reached.isLoopbackAddress()) {
            hosts.add(reached.getHostAddress().replaceAll("%.*", ""));
        }
        hosts.addAll(health.addresses());
        return Stream.concat(Stream.of(health.dataPort()), health.streamPorts().stream())
                .flatMap(port -> hosts.stream().map(host -> at(host, port)))
                .toList();
    }

    /** Whether the connector was reached as one on this machine, under a name that means nothing elsewhere. */
    boolean isLocal() {
        return address(connector).isLoopbackAddress();
    }

    private static InetAddress address(ConnectorClient connector) {
        String host = connector.address().host();
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE, "there is no host " + host, "tell its address: wire host add " + host, e);
        }
    }

    private static String at(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public void close() {
        connector.close();
    }
}
