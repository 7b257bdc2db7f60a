package io.virtualwire.component;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.port.Port;

/**
 * Something with wires plugged into it that decides what becomes of their frames, and that can move between nodes.
 *
 * <ul>
 *   <li><b>Thread.</b> Every method is called on the loop that owns the data path, and none blocks.
 *   <li><b>One decider.</b> A component does not decide until it is told to; until then, and after it was told to stop, what
 *       reaches it is dropped and counted. Between nodes the wires hold or relay frames meanwhile, so none does.
 *   <li><b>One step.</b> {@link #startDeciding} and {@link #stopDeciding} have taken full effect when they return.
 *   <li><b>State.</b> What {@code stopDeciding} answers is all that another instance needs to go on; {@link #state} is the
 *       same, taken while deciding, for the case that there is no other chance. Ports are in it by name.
 * </ul>
 */
public interface Component {

    /** The component's name in its fabric. */
    String name();

    /** Goes by these settings from now on; may be called at any time, and again with the same. */
    void configure(BridgeSettings settings);

    /** The port of this name, made if it is new: the end that is given to the wire stack. */
    Port addPort(String port);

    /** Closes the port and forgets it; nothing happens if there is none. */
    void removePort(String port);

    /** Decides from now on, from this state. */
    void startDeciding(JsonNode state);

    /** Decides no longer; the state at that moment. */
    JsonNode stopDeciding();

    boolean isDeciding();

    /** The state as it is now. */
    JsonNode state();

    /** Rises whenever {@link #state} changes in a way that a successor would miss. */
    long stateVersion();

    /** The port that leads where this one leads, and for which this one is therefore blocked; empty if it forwards. */
    String blockedFor(String port);

    /** What people see of it. */
    ComponentStatus status();
}
