package io.virtualwire.log;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;

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

    /**
     * The same for a command as it stands in the log, whoever wrote it there: what makes no sense is refused on every node alike,
     * since a node that stopped at it would stop at it again after each restart.
     *
     * @throws NewerReleaseNeeded if other nodes understand the command and this one does not
     */
    default S apply(S state, byte[] command, long index) {
        try {
            return apply(state, commands().decode(command), index);
        } catch (WireException | NewerReleaseNeeded refusal) {
            throw refusal;
        } catch (RuntimeException senseless) {
            throw new WireException(
                    ErrorCode.CORRUPT,
                    "cannot apply entry " + index + " of the log: " + senseless,
                    "run one release on all nodes",
                    senseless);
        }
    }
}
