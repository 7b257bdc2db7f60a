package io.virtualwire.node;

/**
 * A move that was agreed on.
 *
 * @param to the host or the node
 * @param why that one was chosen of its cloud; empty if it was named
 */
record BegunMove(long generation, String to, String why) {}
