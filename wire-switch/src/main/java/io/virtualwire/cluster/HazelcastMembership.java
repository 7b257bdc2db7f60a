package io.virtualwire.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.InitialMembershipEvent;
import com.hazelcast.cluster.InitialMembershipListener;
import com.hazelcast.cluster.Member;
import io.virtualwire.control.Identity;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Membership as Hazelcast sees it, told in the names of the plan. */
final class HazelcastMembership implements Membership, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembership.class);

    private volatile ClusterPlan plan;
    private final Cluster cluster;
    private final List<Consumer<MembershipEvent>> listeners = new CopyOnWriteArrayList<>();
    private final ExecutorService oneThread = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("membership").factory());

    /** The nodes told of so far, and which run of each; touched by the one thread only. */
    private Map<Identity, UUID> told = Map.of();

    HazelcastMembership(ClusterPlan plan, Cluster cluster) {
        this.plan = plan;
        this.cluster = cluster;
        cluster.addMembershipListener(new Watcher());
    }

    @Override
    public Set<Identity> present() {
        return Set.copyOf(runs().keySet());
    }

    @Override
    public Registration onChange(Consumer<MembershipEvent> listener) {
        oneThread.execute(() -> {
            compare();
            told.keySet().forEach(node -> tell(listener, new MembershipEvent.Joined(node)));
            listeners.add(listener);
        });
        return () -> listeners.remove(listener);
    }

    /** From now on these are the nodes. */
    void follow(ClusterPlan changed) {
        plan = changed;
        changed();
    }

    @Override
    public void close() {
        oneThread.shutdown();
    }

    /** Tells the difference between what was told and what is: events may be merged, the last state never is lost. */
    private void compare() {
        Map<Identity, UUID> now = runs();
        Map<Identity, UUID> before = told;
        told = now;
        before.forEach((node, run) -> {
            // A node that was restarted quickly has been gone all the same.
            if (!run.equals(now.get(node))) {
                LOG.info("Node {} is gone; present: {}", node, now.keySet());
                listeners.forEach(listener -> tell(listener, new MembershipEvent.Left(node)));
            }
        });
        now.forEach((node, run) -> {
            if (!run.equals(before.get(node))) {
                LOG.info("Node {} is here; present: {}", node, now.keySet());
                listeners.forEach(listener -> tell(listener, new MembershipEvent.Joined(node)));
            }
        });
    }

    private Map<Identity, UUID> runs() {
        Map<Identity, UUID> runs = new HashMap<>();
        for (Member member : cluster.getMembers()) {
            identity(member).ifPresent(node -> runs.put(node, member.getUuid()));
        }
        return runs;
    }

    private static void tell(Consumer<MembershipEvent> listener, MembershipEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException failure) {
            LOG.error("A membership listener failed on {}", event, failure);
        }
    }

    private Optional<Identity> identity(Member member) {
        try {
            var address = member.getAddress().getInetAddress();
            return plan.nodes().stream()
                    .filter(node -> plan.loopback(node).equals(address))
                    .map(ClusterNode::identity)
                    .findFirst();
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private void changed() {
        if (!oneThread.isShutdown()) {
            oneThread.execute(this::compare);
        }
    }

    private final class Watcher implements InitialMembershipListener {
        @Override
        public void init(InitialMembershipEvent event) {
            changed();
        }

        @Override
        public void memberAdded(com.hazelcast.cluster.MembershipEvent event) {
            changed();
        }

        @Override
        public void memberRemoved(com.hazelcast.cluster.MembershipEvent event) {
            changed();
        }
    }
}
