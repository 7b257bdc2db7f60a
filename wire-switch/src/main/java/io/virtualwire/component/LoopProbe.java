package io.virtualwire.component;

import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.frame.VirtioNetHeader;
import java.nio.ByteBuffer;

/**
 * The frames by which switches find loops, read and written in place.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |       to 03:76:77:00:00:01, EtherType 0x88b6, tag or none       |
 * +===============+===============+===============================+
 * |     kind      |   hops left   |    VLAN in the origin         |   0
 * +---------------+---------------+-------------------------------+
 * |                          origin's id                          |   4
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                  number of the origin's port                  |  12
 * |                                                               |
 * +---------------------------------------------------------------+
 * |                        sequence number                        |  20
 * |                                                               |
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <p>A <em>probe</em> says that it was sent; a <em>change</em>, that switches shall forget what they learned from one another;
 * a <em>notice</em> says by its source address where that station is now, to every bridge on its way.
 * A switch passes each of them on once, so none circles in a loop that is not blocked yet.
 */
final class LoopProbe {
    /** A locally administered group address, which bridges pass on. */
    static final long ADDRESS = 0x0376_7700_0001L;

    /** For local experiments, as IEEE 802 calls it. */
    static final int ETHER_TYPE = 0x88b6;

    static final int PROBE = 1;
    static final int NOTICE = 2;
    static final int CHANGE = 3;
    static final int HOPS = 16;

    private static final int HEADERS = VirtioNetHeader.LENGTH + EthernetFrame.HEADER_LENGTH;
    private static final int CONTENT = 28;
    private static final int LENGTH = VirtioNetHeader.LENGTH + 60;
    private static final int HOPS_FIELD_OFFSET = 1;
    private static final int VLAN_FIELD_OFFSET = 2;
    private static final int ORIGIN_FIELD_OFFSET = 4;
    private static final int PORT_FIELD_OFFSET = 12;
    private static final int SEQUENCE_FIELD_OFFSET = 20;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int start;

    /** Whether this frame is one; then it is what is read from now on. */
    boolean wrap(EthernetFrame frame, byte[] frameBytes) {
        if (frame.etherType() != ETHER_TYPE
                || frame.destination() != ADDRESS
                || frame.length() < frame.payloadOffset() + CONTENT) {
            return false;
        }
        bytes = ByteBuffer.wrap(frameBytes);
        start = frame.start() + frame.payloadOffset();
        return true;
    }

    int kind() {
        return bytes.get(start);
    }

    int hops() {
        return bytes.get(start + HOPS_FIELD_OFFSET);
    }

    /** Writes how many more switches may pass this one on; the frame must be one's own copy. */
    void hops(int left) {
        bytes.put(start + HOPS_FIELD_OFFSET, (byte) left);
    }

    int vlan() {
        return bytes.getShort(start + VLAN_FIELD_OFFSET);
    }

    long origin() {
        return bytes.getLong(start + ORIGIN_FIELD_OFFSET);
    }

    long port() {
        return bytes.getLong(start + PORT_FIELD_OFFSET);
    }

    long sequence() {
        return bytes.getLong(start + SEQUENCE_FIELD_OFFSET);
    }

    /** A probe, without a tag. */
    static byte[] probe(long origin, long port, int vlan, long sequence) {
        /* A source of its own for each port: bridges behind two of them shall not see one station move. */
        ByteBuffer frame = frame(MacAddress.local(origin * 31 + port).bits(), PROBE, HOPS, vlan);
        frame.putLong(origin).putLong(port).putLong(sequence);
        return frame.array();
    }

    /** A change, without a tag; who passes one on writes it anew. */
    static byte[] change(long sender, long port, long origin, int hops, int vlan, long sequence) {
        ByteBuffer frame = frame(MacAddress.local(sender * 31 + port).bits(), CHANGE, hops, vlan);
        frame.putLong(origin).putLong(0).putLong(sequence);
        return frame.array();
    }

    /** A notice that this station is on the side of the switch, without a tag. */
    static byte[] notice(long origin, long station, int vlan, long sequence) {
        ByteBuffer frame = frame(station, NOTICE, HOPS, vlan);
        frame.putLong(origin).putLong(0).putLong(sequence);
        return frame.array();
    }

    private static ByteBuffer frame(long source, int kind, int hops, int vlan) {
        ByteBuffer frame = ByteBuffer.allocate(LENGTH);
        frame.position(VirtioNetHeader.LENGTH);
        frame.putShort((short) (ADDRESS >>> 32)).putInt((int) ADDRESS);
        frame.putShort((short) (source >>> 32)).putInt((int) source);
        frame.putShort((short) ETHER_TYPE);
        return frame.position(HEADERS).put((byte) kind).put((byte) hops).putShort((short) vlan);
    }
}
