package io.virtualwire.wire;

import io.virtualwire.control.Identity;

/** Who is told what happens to the wires of a daemon; called on the owner thread, must not block. */
public interface WireObserver {

    void happened(SideEvent event);

    /** The same, with when it happened by the loop's monotonic clock. */
    default void happened(SideEvent event, long nanoTime) {
        happened(event);
    }

    /** A peer said something on the control stream that is not about legs: a component's handoff. */
    default void told(Identity peer, PeerMessage message) {}

    /** A session to this peer became ready: what must reach it is to be said again. */
    default void sessionUp(Identity peer, boolean newInstance) {}
}
