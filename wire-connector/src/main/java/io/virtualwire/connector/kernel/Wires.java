package io.virtualwire.connector.kernel;

import io.virtualwire.connector.journal.SideKey;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.wire.SideStatus;
import java.util.Map;
import java.util.Optional;

/** The sides of wires as the wire stack has them. Safe for every thread. */
public interface Wires {
    Identity self();

    Optional<SideStatus> side(SideKey key);

    /** Makes the side's offers again, since what they say of the kernel has changed. */
    void offerAgain(SideKey key);

    SideStatus activate(SideKey key);

    /**
     * What is known of the daemons at the far ends.
     *
     * @param addresses where each one's datagrams have been proven to come from, {@code address:port}
     * @param withdrawn who proved to be a member once, and has no authority standing for it any more; and why
     */
    record Peers(Map<Identity, String> addresses, Map<Identity, String> withdrawn) {}

    Peers peers();

    /** How the stack calls it. */
    WireId name(SideKey key);

    /** Whose side it is. */
    SideKey key(WireId wire, Side side);
}
