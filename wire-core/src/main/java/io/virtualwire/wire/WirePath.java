package io.virtualwire.wire;

import io.virtualwire.control.Identity;

/**
 * The way to one peer daemon: what an association offers to wires.
 *
 * <p>Called on the owner thread only. Messages may be lost, reordered and delayed, never doubled and never forged; what is
 * {@linkplain #tell told} arrives in order or not at all.
 */
public interface WirePath {
    /** More than any frame takes. */
    int ANY_DATAGRAMS = 1_024;

    /** The peer daemon, as authenticated. */
    Identity peer();

    /** Whether messages can be sent now, that is, a session is ready. */
    boolean isUp();

    /** Whether nothing has come from the peer for so long that it may be dead, or cut off: seconds, not one lost answer. */
    default boolean isSilent() {
        return !isUp();
    }

    /** How many payload bytes one message can carry under the present path MTU; sealed and plain alike. */
    int payloadBudget();

    /**
     * Of how many datagrams a frame should consist at most, one or more: each that is lost costs all of it. {@link #ANY_DATAGRAMS}
     * where hardly any is lost.
     */
    default int datagramsPerFrame() {
        return ANY_DATAGRAMS;
    }

    /**
     * Queues one message; header and payload are copied before this returns.
     *
     * <p>Messages queued one after the other with equal payload lengths (the last may be shorter) leave in one system call.
     *
     * @param plain whether the payload may travel in the clear
     * @param length at most {@link #payloadBudget()}
     * @return false if it was dropped because no session is up or the path is full; counted there
     */
    boolean send(MessageHeader header, boolean plain, byte[] payload, int offset, int length);

    /**
     * The same in two copies where the way may lose one: for what is short, and whose loss would cost much that is longer. The peer
     * takes the one that comes first.
     */
    default boolean sendTwice(MessageHeader header, boolean plain, byte[] payload, int offset, int length) {
        return send(header, plain, payload, offset, length);
    }

    /** Hands everything queued to the kernel. The owner also does so at the end of every turn of the loop. */
    void flush();

    /** Sends on the control stream; false if there is none now. Everything is repeated when a session comes up. */
    boolean tell(PeerMessage message);
}
