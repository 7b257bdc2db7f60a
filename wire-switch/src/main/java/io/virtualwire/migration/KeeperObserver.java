package io.virtualwire.migration;

import io.virtualwire.component.Component;
import io.virtualwire.handoff.HandoffEvent;

/** Who is told what a keeper does; on the owner thread, must not block. */
public interface KeeperObserver {

    /** The component decides here from now on. */
    void decides(Component component);

    /** The component does not decide here any more. */
    void decidesNoLonger(Component component);

    /** A step of a handoff. */
    void happened(HandoffEvent event);
}
