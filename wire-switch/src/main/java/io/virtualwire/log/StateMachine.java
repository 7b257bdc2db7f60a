package io.virtualwire.log;

/**
 * What the commands of a log amount to; pure, so that every node comes to the same state.
 *
 * <p>{@link #apply} must depend on its arguments alone: no clock, no randomness, no iteration over unordered
 * collections. Time and identity that a command needs travel in the command.
 */
public interface StateMachine<C, S> {
    /** The state before any command. */
    S initial();

    /**
     * The state after one more command.
     *
     * @param index the command's place in the log, usable as a version
     * @throws io.virtualwire.control.WireException to refuse the command; the state stays as it was
     */
    S apply(S state, C command, long index);

    /** How commands are written to the log. */
    Codec<C> commands();

    /** How states are written to snapshots. */
    Codec<S> states();
}
