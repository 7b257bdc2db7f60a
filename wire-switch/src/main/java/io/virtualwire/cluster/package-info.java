/**
 * Which nodes of a user's fabric are there, and what they share that may be rebuilt: membership, the event bus and
 * replicated tables, all of it through {@link io.virtualwire.cluster.ClusterTunnel}. Only this package touches
 * Hazelcast.
 */
@NullMarked
package io.virtualwire.cluster;

import org.jspecify.annotations.NullMarked;
