package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.ExitUtils;
import org.apache.ratis.util.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link FabricLog} agreed on through Apache Ratis: this node's vote, its copy on disk, and its way to the leader. */
public final class RaftLog<C, S> implements FabricLog<C, S> {
    private static final Logger LOG = LoggerFactory.getLogger(RaftLog.class);

    private final StateMachine<C, S> machine;
    private final LogSettings settings;
    private final RaftServer server;
    private final RaftClient client;
    private final Electorate electorate;
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
        this.electorate = new Electorate(client, raftGroup, settings);
        try {
            this.server.start();
        } catch (IOException | RuntimeException e) {
            client.close();
            server.close();
            listenerThread.shutdown();
            throw e;
        }
        this.reconnector = new Reconnector(server, group);
    }

    /**
     * Takes part in a fabric's log.
     *
     * @param fabric the fabric's name; logs of different names never mix
     * @param self the id of this node among the voters
     * @param voters all nodes that vote when the log begins, the same list on each; later the log says who does
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
            return started(machine, settings, group, peers, own, folder);
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

    /**
     * Starts one, in a thread that nobody interrupts: a server that was begun and is not handed on cannot be closed, and keeps its folder
     * locked for as long as this process lives.
     */
    private static <C, S> RaftLog<C, S> started(
            StateMachine<C, S> machine,
            LogSettings settings,
            RaftGroup group,
            List<RaftPeer> begins,
            RaftPeer self,
            Path folder)
            throws IOException {
        keepProcess();
        CompletableFuture<RaftLog<C, S>> started = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("log-start-" + self.getId()).start(() -> {
            try {
                started.complete(new RaftLog<>(machine, settings, group, begins, self, folder));
            } catch (ExitUtils.ExitException e) {
                started.completeExceptionally(e.getCause() instanceof IOException reason ? reason : e);
            } catch (IOException | RuntimeException | Error e) {
                started.completeExceptionally(e);
            }
        });
        try {
            return started.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException io -> throw io;
                case RuntimeException failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    /** Ratis would end the process, without a word where nobody hears its log, when its port is taken. */
    private static void keepProcess() {
        Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
        ExitUtils.disableSystemExit();
        // With its first use it also takes what any thread fails with for its own.
        Thread.setDefaultUncaughtExceptionHandler(handler);
    }

    static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    /**
     * Takes part in the log of a fabric that runs, as one that has never voted: if its voters count a former one of this name they
     * agree to go on without it, and only then does this node run, without a vote until it has what they have agreed on and they
     * agree to have it, too.
     *
     * @param voters those that can be asked; which ones there are the fabric says
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
        RaftPeer own = find(fabric, self, voters.stream().map(RaftLog::peer).toList());
        try (Electorate electorate = Electorate.of(others(fabric, own, voters), settings)) {
            electorate.remove(own.getId());
        } catch (IOException e) {
            throw notTakenIn(fabric, self, e);
        }
        before.run();
        return enter(fabric, self, voters, folder, machine, settings);
    }

    /** Goes on with that where the others go on without a former one of this name, if there was one. */
    static <C, S> RaftLog<C, S> enter(
            String fabric,
            String self,
            List<Voter> voters,
            Path folder,
            StateMachine<C, S> machine,
            LogSettings settings) {
        List<RaftPeer> peers = voters.stream().map(RaftLog::peer).toList();
        RaftPeer own = find(fabric, self, peers);
        try (Electorate electorate = Electorate.of(others(fabric, own, voters), settings)) {
            Files.createDirectories(folder);
            RaftLog<C, S> joined = started(machine, settings, group(fabric, peers), List.of(), own, folder);
            try {
                joined.takeUpHalfAgreedVote();
                electorate.addInTheEnd(own);
                return joined;
            } catch (IOException | RuntimeException e) {
                joined.close();
                throw e;
            }
        } catch (IOException e) {
            throw notTakenIn(fabric, self, e);
        }
    }

    /**
     * A server that starts while its vote is only half agreed on waits for a leader to call it, and votes for none before. If it is the
     * second voter the first may need just that vote to lead. So it hears the last thing again that this leader, the only one there can have
     * been in that term, has said to it: that it is there.
     */
    private void takeUpHalfAgreedVote() throws IOException {
        RaftServer.Division division = server.getDivision(group);
        List<RaftPeer> others = division.getRaftConf().getAllPeers().stream()
                .filter(peer -> !peer.getId().equals(server.getId()))
                .toList();
        TermIndex last = division.getRaftLog().getLastEntryTermIndex();
        if (division.getRaftConf().getPeer(server.getId()) == null
                || division.getInfo().getLifeCycleState() != LifeCycle.State.STARTING
                || others.size() != 1
                || last == null) {
            return;
        }
        LOG.info("{} takes up the vote that it was given", server.getId());
        server.appendEntries(AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder()
                        .setRequestorId(others.getFirst().getId().toByteString())
                        .setReplyId(server.getId().toByteString())
                        .setRaftGroupId(RaftGroupIdProto.newBuilder().setId(group.toByteString())))
                .setLeaderTerm(division.getInfo().getCurrentTerm())
                .setPreviousLog(
                        TermIndexProto.newBuilder().setTerm(last.getTerm()).setIndex(last.getIndex()))
                .setLeaderCommit(division.getRaftLog().getLastCommittedIndex())
                .build());
    }

    private static RaftGroup others(String fabric, RaftPeer own, List<Voter> voters) {
        return group(
                fabric,
                voters.stream()
                        .map(RaftLog::peer)
                        .filter(peer -> !peer.equals(own))
                        .toList());
    }

    private static WireException notTakenIn(String fabric, String self, IOException why) {
        return new WireException(
                ErrorCode.UNAVAILABLE,
                "cannot take part in the log of " + fabric + " anew as " + self
                        + ": no majority of the other voters agreed (" + why.getMessage() + ")",
                "Start the other nodes, and see that they reach one another.",
                why);
    }

    /** Those whose votes count as far as this server knows, by name; empty until it knows any. */
    Set<String> voters() {
        try {
            return server.getDivision(group).getRaftConf().getAllPeers().stream()
                    .map(peer -> peer.getId().toString())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException closed) {
            return Set.of();
        }
    }

    /**
     * Has the fabric go on without one voter that is no member, if there is one and this node leads.
     *
     * @param members by the state; none: that is not agreed on
     */
    void retain(Function<S, Set<String>> members) {
        if (!isLeader() || !isAppliedUpToConfiguration()) {
            return;
        }
        Set<String> names = members.apply(state.current().state());
        Set<String> voters = voters();
        Optional<String> superfluous =
                voters.stream().filter(name -> !names.contains(name)).findFirst();
        if (superfluous.isEmpty() || voters.stream().noneMatch(names::contains)) {
            return;
        }
        try {
            electorate.remove(RaftPeerId.valueOf(superfluous.get()));
            LOG.info("{} votes no more", superfluous.get());
        } catch (IOException e) {
            LOG.info("{} still votes: {}", superfluous.get(), e.getMessage());
        }
    }

    /** Who votes was made a member before; a state older than the vote may not know. One change at a time. */
    private boolean isAppliedUpToConfiguration() {
        try {
            RaftServer.Division division = server.getDivision(group);
            return division.getRaftConf().getPreviousPeers().isEmpty()
                    && division.getInfo().getLastAppliedIndex()
                            >= division.getRaftConf().getLogEntryIndex();
        } catch (IOException closed) {
            return false;
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

    static RaftGroup group(String fabric, List<RaftPeer> peers) {
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
        // A server that is not closed to its end keeps its folder locked.
        boolean interrupted = Thread.interrupted();
        try (server;
                client) {
            LOG.debug("Closing the log of {}", group);
        } catch (IOException e) {
            LOG.warn("Closing the log did not go well; what is on disk stays good", e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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

    static RaftPeer peer(Voter voter) {
        InetSocketAddress address = voter.address();
        return RaftPeer.newBuilder()
                .setId(voter.id())
                .setAddress(address.getAddress().getHostAddress() + ":" + address.getPort())
                .build();
    }
}
