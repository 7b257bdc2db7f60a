package io.virtualwire.association;

/**
 * What one tenant's daemons lead through this one.
 *
 * @param streams connections now, each between two of its daemons
 * @param bytes so far, both ways
 */
public record RelayStatus(String tenant, int streams, long bytes) {}
