package io.virtualwire.log;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One node's view of a replicated sequence of commands and of the state that they amount to.
 *
 * <p>An implementation owes its users:
 *
 * <ol>
 *   <li><b>Durable.</b> An append succeeds only after a majority of the voting nodes has the command on disk; neither
 *       a crash of every node nor the loss of a minority's disks loses it.
 *   <li><b>Linearizable.</b> Each command takes effect once, at one moment between its append and its success, also
 *       when the append was forwarded or retried.
 *   <li><b>One order.</b> Every node applies the same commands in the same order with the same indices, each on the
 *       outcome of the one before.
 *   <li><b>Own writes.</b> When an append succeeds, {@link #current()} of this node includes it, and does so before
 *       the future completes.
 *   <li><b>Refusal.</b> A command that {@link StateMachine#apply} refuses changes nothing anywhere; its append fails
 *       with the same {@link io.virtualwire.control.WireException}.
 *   <li><b>Minority.</b> Without a majority nothing is agreed: an append fails with {@code UNAVAILABLE} within
 *       {@link LogSettings#patience()}. It <em>may</em> still take effect later, so commands must be safe to repeat;
 *       {@link #current()} goes on answering with what was known.
 *   <li><b>Level.</b> A listener is called with the state as it is when it registers, and then with each newer one, by
 *       one thread, indices ascending. States in between may be left out (after a snapshot), the newest never is.
 *   <li><b>Nothing blocks.</b> No method but {@link #close} waits for a disk or another node. Listeners and state
 *       machines in turn must not block, nor wait for an append.
 * </ol>
 *
 * @param <C> the commands
 * @param <S> the state, immutable
 */
public interface FabricLog<C, S> extends AutoCloseable {
    /** Proposes a command; completes with a state that includes its effect. */
    CompletableFuture<Applied<S>> append(C command);

    /** What this node has applied; may lag behind the other nodes. */
    Applied<S> current();

    /** What all nodes together have agreed on by now: includes every append that has succeeded anywhere. */
    CompletableFuture<Applied<S>> latest();

    /** Calls a listener with the current state and with each newer one, until the registration is closed. */
    Registration onChange(Consumer<Applied<S>> listener);

    /** Whether this node leads now: a hint about where appends are fastest, never a licence to act. */
    boolean isLeader();

    /** Stops taking part; what is on disk stays. */
    @Override
    void close();

    /** A listener's place in the list. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
