package io.virtualwire.cluster;

import io.virtualwire.control.Identity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.IntStream;

/** Three members in this process, each on a loopback address of its own, for a tenant that nobody else has. */
final class ThreeMembers implements AutoCloseable {
    private final List<ClusterNode> nodes;
    private final List<ClusterMember> members = new ArrayList<>();

    private ThreeMembers(List<ClusterNode> nodes) {
        this.nodes = nodes;
    }

    static ThreeMembers join() {
        String tenant = "t" + UUID.randomUUID().toString().substring(0, 8).toLowerCase(Locale.ROOT);
        InetSocketAddress unused = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
        ThreeMembers three = new ThreeMembers(IntStream.rangeClosed(1, 3)
                .mapToObj(number -> new ClusterNode(number, new Identity(tenant, "node-" + number), unused))
                .toList());
        for (int number = 1; number <= 3; number++) {
            three.members.add(ClusterMember.join(new ClusterPlan(number, three.nodes)));
        }
        return three;
    }

    ClusterMember member(int index) {
        return members.get(index);
    }

    Identity identity(int index) {
        return nodes.get(index).identity();
    }

    void rejoin(int index) {
        members.set(index, ClusterMember.join(new ClusterPlan(index + 1, nodes)));
    }

    @Override
    public void close() {
        members.forEach(ClusterMember::kill);
    }
}
