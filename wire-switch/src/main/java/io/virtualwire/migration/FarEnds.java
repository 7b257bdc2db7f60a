package io.virtualwire.migration;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.WireId;
import io.virtualwire.topology.WirePlace;
import io.virtualwire.topology.WireRecord;
import java.util.Map;

/**
 * The connectors at the other ends of a node's wires, and what their sides are to be.
 *
 * <p>Level-triggered: what is wanted is repeated until the connector has it, and again when it has lost it. A connector that
 * does not answer delays none but itself. Called on the owner thread; nothing blocks.
 */
public interface FarEnds {

    /**
     * The far side of this wire is to be so from now on; takes the place of what was wanted of it before. One that began as a
     * standby, because what it belongs to has moved there, is to be active.
     */
    void want(WireRecord wire, ConnectRequest request);

    /**
     * At these places the far side of the wire is to stand by, since what it belongs to moves there, or may; at others where it
     * was to, it does not matter any more how it is.
     */
    void wantAhead(WireRecord wire, Map<WirePlace, ConnectRequest> standbys);

    /** It does not matter any more how the far side of this wire is, wherever it is. */
    void forget(WireId wire);

    /** How far what is wanted at the places has come where the far side is to stand by; confirmed if there is none. */
    FarEndStatus aheadStatus(WireId wire);

    /** How far what is wanted of this wire's far side has come. */
    FarEndStatus status(WireId wire);

    /** Removes the far side, once; {@code done} runs on the owner thread if and when that has succeeded. */
    void remove(WireRecord wire, Runnable done);
}
