package io.virtualwire.cluster;

import io.virtualwire.control.Identity;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which nodes of the fabric can be reached from here.
 *
 * <ol>
 *   <li>It is an observation and not an agreement: two nodes may see different members. Whoever acts on it claims in
 *       the log first.
 *   <li>A node that was killed is gone from {@link #present()} of every other within three seconds.
 *   <li>A listener first hears {@link MembershipEvent.Joined} for each node present, this one included, and then each
 *       change, on one thread, in the order of this node's observation. It must not block.
 * </ol>
 */
public interface Membership {
    /** The nodes that are there, this one included. */
    Set<Identity> present();

    /** Calls a listener with what is there and with each change. */
    Registration onChange(Consumer<MembershipEvent> listener);
}
