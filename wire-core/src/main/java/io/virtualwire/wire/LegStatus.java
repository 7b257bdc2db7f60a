package io.virtualwire.wire;

/**
 * How far two daemons have agreed about a leg.
 *
 * @param agreed whether each has named the other and heard it
 * @param pathUp whether a session to that daemon is ready
 * @param silent whether nothing came from that daemon for so long that it may be dead, or cut off
 * @param plain whether payloads travel in the clear
 * @param payloadBudget payload bytes that one datagram carries now; 0 while there is no session
 * @param vni by which VNI the kernel here would hear the peer; 0: frames are to pass this process
 * @param peerVni by which VNI the peer's kernel would hear this one; 0: it has not said one
 */
public record LegStatus(
        boolean agreed, boolean pathUp, boolean silent, boolean plain, int payloadBudget, int vni, int peerVni) {
    /** Of a daemon that was heard of lately, if there is a session to it. */
    public LegStatus(boolean agreed, boolean pathUp, boolean plain, int payloadBudget, int vni, int peerVni) {
        this(agreed, pathUp, !pathUp, plain, payloadBudget, vni, peerVni);
    }

    /** Of frames that pass the processes. */
    public LegStatus(boolean agreed, boolean pathUp, boolean plain, int payloadBudget) {
        this(agreed, pathUp, plain, payloadBudget, 0, 0);
    }

    /** Whether both kernels may carry its frames. */
    public boolean bypasses() {
        return agreed && vni != 0 && peerVni != 0;
    }
}
