package io.virtualwire.log;

import java.net.InetSocketAddress;

/**
 * A node that votes on the order of commands.
 *
 * @param id the node's name, the same for all time
 * @param address where its log service listens, as every voter sees it
 */
public record Voter(String id, InetSocketAddress address) {}
