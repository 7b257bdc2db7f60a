package io.virtualwire.log;

import io.virtualwire.control.WireException;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.NavigableMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies agreed commands one after the other, writes the outcome to snapshots, and lets readers wait for an index.
 *
 * <p>Ratis calls {@link #applyTransaction} and {@link #takeSnapshot} on one thread; readers come from any.
 */
final class ReplicatedState<C, S> extends BaseStateMachine {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicatedState.class);

    private final StateMachine<C, S> machine;
    private final Consumer<Applied<S>> changed;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final NavigableMap<Long, CompletableFuture<Applied<S>>> waiting = new ConcurrentSkipListMap<>();
    private volatile Applied<S> current;
    private volatile @Nullable WireException stopped;

    ReplicatedState(StateMachine<C, S> machine, Consumer<Applied<S>> changed) {
        this.machine = machine;
        this.changed = changed;
        this.current = new Applied<>(-1, machine.initial());
    }

    Applied<S> current() {
        return current;
    }

    /** Why nothing will be applied here any more; null as long as something will. */
    @Nullable
    WireException stopped() {
        return stopped;
    }

    /** Completes once the entry of that index is part of the current state. */
    CompletableFuture<Applied<S>> reached(long index) {
        WireException reason = stopped;
        if (reason != null) {
            return CompletableFuture.failedFuture(reason);
        }
        CompletableFuture<Applied<S>> future = waiting.computeIfAbsent(index, _ -> new CompletableFuture<>());
        // Again after registering: the entry may have been applied in between.
        release(current);
        return future;
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId group, RaftStorage raftStorage) throws IOException {
        super.initialize(server, group, raftStorage);
        storage.init(raftStorage);
        load();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    /* The leader has sent a snapshot in place of entries that it no longer holds: stop, then load it. */
    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        load();
        getLifeCycle().transition(LifeCycle.State.STARTING);
        getLifeCycle().transition(LifeCycle.State.RUNNING);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        TermIndex position = TermIndex.valueOf(transaction.getLogEntry());
        byte[] command =
                transaction.getLogEntry().getStateMachineLogEntry().getLogData().toByteArray();
        S next = current.state();
        Outcome outcome;
        try {
            next = machine.apply(next, command, position.getIndex());
            outcome = Outcome.applied(position.getIndex());
        } catch (WireException refusal) {
            outcome = Outcome.refused(position.getIndex(), refusal);
        } catch (NewerReleaseNeeded tooNew) {
            // Ratis ends this voter for it: it must neither lead nor answer with a state that lacks an entry.
            LOG.error("This node takes no part in the log any more: {}", tooNew.getMessage());
            stopped = tooNew.refusal();
            abandon(stopped);
            throw tooNew;
        }
        updateLastAppliedTermIndex(position);
        become(new Applied<>(position.getIndex(), next));
        return CompletableFuture.completedFuture(outcome.message());
    }

    @Override
    public CompletableFuture<Message> query(Message request) {
        return CompletableFuture.completedFuture(
                Outcome.applied(current.index()).message());
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex position = getLastAppliedTermIndex();
        File file = storage.getSnapshotFile(position.getTerm(), position.getIndex());
        Path draft = file.toPath().resolveSibling("." + file.getName());
        try (FileChannel channel = FileChannel.open(
                draft, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(machine.states().encode(current.state()));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(draft, file.toPath(), StandardCopyOption.ATOMIC_MOVE);
        MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file);
        storage.updateLatestSnapshot(new SingleFileSnapshotInfo(new FileInfo(file.toPath(), digest), position));
        return position.getIndex();
    }

    /** Fails everybody who still waits; nothing will be applied any more. */
    void abandon(WireException reason) {
        waiting.values().forEach(future -> future.completeExceptionally(reason));
        waiting.clear();
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
        if (snapshot == null) {
            return;
        }
        Path file = snapshot.getFile().getPath();
        MD5Hash digest = snapshot.getFile().getFileDigest();
        if (digest != null) {
            MD5FileUtil.verifySavedMD5(file.toFile(), digest);
        }
        TermIndex position = SimpleStateMachineStorage.getTermIndexFromSnapshotFile(file.toFile());
        S state = machine.states().decode(Files.readAllBytes(file));
        updateLastAppliedTermIndex(position);
        become(new Applied<>(position.getIndex(), state));
    }

    private void become(Applied<S> applied) {
        current = applied;
        changed.accept(applied);
        release(applied);
    }

    private void release(Applied<S> applied) {
        NavigableMap<Long, CompletableFuture<Applied<S>>> due = waiting.headMap(applied.index(), true);
        for (Long index : due.keySet()) {
            CompletableFuture<Applied<S>> future = waiting.remove(index);
            if (future != null) {
                future.complete(applied);
            }
        }
    }
}
