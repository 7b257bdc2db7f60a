package io.virtualwire.client;

/**
 * What a daemon says of a revocation list that somebody brought.
 *
 * @param number the list's
 * @param news whether it was newer than the one that the daemon had
 */
public record RevocationsTaken(long number, boolean news) {}
