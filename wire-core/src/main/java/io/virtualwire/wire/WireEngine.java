package io.virtualwire.wire;

import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.port.Port;
import io.virtualwire.transport.Loop;
import java.util.List;
import java.util.Optional;

/**
 * The wire sides of one daemon: connects them, carries their frames, and moves them without losing any.
 *
 * <p>Lives on the owner thread of the data path: every method is called there, and every call into it is made there. A
 * command that cannot be carried out throws {@link io.virtualwire.control.WireException} and changes nothing; trouble on
 * the data path is counted.
 */
public final class WireEngine implements PathListener {

    /**
     * @param paths how peer daemons are reached; what they report is to be given to this engine
     * @param observer told what happens
     */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer) {
        this(loop, paths, observer, MoveRules.ALL);
    }

    /** An engine that keeps only some rules; for tests of tests. */
    public WireEngine(Loop loop, PathDirectory paths, WireObserver observer, MoveRules rules) {}

    /**
     * Makes, replaces or completes a side; docs/wire-protocol.md section 4.1 says which. Idempotent.
     *
     * <p>May come before the endpoint's port: then frames for it are dropped and counted.
     *
     * @throws io.virtualwire.control.WireException STALE_GENERATION, GENERATION_CONFLICT, IN_USE if the endpoint belongs to
     *     another side, BAD_REQUEST
     */
    public SideStatus connect(ConnectRequest request) {
        throw new UnsupportedOperationException();
    }

    /**
     * Removes a side; succeeds if it is not there. A generation higher than the record's removes it too, and is remembered.
     *
     * @throws io.virtualwire.control.WireException STALE_GENERATION if the record's generation is higher
     */
    public void disconnect(WireId wire, Side side, Generation generation) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a standby side active; nothing happens if it is already. Not kept over a restart: whoever restores sides calls it
     * again.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it has yielded or been superseded
     */
    public SideStatus activate(WireId wire, Side side) {
        throw new UnsupportedOperationException();
    }

    /**
     * Makes a side mute; what still arrives is relayed to {@code relayTo}. Nothing happens if it has yielded already.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it resumed and not every peer knows yet
     */
    public SideStatus yieldSide(WireId wire, Side side) {
        throw new UnsupportedOperationException();
    }

    /**
     * Takes a yield back: the successor never came up. What was relayed to it meanwhile is lost.
     *
     * @throws io.virtualwire.control.WireException NOT_FOUND, or WRONG_STATE if it was superseded
     */
    public SideStatus resume(WireId wire, Side side) {
        throw new UnsupportedOperationException();
    }

    /** Gives the endpoint of this name its port; frames flow between it and its side from now on. Replaces a former one. */
    public void addPort(String endpoint, Port port, Activation activation) {
        throw new UnsupportedOperationException();
    }

    /** {@link #addPort(String, Port, Activation)} with activation by command only. */
    public void addPort(String endpoint, Port port) {
        addPort(endpoint, port, Activation.BY_COMMAND);
    }

    /** Takes the endpoint's port away (it is not closed); its side stays. */
    public void removePort(String endpoint) {
        throw new UnsupportedOperationException();
    }

    /** Says something on the control stream to a daemon to which there is a leg; false if that is not possible now. */
    public boolean tell(Identity peer, PeerMessage message) {
        throw new UnsupportedOperationException();
    }

    /** The side's newest record. */
    public Optional<SideStatus> side(WireId wire, Side side) {
        throw new UnsupportedOperationException();
    }

    /** All sides, newest records only. */
    public List<SideStatus> sides() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void sessionUp(WirePath path, boolean newInstance) {}

    @Override
    public void sessionDown(WirePath path) {}

    @Override
    public void message(WirePath path, MessageHeader header, boolean plain, byte[] bytes, int offset, int length) {}

    @Override
    public void told(WirePath path, PeerMessage message) {}
}
