package io.virtualwire.wire;

/**
 * How far two daemons have agreed about a leg.
 *
 * @param agreed whether each has named the other and heard it
 * @param pathUp whether a session to that daemon is ready
 * @param plain whether payloads travel in the clear
 * @param payloadBudget payload bytes that one datagram carries now; 0 while there is no session
 */
public record LegStatus(boolean agreed, boolean pathUp, boolean plain, int payloadBudget) {}
