package io.virtualwire.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.virtualwire.client.HostAddress;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A node as the others' configuration names it, written {@code NAME=[IDENTITY@]HOST[:PORT]}.
 *
 * @param identityName its name within the tenant; if absent, made from its node name as this node's is
 * @param tunnel where its cluster tunnel listens
 */
public record PeerNode(String name, Optional<String> identityName, HostAddress tunnel) {
    /** Where cluster tunnels listen unless told otherwise. */
    public static final int DEFAULT_TUNNEL_PORT = 7483;

    @JsonCreator
    public static PeerNode parse(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "'" + text + "' does not name a node",
                    "write NAME=HOST:PORT, as east=192.0.2.1:7483");
        }
        String rest = text.substring(equals + 1);
        int at = rest.indexOf('@');
        return new PeerNode(
                text.substring(0, equals),
                at < 0 ? Optional.empty() : Optional.of(rest.substring(0, at)),
                HostAddress.parse(rest.substring(at + 1), DEFAULT_TUNNEL_PORT));
    }

    /** Reads a list with commas between its members. */
    public static List<PeerNode> parseAll(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .map(PeerNode::parse)
                .toList();
    }

    /**
     * Who it proves to be.
     *
     * @param self this node's identity
     * @param selfName this node's name: what its identity has before that, the peer's has too
     */
    Identity identity(Identity self, String selfName) {
        return new Identity(self.tenant(), identityName.orElseGet(() -> {
            String own = self.name();
            return own.endsWith(selfName) ? own.substring(0, own.length() - selfName.length()) + name : name;
        }));
    }

    /** The same, if it can be found. */
    PeerNode found() {
        InetSocketAddress unused = tunnelAddress();
        return this;
    }

    InetSocketAddress tunnelAddress() {
        try {
            return new InetSocketAddress(InetAddress.getByName(tunnel.host()), tunnel.port());
        } catch (UnknownHostException e) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot find node " + name + ": no host " + tunnel.host(),
                    "Write its address",
                    e);
        }
    }
}
