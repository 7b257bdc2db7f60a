package io.virtualwire.log;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.GroupInfoReply;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who votes: the configuration in the log itself, changed by one voter at a time.
 *
 * <pre>
 *   absent ──add──▶ catching up ──has all entries──▶ old and new agree, each with a majority ──▶ votes ──remove──▶ absent
 *                    │ no vote; if it falls silent: absent
 * </pre>
 */
final class Electorate implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Electorate.class);
    private static final int ATTEMPTS = 5;

    private final RaftClient client;
    private final RaftGroupId group;
    private final List<RaftPeer> known;
    private final LogSettings settings;

    /** Asks through a client, which {@link #close} closes, those that are in this group as far as the caller knows. */
    Electorate(RaftClient client, RaftGroup asked, LogSettings settings) {
        this.client = client;
        this.group = asked.getGroupId();
        this.known = List.copyOf(asked.getPeers());
        this.settings = settings;
    }

    static Electorate of(RaftGroup asked, LogSettings settings) {
        RaftTuning tuning = new RaftTuning(settings);
        RaftClient client = RaftClient.newBuilder()
                .setRaftGroup(asked)
                .setProperties(tuning.client())
                .setRetryPolicy(tuning.retries())
                .build();
        return new Electorate(client, asked, settings);
    }

    /** Has the others go on without a voter; nothing if it is none. */
    void remove(RaftPeerId gone) throws IOException {
        List<RaftPeer> now = voters();
        List<RaftPeer> left =
                now.stream().filter(peer -> !peer.getId().equals(gone)).toList();
        if (left.size() == now.size()) {
            return;
        }
        if (left.isEmpty()) {
            throw new IOException("it is the only voter");
        }
        // Compared: between the question and this somebody else may have changed it.
        change(SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(now)
                .setServersInNewConf(left)
                .build());
    }

    /** Has a voter that runs taken in; fails if it does not catch up, and then changed nothing. */
    void add(RaftPeer added) throws IOException {
        change(SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.ADD)
                .setServersInNewConf(List.of(added))
                .build());
    }

    /**
     * The same in the end. Repeats the question while it keeps what the leader has sent it: where a leader changes, or a
     * disk is busier than a leader's patience, whoever began anew each time might never be done.
     */
    void addInTheEnd(RaftPeer added) throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                add(added);
                return;
            } catch (InterruptedIOException closing) {
                throw closing;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.info(
                        "The voters did not take {} in yet: {}, because of {}",
                        added,
                        e.getMessage(),
                        RaftLog.rootOf(e));
                letAnotherLead(attempt);
            }
        }
    }

    /**
     * A leader may have lost its way to a node that is there again, and then refuses it as long as it leads; the next one has to find
     * the way anew.
     */
    private void letAnotherLead(int attempt) throws InterruptedIOException {
        try {
            List<RaftPeer> voters = voters();
            RaftPeer next = voters.get(attempt % voters.size());
            client.admin().transferLeadership(next.getId(), settings.patience().toMillis());
        } catch (InterruptedIOException closing) {
            throw closing;
        } catch (IOException e) {
            LOG.info("Nobody leads instead: {}", e.getMessage());
        }
    }

    /** As a leader knows them that has just made sure that it leads: an older answer might lack one that was added since. */
    private List<RaftPeer> voters() throws IOException {
        RaftPeerId leader = inTime(this::leader).getServerId();
        RaftClientReply read = inTime(() -> client.io().sendReadOnly(Message.EMPTY, leader));
        GroupInfoReply now = inTime(() -> client.getGroupManagementApi(leader).info(group));
        if (!read.isSuccess() || now.getRoleInfoProto().getRole() != RaftPeerRole.LEADER) {
            throw new IOException("the leader has just changed");
        }
        return List.copyOf(now.getGroup().getPeers());
    }

    /** One that does not lead names those among whom there is one that does. */
    private GroupInfoReply leader() throws InterruptedException, IOException {
        Map<RaftPeerId, RaftPeer> asked = new TreeMap<>(Comparator.comparing(RaftPeerId::toString));
        known.forEach(peer -> asked.put(peer.getId(), peer));
        Set<RaftPeer> next = Set.copyOf(known);
        while (!next.isEmpty()) {
            Set<RaftPeer> named = ConcurrentHashMap.newKeySet();
            Optional<GroupInfoReply> found = leaderAmong(next, named);
            if (found.isPresent()) {
                return found.get();
            }
            named.removeIf(peer -> asked.putIfAbsent(peer.getId(), peer) != null);
            client.getClientRpc().addRaftPeers(named);
            next = named;
        }
        throw new IOException("none of " + asked.keySet() + " leads");
    }

    /** Asks all at once: for one that is away the client tries again as long as its patience lasts. */
    private Optional<GroupInfoReply> leaderAmong(Set<RaftPeer> peers, Set<RaftPeer> named) throws InterruptedException {
        CompletableFuture<GroupInfoReply> found = new CompletableFuture<>();
        CountDownLatch waiting = new CountDownLatch(peers.size());
        List<Thread> asking = new ArrayList<>();
        for (RaftPeer peer : peers) {
            asking.add(Thread.ofVirtual().name("log-electorate-" + peer.getId()).start(() -> {
                try {
                    GroupInfoReply answer =
                            client.getGroupManagementApi(peer.getId()).info(group);
                    if (answer.getRoleInfoProto().getRole() == RaftPeerRole.LEADER) {
                        found.complete(answer);
                    } else {
                        named.addAll(answer.getGroup().getPeers());
                    }
                } catch (IOException | RuntimeException away) {
                    LOG.debug("{} does not say who votes: {}", peer, away.getMessage());
                } finally {
                    waiting.countDown();
                    if (waiting.getCount() == 0) {
                        found.cancel(false);
                    }
                }
            }));
        }
        try {
            return Optional.of(found.get(settings.patience().toMillis(), TimeUnit.MILLISECONDS));
        } catch (CancellationException | ExecutionException | TimeoutException none) {
            return Optional.empty();
        } finally {
            asking.forEach(Thread::interrupt);
        }
    }

    private void change(SetConfigurationRequest.Arguments wanted) throws IOException {
        RaftClientReply answer = inTime(() -> client.admin().setConfiguration(wanted));
        if (!answer.isSuccess()) {
            throw new IOException(answer.getException());
        }
    }

    private <T> T inTime(Callable<T> question) throws IOException {
        CompletableFuture<T> reply = new CompletableFuture<>();
        Thread asking = Thread.ofVirtual().name("log-electorate").start(() -> {
            try {
                reply.complete(question.call());
            } catch (Exception e) {
                reply.completeExceptionally(e);
            }
        });
        try {
            return reply.get(3 * settings.patience().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("they did not answer", e);
        } finally {
            asking.interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
    }
}
