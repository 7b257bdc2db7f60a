package io.virtualwire.node;

import io.virtualwire.client.NodeClient;
import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cluster.ClusterNode;
import io.virtualwire.cluster.ClusterPlan;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.OwnIdentity;
import io.virtualwire.stack.StackConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What a node needs to know.
 *
 * @param name how topologies and migrations call it
 * @param own who it is, and whom it believes
 * @param listen its address on the underlay
 * @param wirePort where wires end, TCP and UDP
 * @param apiPort where its REST interface listens
 * @param peers all voting nodes, this one included, in the same order on each; new ones go to the end
 * @param state the folder of its copy of the log
 * @param audit where changes are noted that were asked of this node
 * @param witness whether it only votes and runs no components
 * @param hypervisors reaches the hypervisor of a URI, or throws
 * @param cloud the cloud that it is in; empty if nobody says
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
        String cloud) {
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
        this(name, own, listen, wirePort, apiPort, peers, state, audit, witness, hypervisors, "");
    }

    /** The same in a cloud. */
    public NodeSettings in(String name) {
        return new NodeSettings(
                this.name, own, listen, wirePort, apiPort, peers, state, audit, witness, hypervisors, name);
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

    /** This node and the others, as the cluster numbers them. */
    ClusterPlan plan() {
        int self = -1;
        List<ClusterNode> nodes = new ArrayList<>();
        for (PeerNode peer : peers) {
            nodes.add(new ClusterNode(nodes.size() + 1, peer.identity(own.identity(), name), peer.tunnelAddress()));
            if (peer.name().equals(name)) {
                self = nodes.size();
            }
        }
        if (self < 0) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "Cannot run node " + name + ": it is not among its peers "
                            + peers.stream().map(PeerNode::name).toList(),
                    "Give every node the same list, itself included");
        }
        return new ClusterPlan(self, nodes);
    }
}
