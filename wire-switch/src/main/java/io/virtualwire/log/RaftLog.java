package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link FabricLog} agreed on through Apache Ratis: this node's vote, its copy on disk, and its way to the leader. */
public final class RaftLog<C, S> implements FabricLog<C, S> {
    private static final Logger LOG = LoggerFactory.getLogger(RaftLog.class);
    private static final int JOIN_ATTEMPTS = 5;

    private final StateMachine<C, S> machine;
    private final LogSettings settings;
    private final RaftServer server;
    private final RaftClient client;
    private final RaftGroupId group;
    private final Reconnector reconnector;
    private final ReplicatedState<C, S> state;
    private final Listeners<S> listeners;
    private final ExecutorService listenerThread;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    /** @param begins the voters as this server knows them before it reads its log; none if the leader is to tell it */
    private RaftLog(
            StateMachine<C, S> machine,
            LogSettings settings,
            RaftGroup raftGroup,
            List<RaftPeer> begins,
            RaftPeer self,
            Path folder)
            throws IOException {
        this.machine = machine;
        this.settings = settings;
        this.group = raftGroup.getGroupId();
        this.listenerThread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("log-listeners").factory());
        this.listeners = new Listeners<>(listenerThread);
        this.state = new ReplicatedState<>(machine, listeners::changed);
        RaftTuning tuning = new RaftTuning(settings);
        this.server = RaftServer.newBuilder()
                .setGroup(RaftGroup.valueOf(group, begins))
                .setServerId(self.getId())
                // Recovers what is there, and begins afresh in an empty folder.
                .setOption(RaftStorage.StartupOption.RECOVER)
                .setStateMachine(state)
                .setProperties(tuning.server(folder, self.getAddress()))
                .build();
        this.client = RaftClient.newBuilder()
                .setRaftGroup(raftGroup)
                .setProperties(tuning.client())
                .setRetryPolicy(tuning.retries())
                .build();
        try {
            this.server.start();
        } catch (IOException | RuntimeException e) {
            client.close();
            server.close();
            listenerThread.shutdown();
            throw e;
        }
        this.reconnector = new Reconnector(server, raftGroup);
    }

    /**
     * Takes part in a fabric's log.
     *
     * @param fabric the fabric's name; logs of different names never mix
     * @param self the id of this node among the voters
     * @param voters all nodes that vote, the same list on each
     * @param folder where this node keeps its copy; must outlive restarts
     */
    public static <C, S> RaftLog<C, S> open(
            String fabric,
            String self,
            List<Voter> voters,
            Path folder,
            StateMachine<C, S> machine,
            LogSettings settings) {
        List<RaftPeer> peers = voters.stream().map(RaftLog::peer).toList();
        RaftPeer own = find(fabric, self, peers);
        RaftGroup group = group(fabric, peers);
        try {
            Files.createDirectories(folder);
            return new RaftLog<>(machine, settings, group, peers, own, folder);
        } catch (CompletionException | IllegalStateException | NewerReleaseNeeded e) {
            if (rootOf(e) instanceof NewerReleaseNeeded tooNew) {
                throw tooNew.refusal();
            }
            // So Ratis says that what it read is not what it wrote.
            throw VoterDisk.damaged(folder, rootOf(e));
        } catch (IOException e) {
            throw cannotOpen(fabric, own, folder, e);
        }
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Takes part in a fabric's log in place of a voter of the same name that is no more: the others agree to go on without it, and
     * only then does this node run, without a vote until it has what they have agreed on and they agree to have it.
     *
     * @param before runs between the two; what is in the folder must be gone after it
     */
    static <C, S> RaftLog<C, S> join(
            String fabric,
            String self,
            List<Voter> voters,
            Path folder,
            StateMachine<C, S> machine,
            LogSettings settings,
            Runnable before) {
        List<RaftPeer> peers = voters.stream().map(RaftLog::peer).toList();
        RaftPeer own = find(fabric, self, peers);
        List<RaftPeer> others = peers.stream().filter(peer -> !peer.equals(own)).toList();
        RaftGroup group = group(fabric, peers);
        RaftTuning tuning = new RaftTuning(settings);
        try (RaftClient admin = RaftClient.newBuilder()
                .setRaftGroup(RaftGroup.valueOf(group.getGroupId(), others))
                .setProperties(tuning.client())
                .setRetryPolicy(tuning.retries())
                .build()) {
            agreeOn(others, admin, settings);
            before.run();
            Files.createDirectories(folder);
            RaftLog<C, S> joined = new RaftLog<>(machine, settings, group, List.of(), own, folder);
            try {
                agreeInTheEndOn(peers, admin, settings);
                return joined;
            } catch (IOException | RuntimeException e) {
                joined.close();
                throw e;
            }
        } catch (IOException e) {
            throw new WireException(
                    ErrorCode.UNAVAILABLE,
                    "cannot take part in the log of " + fabric + " anew as " + self
                            + ": no majority of the other voters agreed (" + e.getMessage() + ")",
                    "Start the other nodes, and see that they reach one another.",
                    e);
        }
    }

    /**
     * Repeats the question while this node runs and keeps what the leader has sent it: where a leader changes, or a disk is busier
     * than a leader's patience, whoever began anew each time might never be done.
     */
    private static void agreeInTheEndOn(List<RaftPeer> voters, RaftClient admin, LogSettings settings)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            try {
                agreeOn(voters, admin, settings);
                return;
            } catch (InterruptedIOException closing) {
                throw closing;
            } catch (IOException e) {
                if (attempt == JOIN_ATTEMPTS) {
                    throw e;
                }
                LOG.info(
                        "The other voters did not take {} in yet: {}, because of {}",
                        voters,
                        e.getMessage(),
                        rootOf(e));
                letAnotherLead(voters.get(attempt % voters.size()), admin, settings);
            }
        }
    }

    /**
     * A leader may have lost its way to a node that is there again, and then refuses it as long as it leads; the next one has to find
     * the way anew.
     */
    private static void letAnotherLead(RaftPeer next, RaftClient admin, LogSettings settings) {
        try {
            admin.admin().transferLeadership(next.getId(), settings.patience().toMillis());
        } catch (IOException e) {
            LOG.info("{} does not lead instead: {}", next.getId(), e.getMessage());
        }
    }

    private static void agreeOn(List<RaftPeer> voters, RaftClient admin, LogSettings settings) throws IOException {
        CompletableFuture<RaftClientReply> reply = new CompletableFuture<>();
        Thread asking = Thread.ofVirtual().name("log-join").start(() -> {
            try {
                reply.complete(admin.admin().setConfiguration(voters));
            } catch (IOException | RuntimeException e) {
                reply.completeExceptionally(e);
            }
        });
        try {
            RaftClientReply answer = reply.get(3 * settings.patience().toMillis(), TimeUnit.MILLISECONDS);
            if (!answer.isSuccess()) {
                throw new IOException(answer.getException());
            }
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

    private static WireException cannotOpen(String fabric, RaftPeer own, Path folder, Exception e) {
        return new WireException(
                ErrorCode.SYSTEM,
                "cannot open the log of " + fabric + " in " + folder + " on " + own.getAddress() + ": "
                        + e.getMessage(),
                "check that the folder is writable and that no other node uses it or the address",
                e);
    }

    private static RaftPeer find(String fabric, String self, List<RaftPeer> peers) {
        return peers.stream()
                .filter(peer -> peer.getId().equals(RaftPeerId.valueOf(self)))
                .findFirst()
                .orElseThrow(() -> new WireException(
                        ErrorCode.BAD_REQUEST,
                        "cannot take part in the log of " + fabric + ": " + self + " is not among its voters",
                        "List every node, this one included, in the configuration of each."));
    }

    private static RaftGroup group(String fabric, List<RaftPeer> peers) {
        UUID id = UUID.nameUUIDFromBytes(("virtualwire/" + fabric).getBytes(StandardCharsets.UTF_8));
        return RaftGroup.valueOf(RaftGroupId.valueOf(id), peers);
    }

    @Override
    public CompletableFuture<Applied<S>> append(C command) {
        Message message = Message.valueOf(ByteString.copyFrom(machine.commands().encode(command)));
        return call("append a command", () -> client.io().send(message));
    }

    @Override
    public Applied<S> current() {
        return state.current();
    }

    @Override
    public CompletableFuture<Applied<S>> latest() {
        return call("read what is agreed", () -> client.io().sendReadOnly(Message.EMPTY));
    }

    @Override
    public Registration onChange(Consumer<Applied<S>> listener) {
        return listeners.add(listener, state.current());
    }

    @Override
    public boolean isLeader() {
        try {
            return server.getDivision(group).getInfo().isLeaderReady();
        } catch (IOException closed) {
            return false;
        }
    }

    @Override
    public void close() {
        callers.shutdownNow();
        reconnector.close();
        try {
            client.close();
            server.close();
        } catch (IOException e) {
            LOG.warn("Closing the log did not go well; what is on disk stays good", e);
        }
        state.abandon(new WireException(ErrorCode.UNAVAILABLE, "cannot reach the log: it has been closed", ""));
        listenerThread.shutdown();
    }

    private CompletableFuture<Applied<S>> call(String attempt, Callable<RaftClientReply> request) {
        WireException stopped = state.stopped();
        if (stopped != null) {
            return CompletableFuture.failedFuture(stopped);
        }
        CompletableFuture<RaftClientReply> reply = new CompletableFuture<>();
        try {
            callers.execute(() -> {
                try {
                    reply.complete(request.call());
                } catch (Exception e) {
                    reply.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException closed) {
            reply.completeExceptionally(closed);
        }
        Duration patience = settings.patience();
        return reply.thenCompose(answered -> {
                    Outcome outcome = Outcome.of(answered.getMessage());
                    return state.reached(outcome.index()).thenApply(applied -> {
                        outcome.orThrow();
                        return applied;
                    });
                })
                .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(explain(attempt, failure)));
    }

    private WireException explain(String attempt, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WireException known) {
            return known;
        }
        String reason = cause instanceof TimeoutException
                ? "no majority of the nodes agreed within "
                        + settings.patience().toSeconds() + " s"
                : "no majority of the nodes can be reached (" + cause.getMessage() + ")";
        return new WireException(
                ErrorCode.UNAVAILABLE,
                "cannot " + attempt + ": " + reason + "; it may still take effect",
                "See which nodes run and reach one another, then repeat.",
                cause);
    }

    private static RaftPeer peer(Voter voter) {
        InetSocketAddress address = voter.address();
        return RaftPeer.newBuilder()
                .setId(voter.id())
                .setAddress(address.getAddress().getHostAddress() + ":" + address.getPort())
                .build();
    }
}
