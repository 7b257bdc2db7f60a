package io.virtualwire.node;

import io.virtualwire.client.HostAddress;
import io.virtualwire.client.NodeClient;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.topology.MemberRecord;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a node needs to know.
 *
 * @param name how topologies and migrations call it
 * @param own who it is, and whom it believes
 * @param listen its address on the underlay
 * @param wirePort where wires end, TCP and UDP
 * @param apiPort where its REST interface listens
 * @param peers all nodes that found the fabric, this one included, in the same order on each; or some to ask, if it joins
 * @param state the folder of its copy of the log
 * @param audit where changes are noted that were asked of this node
 * @param witness whether it only votes and runs no components
 * @param hypervisors reaches the hypervisor of a URI, or throws
 * @param cloud the cloud that it is in; empty if nobody says
 * @param network the network in which it listens, by the name that hosts in it have for it too; empty if nobody says
 * @param join whether the peers are nodes of a fabric that runs, which are asked to take this one in, and not its founders
 */
public record NodeSettings(
        String name,
        OwnIdentity own,
        String listen,
        int wirePort,
        int apiPort,
        List<PeerNode> peers,
        Path state,
        Path audit,
        boolean witness,
        Function<String, Hypervisor> hypervisors,
        String cloud,
        String network,
        boolean join) {
    /** Where wires end unless told otherwise. */
    public static final int DEFAULT_WIRE_PORT = StackConfig.NODE_PORT;
    /** Where the REST interface listens unless told otherwise. */
    public static final int DEFAULT_API_PORT = NodeClient.DEFAULT_PORT;

    /** In the state folder, unless told otherwise. */
    public static final String AUDIT = "audit.jsonl";

    public NodeSettings {
        peers = List.copyOf(peers);
    }

    /** In no cloud that anybody speaks of. */
    public NodeSettings(
            String name,
            OwnIdentity own,
            String listen,
            int wirePort,
            int apiPort,
            List<PeerNode> peers,
            Path state,
            Path audit,
            boolean witness,
            Function<String, Hypervisor> hypervisors) {
        this(name, own, listen, wirePort, apiPort, peers, state, audit, witness, hypervisors, "", "", false);
    }

    /** The same in a cloud. */
    public NodeSettings in(String name) {
        return with(name, network, join);
    }

    /** The same in a network whose hosts it reaches at their addresses there. */
    public NodeSettings within(String name) {
        return with(cloud, name, join);
    }

    /** The same, asking to be taken in by a fabric that runs. */
    public NodeSettings joining(boolean joins) {
        return with(cloud, network, joins);
    }

    private NodeSettings with(String where, String within, boolean joins) {
        return new NodeSettings(
                name, own, listen, wirePort, apiPort, peers, state, audit, witness, hypervisors, where, within, joins);
    }

    /** Without hypervisors. */
    public NodeSettings(
            String name,
            OwnIdentity own,
            String listen,
            int wirePort,
            int apiPort,
            List<PeerNode> peers,
            Path state,
            Path audit,
            boolean witness) {
        this(name, own, listen, wirePort, apiPort, peers, state, audit, witness, uri -> {
            throw new WireException(
                    ErrorCode.WRONG_STATE, "cannot reach " + uri + ": this node was started without hypervisors", "");
        });
    }

    /** With credentials that are not renewed. */
    public NodeSettings(
            String name,
            Credentials credentials,
            String listen,
            int wirePort,
            int apiPort,
            List<PeerNode> peers,
            Path state,
            boolean witness) {
        this(name, OwnIdentity.of(credentials), listen, wirePort, apiPort, peers, state, state.resolve(AUDIT), witness);
    }

    /** All nodes of a fabric that begins, numbered in the order of the list. */
    List<MemberRecord> founders() {
        List<MemberRecord> founders = new ArrayList<>();
        for (PeerNode peer : peers) {
            // A founder that has moved tells the others itself.
            founders.add(new MemberRecord(
                    peer.name(),
                    peer.identity(own.identity(), name),
                    founders.size() + 1,
                    List.of(peer.found().tunnel().toString())));
        }
        if (ownEntry().isEmpty()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot run node " + name + ": it is not among its peers "
                            + peers.stream().map(PeerNode::name).toList(),
                    "Give every node the same list, itself included; or --join to have it taken in by nodes that run");
        }
        return founders;
    }

    private Optional<PeerNode> ownEntry() {
        return peers.stream().filter(peer -> peer.name().equals(name)).findFirst();
    }

    /** Where its cluster tunnel listens. */
    InetSocketAddress tunnel() {
        return ownEntry()
                .map(PeerNode::tunnelAddress)
                .filter(NodeSettings::isHere)
                .orElseGet(() -> new InetSocketAddress(
                        listen, ownEntry().map(peer -> peer.tunnel().port()).orElse(PeerNode.DEFAULT_TUNNEL_PORT)));
    }

    private static boolean isHere(InetSocketAddress address) {
        try {
            return NetworkInterface.getByInetAddress(address.getAddress()) != null;
        } catch (SocketException e) {
            return false;
        }
    }

    /** Where the others reach its cluster tunnel: where it listens, and where its own entry says. */
    List<String> addresses() {
        InetSocketAddress tunnel = tunnel();
        String inside = new HostAddress(tunnel.getAddress().getHostAddress(), tunnel.getPort()).toString();
        return ownEntry()
                .filter(peer -> !isHere(peer.tunnelAddress()))
                .map(peer -> List.of(inside, peer.tunnel().toString()))
                .orElse(List.of(ownEntry().map(peer -> peer.tunnel().toString()).orElse(inside)));
    }

    /** Where it is for itself, and for others. */
    OwnAddress ownAddress() {
        return new OwnAddress(
                listen,
                ownEntry()
                        .filter(peer -> !isHere(peer.tunnelAddress()))
                        .map(peer -> peer.tunnel().host()),
                Optional.of(network).filter(name -> !name.isEmpty()));
    }

    /** Where wires to it go: to where it listens, and where its own entry says. */
    List<String> wirePaths(int port) {
        String inside = new HostAddress(listen, port).toString();
        return ownEntry()
                .filter(peer -> !isHere(peer.tunnelAddress()))
                .map(peer -> List.of(inside, new HostAddress(peer.tunnel().host(), port).toString()))
                .orElse(List.of(inside));
    }
}
