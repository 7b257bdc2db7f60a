package io.virtualwire.testkit.fabric;

/**
 * What became of all frames of a run.
 *
 * @param excused not delivered, for a reason that the invariants allow
 * @param notSent of those, frames for which the guest's side had nowhere to send
 * @param lateOrder delivered out of order after a bound was exceeded and counted
 */
public record Tally(long sent, long delivered, long excused, long notSent, long lateOrder) {}
