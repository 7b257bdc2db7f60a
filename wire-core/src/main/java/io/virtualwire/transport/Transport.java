package io.virtualwire.transport;

import io.virtualwire.linux.DatagramFilter;

/**
 * Datagrams on the underlay, sent and received in runs.
 *
 * <p>A <em>run</em> is one contiguous piece of bytes cut into datagrams of equal size, of which the last may be shorter. It
 * stays one call into the kernel and, where the underlay allows, one on the other side.
 *
 * <ul>
 *   <li><b>Thread.</b> Every method is called, and the sink is called, on the loop that the transport was opened on.
 *   <li><b>Ownership.</b> The caller keeps the bytes it sends: they are its own again when {@link #send} returns. The bytes
 *       given to the sink belong to the transport and are valid during the call; the sink may overwrite them (decrypt in
 *       place) but not keep them. A sink may send, and may close the transport.
 *   <li><b>Loss.</b> Datagrams may be lost, reordered, and delayed, and runs may arrive cut or joined otherwise than they
 *       were sent; a datagram is never cut. Nothing is queued here beyond the socket's buffers.
 *   <li><b>Close.</b> Is idempotent; after it nothing is sent and the sink is not called again.
 * </ul>
 */
public interface Transport extends AutoCloseable {
    /** Most datagrams in one run. */
    int MAX_SEGMENTS = 64;
    /** Most bytes in one run; beyond it Linux accepts a run that then arrives in pieces. */
    int MAX_RUN_BYTES = 64_000;

    /** Where datagrams are received: the bound address with the port that was really given. */
    UnderlayAddress localAddress();

    /** Says who receives; until then what arrives waits in the socket's buffer. Called once. */
    void attach(DatagramSink sink);

    /**
     * Sends one run to one address.
     *
     * @param length 1 to {@link #MAX_RUN_BYTES}, at most {@link #MAX_SEGMENTS} datagrams
     * @param segmentSize bytes of each datagram but the last
     */
    SendOutcome send(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize);

    /**
     * The largest UDP payload that the local link on the way to {@code remote} takes, as far as the host knows; 1,232 if it
     * does not. A cold call.
     */
    int linkBudget(UnderlayAddress remote);

    /**
     * Asks that datagrams which this filter does not take be dropped before they cost us anything, where that is possible; it is not
     * promised.
     */
    default void guard(DatagramFilter filter) {}

    /** Takes everything again. */
    default void unguard() {}

    /** What has passed, and what was dropped here and why. */
    TransportCounters counters();

    @Override
    void close();
}
