package io.virtualwire.kernel;

/**
 * What the kernel knows of a leg.
 *
 * @param current whether the side sends to it
 * @param frames how many came from it
 */
public record LegReport(int receiveVni, long generation, LegState state, boolean current, long frames) {}
