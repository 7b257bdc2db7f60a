package io.virtualwire.cluster;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The nodes of one tenant's fabric and the loopback addresses by which they call one another.
 *
 * <pre>
 *   127 . hash of the tenant (2 bytes, the first not 0) . node number
 * </pre>
 *
 * A node listens on its own address; on every other machine the tunnel listens there in its place. Two tenants whose
 * hashes meet on one machine get a bind error, not each other's traffic: the tunnel checks identities.
 *
 * @param self the number of this node
 * @param nodes all nodes, this one included, the same list on each
 */
public record ClusterPlan(int self, List<ClusterNode> nodes) {

    /** Refuses a plan that lacks this node, repeats a number or name, or mixes tenants. */
    public ClusterPlan {
        nodes = List.copyOf(nodes);
        int own = self;
        if (nodes.stream().noneMatch(node -> node.number() == own)) {
            throw invalid("node " + self + " itself is not among its nodes");
        }
        if (nodes.stream().map(ClusterNode::number).distinct().count() != nodes.size()) {
            throw invalid("two nodes have the same number");
        }
        if (nodes.stream().map(ClusterNode::identity).distinct().count() != nodes.size()) {
            throw invalid("two nodes have the same identity");
        }
        if (nodes.stream().map(node -> node.identity().tenant()).distinct().count() != 1) {
            throw invalid("its nodes belong to different tenants");
        }
    }

    /** This node. */
    public ClusterNode own() {
        return nodes.stream().filter(node -> node.number() == self).findFirst().orElseThrow();
    }

    /** All nodes but this one. */
    public List<ClusterNode> others() {
        return nodes.stream().filter(node -> node.number() != self).toList();
    }

    /** Whose fabric this is. */
    public String tenant() {
        return own().identity().tenant();
    }

    /** Whether a proved identity is one of the other nodes. */
    public boolean isPeer(Identity identity) {
        return others().stream().anyMatch(node -> node.identity().equals(identity));
    }

    /** Where a node's service is to be called on this machine. */
    public InetSocketAddress address(ClusterNode node, ClusterService service) {
        return new InetSocketAddress(loopback(node), service.port());
    }

    /** A node's loopback address, the same on every machine. */
    public InetAddress loopback(ClusterNode node) {
        CRC32C hash = new CRC32C();
        hash.update(tenant().getBytes(StandardCharsets.UTF_8));
        int first = (int) (1 + hash.getValue() % 254);
        int second = (int) (hash.getValue() >>> 16 & 0xFF);
        try {
            return InetAddress.getByAddress(new byte[] {127, (byte) first, (byte) second, (byte) node.number()});
        } catch (UnknownHostException e) {
            throw new AssertionError("four bytes are an address", e);
        }
    }

    private static WireException invalid(String reason) {
        return new WireException(
                ErrorCode.BAD_REQUEST,
                "cannot use this plan of a fabric: " + reason,
                "give every node the same list, with a number and a name of its own for each");
    }
}
