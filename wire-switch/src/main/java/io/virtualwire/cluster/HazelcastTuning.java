package io.virtualwire.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MergePolicyConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.UUID;

/** Hazelcast's many settings, brought down to a handful of small nodes that must notice a death within 3 seconds. */
final class HazelcastTuning {
    static final String TABLE_PREFIX = "table.";

    private final ClusterPlan plan;

    HazelcastTuning(ClusterPlan plan) {
        this.plan = plan;
    }

    Config config() {
        Config config = new Config();
        config.setClusterName(plan.tenant());
        config.setInstanceName("virtualwire-" + plan.own().identity() + "-" + System.nanoTime());
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        config.getSerializationConfig()
                .addDataSerializableFactory(TableSerialization.FACTORY, new TableSerialization());
        // Not as an interface: Hazelcast would look for the address among those that the system lists.
        config.setProperty(
                "hazelcast.local.localAddress", plan.loopback(plan.own()).getHostAddress());
        // How vertx-hazelcast finds its own node in a Hazelcast that it did not start.
        config.getMemberAttributeConfig()
                .setAttribute("__vertx.nodeId", UUID.randomUUID().toString());
        network(config.getNetworkConfig());
        properties(config);
        structures(config);
        return config;
    }

    private void network(NetworkConfig network) {
        InetSocketAddress own = plan.address(plan.own(), ClusterService.MEMBERS);
        network.setPort(own.getPort()).setPortAutoIncrement(false).setReuseAddress(true);
        network.setPublicAddress(text(own));
        JoinConfig join = network.getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        List<String> members = plan.nodes().stream()
                .map(node -> text(plan.address(node, ClusterService.MEMBERS)))
                .toList();
        join.getTcpIpConfig().setEnabled(true).setMembers(members).setConnectionTimeoutSeconds(2);
    }

    private static void properties(Config config) {
        config.setProperty("hazelcast.logging.type", "slf4j");
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
        config.setProperty("hazelcast.health.monitoring.level", "OFF");
        config.setProperty("hazelcast.graceful.shutdown.max.wait", "5");
        // Only the loopback address, never all of them.
        config.setProperty("hazelcast.socket.bind.any", "false");
        config.setProperty("hazelcast.heartbeat.failuredetector.type", "deadline");
        config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
        config.setProperty("hazelcast.max.no.heartbeat.seconds", "3");
        config.setProperty("hazelcast.connection.monitor.interval", "100");
        config.setProperty("hazelcast.connection.monitor.max.faults", "3");
        config.setProperty("hazelcast.wait.seconds.before.join", "0");
        config.setProperty("hazelcast.max.wait.seconds.before.join", "3");
        config.setProperty("hazelcast.max.join.seconds", "10");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
        config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
        config.setProperty("hazelcast.mastership.claim.timeout.seconds", "5");
        config.setProperty("hazelcast.operation.call.timeout.millis", "8000");
        config.setProperty("hazelcast.partition.count", "31");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.event.thread.count", "1");
    }

    private static void structures(Config config) {
        // The three that vertx-hazelcast keeps its bookkeeping in.
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(1)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
        config.addMapConfig(new MapConfig(TABLE_PREFIX + "*")
                .setBackupCount(1)
                .setAsyncBackupCount(1)
                .setMergePolicyConfig(new MergePolicyConfig().setPolicy(NewestCell.class.getName())));
    }

    private static String text(InetSocketAddress address) {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
