package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A log that opens later: until then nothing is known, and nothing can be agreed. */
final class LateLog<C, S> implements FabricLog<C, S> {
    private final Applied<S> initial;
    private final List<Waiting<S>> waiting = new ArrayList<>();
    private volatile @Nullable FabricLog<C, S> opened;
    private volatile String why = "it has just started";
    private boolean closed;

    LateLog(StateMachine<C, S> machine) {
        this.initial = new Applied<>(-1, machine.initial());
    }

    /** What it waits for, as a person reads it. */
    void waitsFor(String reason) {
        why = reason;
    }

    /** From now on this is that log; closes it if nobody wants it any more. */
    void open(FabricLog<C, S> log) {
        List<Waiting<S>> listeners;
        synchronized (this) {
            if (!closed) {
                opened = log;
            }
            listeners = opened == null ? List.of() : List.copyOf(waiting);
            waiting.clear();
        }
        if (opened == null) {
            log.close();
        }
        listeners.forEach(listener -> listener.listenTo(log));
    }

    @Override
    public CompletableFuture<Applied<S>> append(C command) {
        FabricLog<C, S> log = opened;
        return log == null ? notYet("append a command") : log.append(command);
    }

    @Override
    public Applied<S> current() {
        FabricLog<C, S> log = opened;
        return log == null ? initial : log.current();
    }

    @Override
    public CompletableFuture<Applied<S>> latest() {
        FabricLog<C, S> log = opened;
        return log == null ? notYet("read what is agreed") : log.latest();
    }

    @Override
    public Registration onChange(Consumer<Applied<S>> listener) {
        Waiting<S> entry = new Waiting<>(listener);
        FabricLog<C, S> log;
        synchronized (this) {
            log = opened;
            if (log == null) {
                waiting.add(entry);
            }
        }
        if (log != null) {
            entry.listenTo(log);
        }
        return entry;
    }

    @Override
    public boolean isLeader() {
        FabricLog<C, S> log = opened;
        return log != null && log.isLeader();
    }

    @Override
    public void close() {
        FabricLog<C, S> log;
        synchronized (this) {
            closed = true;
            log = opened;
        }
        if (log != null) {
            log.close();
        }
    }

    private CompletableFuture<Applied<S>> notYet(String attempt) {
        return CompletableFuture.failedFuture(new WireException(
                ErrorCode.UNAVAILABLE,
                "cannot " + attempt + ": this node takes no part in the log yet: " + why,
                "Start the other nodes, see that they reach one another, then repeat."));
    }

    /** A listener that came before the log. */
    private static final class Waiting<S> implements Registration {
        private final Consumer<Applied<S>> listener;
        private @Nullable Registration registration;
        private boolean ended;

        Waiting(Consumer<Applied<S>> listener) {
            this.listener = listener;
        }

        synchronized void listenTo(FabricLog<?, S> log) {
            if (!ended) {
                registration = log.onChange(listener);
            }
        }

        @Override
        public synchronized void close() {
            ended = true;
            if (registration != null) {
                registration.close();
            }
        }
    }
}
