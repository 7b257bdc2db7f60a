package io.virtualwire.handoff;

import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideStatus;
import java.util.Optional;

/** What a handoff asks of the wire engine; {@link io.virtualwire.wire.WireEngine} does it, a test may record it. */
public interface HandoffWires {
    void activate(ComponentPort port);

    void yield(ComponentPort port);

    void disconnect(ComponentPort port, Generation generation);

    Optional<SideStatus> status(ComponentPort port);

    /** Says something to another node; false if that is not possible now, then it is said again later. */
    boolean tell(Identity node, PeerMessage message);
}
