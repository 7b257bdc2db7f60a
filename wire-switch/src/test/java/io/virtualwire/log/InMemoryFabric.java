package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A fake: the nodes of one replicated log in one memory, agreeing within the caller's call.
 *
 * <p>Each node has its own copy of the state, made from encoded commands, and can be stopped and started; appends need
 * a majority of running nodes. Listeners run in the thread that appends.
 */
public final class InMemoryFabric<C, S> {
    private final StateMachine<C, S> machine;
    private final List<byte[]> entries = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();

    /** A fabric of that many running nodes. */
    public InMemoryFabric(StateMachine<C, S> machine, int size) {
        this.machine = machine;
        for (int number = 0; number < size; number++) {
            nodes.add(new Node());
        }
    }

    /** One node's view; stays the same object when the node is stopped and started. */
    public FabricLog<C, S> log(int node) {
        return nodes.get(node);
    }

    /** Cuts a node off; it keeps what it has applied. */
    public synchronized void stop(int node) {
        nodes.get(node).running = false;
    }

    /** Lets a node take part again; it catches up at once. */
    public synchronized void start(int node) {
        nodes.get(node).running = true;
        nodes.get(node).catchUp();
    }

    private synchronized CompletableFuture<Applied<S>> append(Node through, C command) {
        if (!through.running || !majority()) {
            return CompletableFuture.failedFuture(noMajority());
        }
        entries.add(machine.commands().encode(command));
        WireException refusal = null;
        for (Node node : nodes) {
            if (node.running) {
                WireException told = node.catchUp();
                refusal = node == through ? told : refusal;
            }
        }
        return refusal == null
                ? CompletableFuture.completedFuture(through.current)
                : CompletableFuture.failedFuture(refusal);
    }

    private synchronized CompletableFuture<Applied<S>> latest(Node through) {
        return through.running && majority()
                ? CompletableFuture.completedFuture(through.current)
                : CompletableFuture.failedFuture(noMajority());
    }

    private boolean majority() {
        return 2 * nodes.stream().filter(node -> node.running).count() > nodes.size();
    }

    private static WireException noMajority() {
        return new WireException(
                ErrorCode.UNAVAILABLE, "Cannot agree on a command: no majority of the nodes answers", "Start nodes.");
    }

    private final class Node implements FabricLog<C, S> {
        private final Listeners<S> listeners = new Listeners<>(Runnable::run);
        private volatile Applied<S> current = new Applied<>(-1, machine.initial());
        private boolean running = true;

        @Nullable
        WireException catchUp() {
            WireException refusal = null;
            for (int index = (int) current.index() + 1; index < entries.size(); index++) {
                S next = current.state();
                refusal = null;
                try {
                    next = machine.apply(next, entries.get(index), index);
                } catch (WireException refused) {
                    refusal = refused;
                }
                current = new Applied<>(
                        index, machine.states().decode(machine.states().encode(next)));
                listeners.changed(current);
            }
            return refusal;
        }

        @Override
        public CompletableFuture<Applied<S>> append(C command) {
            return InMemoryFabric.this.append(this, command);
        }

        @Override
        public Applied<S> current() {
            return current;
        }

        @Override
        public CompletableFuture<Applied<S>> latest() {
            return InMemoryFabric.this.latest(this);
        }

        @Override
        public Registration onChange(Consumer<Applied<S>> listener) {
            return listeners.add(listener, current);
        }

        @Override
        public boolean isLeader() {
            synchronized (InMemoryFabric.this) {
                return majority()
                        && nodes.stream()
                                        .filter(node -> node.running)
                                        .findFirst()
                                        .orElse(this)
                                == this
                        && running;
            }
        }

        @Override
        public void close() {
            synchronized (InMemoryFabric.this) {
                running = false;
            }
        }
    }
}
