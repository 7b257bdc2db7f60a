package io.virtualwire.migration;

import io.virtualwire.component.Component;
import io.virtualwire.control.Generation;
import io.virtualwire.handoff.HandoffEvent;
import java.util.Set;

/** Who is told what a keeper does; on the owner thread, must not block. */
public interface KeeperObserver {

    /** The component decides here from now on. */
    void decides(Component component);

    /** The component does not decide here any more. */
    void decidesNoLonger(Component component);

    /** A component that is to move here waits for these hosts, which do not answer this node; for none any more if empty. */
    void waitsFor(String component, Generation generation, Set<String> hosts);

    /** A step of a handoff. */
    void happened(HandoffEvent event);
}
