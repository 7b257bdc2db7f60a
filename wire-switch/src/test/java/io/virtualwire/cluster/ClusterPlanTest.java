package io.virtualwire.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.control.Identity;
import io.virtualwire.control.WireException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClusterPlanTest {
    @Test
    void everyNodeHasOneLoopbackAddressOnEveryMachine() {
        List<ClusterNode> nodes = List.of(node("acme", 1), node("acme", 2), node("acme", 254));
        ClusterPlan here = new ClusterPlan(1, nodes);
        ClusterPlan there = new ClusterPlan(254, nodes);
        for (ClusterNode node : nodes) {
            assertThat(here.loopback(node)).isEqualTo(there.loopback(node));
            assertThat(here.loopback(node).isLoopbackAddress()).isTrue();
        }
        assertThat(nodes).extracting(here::loopback).doesNotHaveDuplicates();
    }

    @Test
    void neverUsesTheLoopbackNetworkThatEverybodyUses() {
        Set<String> networks = new HashSet<>();
        for (int number = 0; number < 5_000; number++) {
            ClusterNode node = node("tenant-" + number, 1);
            byte[] address = new ClusterPlan(1, List.of(node)).loopback(node).getAddress();
            assertThat(address[1]).isNotZero();
            networks.add(address[1] + "." + address[2]);
        }
        assertThat(networks).hasSizeGreaterThan(4_500);
    }

    @Test
    void refusesContradictions() {
        assertThatThrownBy(() -> new ClusterPlan(3, List.of(node("acme", 1)))).isInstanceOf(WireException.class);
        assertThatThrownBy(() -> new ClusterPlan(1, List.of(node("acme", 1), node("acme", 1))))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> new ClusterPlan(1, List.of(node("acme", 1), node("rival", 2))))
                .isInstanceOf(WireException.class);
        assertThatThrownBy(() -> node("acme", 255)).isInstanceOf(WireException.class);
    }

    private static ClusterNode node(String tenant, int number) {
        return new ClusterNode(
                number, new Identity(tenant, "node-" + number), new InetSocketAddress("192.0.2." + number, 7483));
    }
}
