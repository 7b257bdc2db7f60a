/**
 * A node of the user's fabric: the process that runs components, and all that it is assembled from.
 *
 * <p>{@link io.virtualwire.node.Node} joins the wire stack, the cluster, the log and the REST interface;
 * {@link io.virtualwire.node.Reconciler} compares what is agreed with what is here, and acts.
 */
@NullMarked
package io.virtualwire.node;

import org.jspecify.annotations.NullMarked;
