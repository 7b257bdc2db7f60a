package io.virtualwire.cluster;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.transport.Transport;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.log.Codec;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node among the members of its fabric: a clustered Vert.x, who else is there, and tables they share.
 *
 * <p>Everything listens on the node's loopback address only; {@link ClusterTunnel} must be open before, and stay open
 * until after, a member runs.
 */
public final class ClusterMember implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration STOP = Duration.ofSeconds(10);
    private static final int EVENT_BUS_CONNECT_MILLIS = 2_000;

    private final HazelcastInstance hazelcast;
    private final HazelcastMembership membership;
    private final Vertx vertx;
    private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();

    private ClusterMember(HazelcastInstance hazelcast, HazelcastMembership membership, Vertx vertx) {
        this.hazelcast = hazelcast;
        this.membership = membership;
        this.vertx = vertx;
    }

    /** Joins the nodes that are there, or begins a cluster when there is none; blocks until that is done. */
    public static ClusterMember join(ClusterPlan plan) {
        return join(plan, Transport.NIO);
    }

    /**
     * Joins them.
     *
     * @param transport what Vert.x makes its channels with
     */
    public static ClusterMember join(ClusterPlan plan, Transport transport) {
        HazelcastInstance hazelcast = null;
        try {
            hazelcast = Hazelcast.newHazelcastInstance(new HazelcastTuning(plan).config());
            HazelcastMembership membership = new HazelcastMembership(plan, hazelcast.getCluster());
            Vertx vertx = Vertx.builder()
                    .with(options(plan))
                    .withTransport(transport)
                    .withClusterManager(new HazelcastClusterManager(hazelcast))
                    .buildClustered()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START.toSeconds(), TimeUnit.SECONDS);
            return new ClusterMember(hazelcast, membership, vertx);
        } catch (HazelcastException | IllegalStateException | ExecutionException | TimeoutException e) {
            throw cannotJoin(plan, hazelcast, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw cannotJoin(plan, hazelcast, e);
        }
    }

    /** The clustered Vert.x of this node. */
    public Vertx vertx() {
        return vertx;
    }

    /** Who is there. */
    public Membership membership() {
        return membership;
    }

    /** From now on these are the nodes. */
    public void follow(ClusterPlan plan) {
        membership.follow(plan);
    }

    /** A table of that name, the same on every node. */
    public <V> ReplicatedTable<V> table(String name, Codec<V> codec) {
        return new HazelcastTable<>(hazelcast.getMap(HazelcastTuning.TABLE_PREFIX + name), codec, blocking, membership);
    }

    /** Leaves in good order: entries that only this node holds are handed over first. */
    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("Vert.x did not close in good order", e);
        }
        membership.close();
        hazelcast.shutdown();
        blocking.shutdown();
    }

    /** Goes without a word, as a killed process does. */
    void kill() {
        membership.close();
        hazelcast.getLifecycleService().terminate();
        vertx.close();
        blocking.shutdown();
    }

    private static VertxOptions options(ClusterPlan plan) {
        InetSocketAddress own = plan.address(plan.own(), ClusterService.EVENT_BUS);
        String host = own.getAddress().getHostAddress();
        EventBusOptions eventBus = new EventBusOptions()
                .setHost(host)
                .setPort(own.getPort())
                .setClusterPublicHost(host)
                .setClusterPublicPort(own.getPort())
                .setConnectTimeout(EVENT_BUS_CONNECT_MILLIS);
        return new VertxOptions().setEventBusOptions(eventBus);
    }

    private static WireException cannotJoin(ClusterPlan plan, @Nullable HazelcastInstance hazelcast, Exception cause) {
        if (hazelcast != null) {
            hazelcast.getLifecycleService().terminate();
        }
        return new WireException(
                ErrorCode.UNAVAILABLE,
                "cannot join the cluster of " + plan.tenant() + " as "
                        + plan.own().name() + " at " + plan.loopback(plan.own()).getHostAddress() + ": "
                        + cause.getMessage(),
                "See that no other process uses that address and that the cluster tunnel is open.",
                cause);
    }
}
