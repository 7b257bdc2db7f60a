package io.virtualwire.log;

/**
 * A state and the index of the last log entry that has gone into it.
 *
 * @param index ascending, with gaps: the log has entries of its own; -1 before the first
 */
public record Applied<S>(long index, S state) {}
