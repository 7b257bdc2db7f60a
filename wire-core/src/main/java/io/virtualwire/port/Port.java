package io.virtualwire.port;

import io.virtualwire.transport.Loop;

/**
 * Where frames enter and leave: an interface of a guest, or a component in this process.
 *
 * <p>A <em>frame</em> is a 12-byte {@linkplain io.virtualwire.frame.VirtioNetHeader virtio-net header} and the Ethernet
 * frame right behind it, without FCS, at most {@value #MAX_FRAME_BYTES} bytes in all. Its offloads travel with it: a port
 * that cannot take them finishes them itself ({@link io.virtualwire.frame.FinishOffloads}).
 *
 * <ul>
 *   <li><b>Thread.</b> Every method is called, and the sink is called, on the loop that the port belongs to.
 *   <li><b>Ownership.</b> Whoever passes bytes keeps them: they are valid during the call, in both directions, and the
 *       callee neither keeps nor changes them.
 *   <li><b>Trust.</b> A frame may come from a stranger. A port checks the header of what is delivered before it believes it,
 *       and of what it hands to the sink if the sender is not a kernel.
 *   <li><b>Loss.</b> A frame that does not come through is counted under a {@link DropReason}, never thrown.
 *   <li><b>Close.</b> Is idempotent; after it the sink is not called again and deliveries are dropped.
 * </ul>
 */
public interface Port extends AutoCloseable {
    /** The largest frame: 12 bytes of virtio-net header, 14 of Ethernet, a VLAN tag less one, 65,535 of IP. */
    int MAX_FRAME_BYTES = 65_562;
    /** The smallest frame: the virtio-net header and an Ethernet header. */
    int MIN_FRAME_BYTES = 26;

    PortId id();

    /** Says who gets what the guest sends, in place of who got it before. Until the first call nothing is passed on. */
    void attach(FrameSink sink);

    /**
     * Gives a frame to the guest.
     *
     * @return whether the guest has it; if not, a reason was counted
     */
    boolean deliver(byte[] bytes, int offset, int length);

    /**
     * Whether a frame that is yet to be cut into UDP datagrams may be delivered; others than TCP's are not asked for. If not, whoever
     * delivers has it cut before ({@link io.virtualwire.frame.FinishOffloads}), so that each datagram counts as what it is.
     */
    default boolean takesUdpSuperFrames() {
        return true;
    }

    /** The guest's MTU: the most bytes after the Ethernet header of a frame that is not to be segmented. */
    int mtu();

    /** What the guest has not taken of what was delivered. */
    default Backlog backlog() {
        return Backlog.NONE;
    }

    /** What has passed here, and what was dropped and why. */
    PortCounters counters();

    /**
     * Belongs to another loop from now on, where it is to be attached again; what the guest sends meanwhile waits. Called on the loop
     * that it belongs to.
     */
    void moveTo(Loop other);

    @Override
    void close();
}
