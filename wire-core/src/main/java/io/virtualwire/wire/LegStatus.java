package io.virtualwire.wire;

/**
 * How far two daemons have agreed about a leg.
 *
 * @param agreed whether each has named the other and heard it
 * @param pathUp whether a session to that daemon is ready
 * @param plain whether payloads travel in the clear
 * @param payloadBudget payload bytes that one datagram carries now; 0 while there is no session
 * @param vni by which VNI the kernel here would hear the peer; 0: frames are to pass this process
 * @param peerVni by which VNI the peer's kernel would hear this one; 0: it has not said one
 */
public record LegStatus(boolean agreed, boolean pathUp, boolean plain, int payloadBudget, int vni, int peerVni) {
    /** Of frames that pass the processes. */
    public LegStatus(boolean agreed, boolean pathUp, boolean plain, int payloadBudget) {
        this(agreed, pathUp, plain, payloadBudget, 0, 0);
    }

    /** Whether both kernels may carry its frames. */
    public boolean bypasses() {
        return agreed && vni != 0 && peerVni != 0;
    }
}
