package io.virtualwire.node;

import io.virtualwire.client.HostAddress;
import io.virtualwire.cluster.ClusterNode;
import io.virtualwire.cluster.ClusterPlan;
import io.virtualwire.cluster.ClusterService;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.log.Applied;
import io.virtualwire.log.FabricLog;
import io.virtualwire.log.Voter;
import io.virtualwire.log.VotingLog;
import io.virtualwire.topology.FabricCommand;
import io.virtualwire.topology.FabricState;
import io.virtualwire.topology.MemberRecord;
import io.virtualwire.topology.Members;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who this node's fellows are: as its file says when it founds a fabric, as they say when it joins one, and from then on as the fabric
 * has agreed; kept beside its log for its next start.
 */
final class NodeMembers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeMembers.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final NodeSettings settings;
    private final TlsContexts tls;
    private final MemberBook book;
    private final List<Consumer<ClusterPlan>> followers = new CopyOnWriteArrayList<>();
    /** Where members said to be while that could not be agreed on. */
    private final Map<String, List<String>> heard = new TreeMap<>();

    private List<MemberRecord> members;
    private ClusterPlan plan;
    private boolean out;
    private volatile Thread announcing = Thread.ofVirtual().unstarted(() -> {});
    private volatile Thread leaving = Thread.ofVirtual().unstarted(() -> {});

    private NodeMembers(NodeSettings settings, TlsContexts tls, MemberBook book, List<MemberRecord> members) {
        this.settings = settings;
        this.tls = tls;
        this.book = book;
        this.members = members;
        this.plan = planOf(members);
    }

    /** Finds out who they are; asks them first if this node joins, until it is a member. */
    static NodeMembers of(NodeSettings settings, TlsContexts tls) {
        MemberBook book = new MemberBook(settings.state());
        List<MemberRecord> known = book.read();
        if (known.stream().anyMatch(member -> member.identity().equals(tls.identity()))) {
            sayWhatCounts(settings, known);
            return new NodeMembers(settings, tls, book, known);
        }
        if (!settings.join()) {
            return new NodeMembers(settings, tls, book, settings.founders());
        }
        List<MemberRecord> told = new MemberCalls(settings, tls).join();
        book.write(told);
        return new NodeMembers(settings, tls, book, told);
    }

    private static void sayWhatCounts(NodeSettings settings, List<MemberRecord> known) {
        Set<String> agreed = known.stream().map(MemberRecord::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> said = settings.peers().stream().map(PeerNode::name).collect(Collectors.toCollection(TreeSet::new));
        if (!settings.join() && !agreed.equals(said)) {
            LOG.info(
                    "The fabric has agreed that its nodes are {}; that counts, and not {} as --peers says",
                    agreed,
                    said);
        }
    }

    /** The nodes as they are to be called now. */
    synchronized ClusterPlan plan() {
        return plan;
    }

    /** Those that this node's file names, itself included. */
    List<MemberRecord> founders() {
        return settings.join() ? List.of() : settings.founders();
    }

    /** Hears of each other plan, beginning with the next. */
    void follow(Consumer<ClusterPlan> follower) {
        followers.add(follower);
    }

    /** Takes part in the log, whose state is what counts from now on. */
    VotingLog<FabricCommand, FabricState> open(LogOpening opening) {
        VotingLog<FabricCommand, FabricState> log = opening.open(
                tls.identity().tenant(), tls.identity().name(), roster(plan()), NodeMembers::voters, settings.join());
        follow(changed -> log.roster(roster(changed)));
        log.onChange(applied -> agreed(applied.state().members(), log.voters()));
        announcing = Thread.ofVirtual()
                .name("node-announcement")
                .start(() -> announce(new StampedLog(log, InstantSource.system())));
        leaving = Thread.ofVirtual().name("node-leave").start(() -> seeOff(log));
        return log;
    }

    /** How the log is opened, once it is known who takes part. */
    interface LogOpening {
        VotingLog<FabricCommand, FabricState> open(
                String fabric,
                String self,
                VotingLog.Roster roster,
                Function<FabricState, Set<String>> members,
                boolean joins);
    }

    static Set<String> voters(FabricState state) {
        return state.members().present().values().stream()
                .map(member -> member.identity().name())
                .collect(Collectors.toSet());
    }

    private static VotingLog.Roster roster(ClusterPlan plan) {
        List<Voter> voters = plan.nodes().stream()
                .map(peer -> new Voter(peer.name(), plan.address(peer, ClusterService.LOG)))
                .toList();
        Map<String, InetSocketAddress> doors = plan.nodes().stream()
                .collect(Collectors.toMap(ClusterNode::name, peer -> plan.address(peer, ClusterService.VOTERS)));
        return new VotingLog.Roster(voters, doors);
    }

    /** A member that is somewhere else now is called there, though no majority may have heard it yet. */
    synchronized void isAt(MemberRecord member) {
        if (members.stream()
                .anyMatch(known -> known.identity().equals(member.identity())
                        && !known.addresses().equals(member.addresses()))) {
            heard.put(member.name(), member.addresses());
            change(members);
        }
    }

    /** Who was taken out is called as long as its vote counts: without it there may be no majority to go on without it. */
    private void seeOff(VotingLog<FabricCommand, FabricState> log) {
        try {
            while (true) {
                Thread.sleep(PAUSE);
                Members now = log.current().state().members();
                boolean waits;
                synchronized (this) {
                    waits = members.stream().anyMatch(member -> !now.contains(member.name()));
                }
                if (waits) {
                    agreed(now, log.voters());
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void agreed(Members now, Set<String> voters) {
        if (now.present().isEmpty()) {
            return;
        }
        List<MemberRecord> all = new ArrayList<>(now.present().values());
        if (all.stream().noneMatch(member -> member.identity().equals(tls.identity()))) {
            if (!out && now.departed().containsKey(settings.name())) {
                LOG.atWarn()
                        .addKeyValue("event", "member.out")
                        .log("{} was taken out of the fabric: end it", settings.name());
                out = true;
            }
            return;
        }
        out = false;
        members.stream()
                .filter(member -> !now.contains(member.name())
                        && (voters.isEmpty()
                                || voters.contains(member.identity().name())))
                .forEach(all::add);
        all.forEach(member -> heard.remove(member.name(), member.addresses()));
        if (!all.equals(members)) {
            book.write(List.copyOf(all));
            change(List.copyOf(all));
        }
    }

    private void change(List<MemberRecord> now) {
        members = now;
        ClusterPlan changed = planOf(now);
        if (!changed.equals(plan)) {
            plan = changed;
            LOG.info(
                    "The fabric's nodes are {}",
                    now.stream().map(MemberRecord::name).toList());
            followers.forEach(follower -> follower.accept(changed));
        }
    }

    private ClusterPlan planOf(List<MemberRecord> now) {
        List<ClusterNode> nodes = new ArrayList<>();
        int self = -1;
        for (MemberRecord member : now) {
            if (member.identity().equals(tls.identity())) {
                self = member.number();
            }
            List<InetSocketAddress> tunnels = Stream.concat(
                            addresses(member).map(address -> HostAddress.parse(address, PeerNode.DEFAULT_TUNNEL_PORT)),
                            fromHere(member.name()))
                    .distinct()
                    .map(address -> new InetSocketAddress(address.host(), address.port()))
                    .toList();
            nodes.add(new ClusterNode(member.number(), member.identity(), tunnels));
        }
        if (self < 0) {
            throw new WireException(
                    ErrorCode.INTERNAL, "cannot run node " + settings.name() + ": it is not among " + now, "");
        }
        return new ClusterPlan(self, nodes);
    }

    /** Where it said to be comes first; but it may be back where it was, and then has nothing to tell. */
    private Stream<String> addresses(MemberRecord member) {
        List<String> said = heard.getOrDefault(member.name(), List.of());
        return said.isEmpty()
                ? member.addresses().stream()
                : Stream.concat(
                        said.stream(),
                        member.addresses().stream()
                                .filter(address -> !settings.addresses().contains(address)));
    }

    /** Its own file may know a way that is not everybody's. */
    private Stream<HostAddress> fromHere(String name) {
        return settings.peers().stream()
                .filter(peer -> peer.name().equals(name) && !name.equals(settings.name()))
                .map(PeerNode::tunnel);
    }

    /** Sees to it that it is agreed on that, and where, this node is. */
    private void announce(FabricLog<FabricCommand, FabricState> log) {
        List<Thread> telling = tellOthers();
        try {
            agreeOnSelf(log);
        } finally {
            telling.forEach(Thread::interrupt);
        }
    }

    private void agreeOnSelf(FabricLog<FabricCommand, FabricState> log) {
        while (true) {
            try {
                Applied<FabricState> applied = log.latest().join();
                Members now = applied.state().members();
                if (!now.contains(settings.name())) {
                    if (now.departed().containsKey(settings.name()) || settings.join()) {
                        return;
                    }
                    log.append(new FabricCommand.FoundMembers(settings.founders()))
                            .join();
                    now = log.latest().join().state().members();
                }
                MemberRecord known = now.present().get(settings.name());
                if (known != null && !known.addresses().equals(settings.addresses())) {
                    log.append(new FabricCommand.AdmitMember(
                                    new MemberRecord(settings.name(), tls.identity(), 0, settings.addresses())))
                            .join();
                }
                return;
            } catch (RuntimeException notYet) {
                LOG.debug("Not announced as a member yet", notYet);
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException closing) {
                return;
            }
        }
    }

    /** Whoever calls a node at its old address cannot agree on its new one. */
    private List<Thread> tellOthers() {
        List<MemberRecord> others;
        synchronized (this) {
            boolean moved = members.stream()
                    .anyMatch(member -> member.identity().equals(tls.identity())
                            && !member.addresses().equals(settings.addresses()));
            others = moved
                    ? members.stream()
                            .filter(member -> !member.identity().equals(tls.identity()))
                            .toList()
                    : List.of();
        }
        MemberCalls calls = new MemberCalls(settings, tls);
        return others.stream()
                .map(other -> Thread.ofVirtual()
                        .name("node-moved-" + other.name())
                        .start(() -> calls.tell(other, () -> ways(other))))
                .toList();
    }

    private List<InetSocketAddress> ways(MemberRecord member) {
        return plan().nodes().stream()
                .filter(node -> node.identity().equals(member.identity()))
                .flatMap(node -> node.tunnels().stream())
                .toList();
    }

    @Override
    public void close() {
        announcing.interrupt();
        leaving.interrupt();
    }
}
