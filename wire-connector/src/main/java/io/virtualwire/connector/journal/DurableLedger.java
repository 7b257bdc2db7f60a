package io.virtualwire.connector.journal;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link Ledger} that is on disk before anybody is told: one thread decides, writes and carries out.
 *
 * <p>Group commit: whatever waits when the thread comes round is decided one after the other, written as one frame with one
 * force, and then carried out and answered in the same order. If it cannot be written everything is taken back, last
 * first, and all who waited are told.
 */
public final class DurableLedger implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DurableLedger.class);
    private static final int LARGEST_GROUP = 1024;
    private static final long PAUSE_NANOS = 20_000_000L;

    private final JournalFolder folder;
    private final Journal journal;
    private final Ledger ledger;
    private final BlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;
    /** Another process has the journal. */
    private volatile boolean bequeathed;

    private volatile JournalFigures figures;

    DurableLedger(JournalFolder folder, boolean salvage) {
        this.folder = folder;
        this.ledger = new Ledger();
        this.journal = Journal.open(folder, salvage, ledger::apply);
        compactIfDue();
        this.figures = new JournalFigures(journal.length(), 0, 0, 0, "");
        this.thread = Thread.ofPlatform().name("connector-journal").daemon().start(this::run);
    }

    /**
     * Opens the journal in a state folder and replays it.
     *
     * @param salvage whether to go on after damage instead of refusing to start
     */
    public static DurableLedger open(Path stateFolder, boolean salvage) {
        DiskFolder disk = DiskFolder.take(stateFolder);
        try {
            return new DurableLedger(disk, salvage);
        } catch (RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    /** Fails if the journal there could not be opened by this release; whoever has it is not disturbed. */
    public static void examine(Path stateFolder) {
        Journal.examine(DiskFolder.of(stateFolder));
    }

    /** Makes a change and waits until it is on disk and carried out. */
    public <T> T change(LedgerChange<T> change) {
        return await(enqueue(new Change<>(change, new CompletableFuture<>())));
    }

    /** Makes a change without waiting for it; if it fails that is logged. */
    public void changeLater(LedgerChange<?> change) {
        synchronized (queue) {
            if (closed) {
                return;
            }
            enqueue(new Change<>(change, new CompletableFuture<>())).exceptionally(e -> {
                log.warn("a change nobody waits for failed: {}", e.getMessage());
                return null;
            });
        }
    }

    /** Reads from the ledger between two changes. */
    public <T> T read(Function<Ledger, T> question) {
        return await(enqueue(new Question<>(question, new CompletableFuture<>())));
    }

    /**
     * Stands still and lets go of the folder while somebody decides: if the answer is true another process has the journal now,
     * this one has ended, and all who still wait are told so; else it goes on.
     *
     * @param taken how long another process may need to let go of the folder again
     */
    public boolean bequeath(BooleanSupplier taken, Duration patience) {
        return read(it -> {
            if (folder instanceof DiskFolder disk) {
                disk.letGo();
            }
            boolean gone = false;
            try {
                gone = taken.getAsBoolean();
            } finally {
                bequeathed = gone;
                if (!gone) {
                    takeAgain(patience);
                }
            }
            return gone;
        });
    }

    private void takeAgain(Duration patience) {
        if (!(folder instanceof DiskFolder disk)) {
            return;
        }
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                disk.takeAgain();
                return;
            } catch (WireException e) {
                if (e.code() != ErrorCode.IN_USE || System.nanoTime() - end > 0) {
                    // Another process keeps the journal though it did not take over: it is that one's now.
                    bequeathed = true;
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** How the journal does. */
    public JournalFigures figures() {
        return figures;
    }

    /** Ends the thread after what was asked before; nothing needs to be saved. */
    @Override
    public void close() {
        synchronized (queue) {
            closed = true;
            queue.add(new Question<>(it -> it, new CompletableFuture<>()));
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        journal.close();
        if (folder instanceof DiskFolder disk) {
            disk.close();
        }
    }

    /** How many wait for their turn. */
    int waiting() {
        return queue.size();
    }

    /* Under the same lock as the end, so that nothing is queued that nobody will take. */
    private <T> CompletableFuture<T> enqueue(Waiting<T> waiting) {
        synchronized (queue) {
            if (closed) {
                throw stopped();
            }
            queue.add(waiting);
        }
        return waiting.answer();
    }

    private static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WireException(
                    ErrorCode.TIMEOUT, "interrupted while waiting for the journal", "repeat the request", e);
        } catch (ExecutionException e) {
            throw switch (e.getCause()) {
                case WireException refused -> refused;
                case null, default ->
                    new WireException(ErrorCode.INTERNAL, "the journal failed: " + e.getCause(), "", e);
            };
        }
    }

    private void run() {
        List<Waiting<?>> group = new ArrayList<>();
        while (true) {
            group.clear();
            try {
                group.add(queue.take());
            } catch (InterruptedException e) {
                return;
            }
            queue.drainTo(group, LARGEST_GROUP - 1);
            if (bequeathed) {
                group.forEach(waiting -> waiting.answer().completeExceptionally(stopped()));
            } else {
                commit(group);
            }
            if (closed && queue.isEmpty()) {
                return;
            }
            if (!bequeathed) {
                compactIfDue();
            }
        }
    }

    private void compactIfDue() {
        if (journal.wantsCompaction(ledger.size(), ledger.journalVersion())) {
            journal.compact(ledger.entries());
        }
    }

    private void commit(List<Waiting<?>> group) {
        List<JournalEntry> added = new ArrayList<>();
        List<Runnable> undo = new ArrayList<>();
        List<Change<?>> accepted = new ArrayList<>();
        List<Question<?>> questions = new ArrayList<>();
        int version = group.stream()
                .mapToInt(waiting ->
                        waiting instanceof Change<?> change ? change.change().journalVersion() : 1)
                .max()
                .orElse(1);
        List<JournalEntry> alive = journal.mustBeRewritten(version) ? ledger.entries() : List.of();
        for (Waiting<?> waiting : group) {
            switch (waiting) {
                case Question<?> question -> questions.add(question);
                case Change<?> change -> decide(change, added, undo, accepted);
            }
        }
        try {
            if (!added.isEmpty()) {
                long began = System.nanoTime();
                journal.append(added, alive);
                figures = figures.committed(journal.length(), System.nanoTime() - began);
            }
        } catch (RuntimeException e) {
            figures = figures.failed(String.valueOf(e.getMessage()));
            log.error("{}", e.getMessage());
            undo.reversed().forEach(Runnable::run);
            accepted.forEach(change -> change.answer().completeExceptionally(e));
            accepted.clear();
        }
        accepted.forEach(Change::carryOut);
        questions.forEach(question -> question.ask(ledger));
    }

    private void decide(Change<?> change, List<JournalEntry> added, List<Runnable> undo, List<Change<?>> accepted) {
        try {
            List<JournalEntry> entries = change.change().decide(ledger);
            undo.add(change.change()::undo);
            for (JournalEntry entry : entries) {
                undo.add(ledger.apply(entry));
                added.add(entry);
            }
            accepted.add(change);
        } catch (RuntimeException e) {
            change.answer().completeExceptionally(e);
        }
    }

    private static WireException stopped() {
        return new WireException(
                ErrorCode.UNAVAILABLE, "this connector is stopping or being replaced", "repeat the request");
    }

    private sealed interface Waiting<T> {
        CompletableFuture<T> answer();
    }

    private record Change<T>(LedgerChange<T> change, CompletableFuture<T> answer) implements Waiting<T> {
        void carryOut() {
            try {
                answer.complete(change.carryOut());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }

    private record Question<T>(Function<Ledger, T> question, CompletableFuture<T> answer) implements Waiting<T> {
        void ask(Ledger ledger) {
            try {
                answer.complete(question.apply(ledger));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
