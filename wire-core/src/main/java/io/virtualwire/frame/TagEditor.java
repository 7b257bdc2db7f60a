package io.virtualwire.frame;

/**
 * Gives frames an 802.1Q tag, takes it away, or changes it: in a copy, since the bytes are somebody else's.
 *
 * <pre>
 *   virtio-net header │ destination, source │           EtherType, payload …      without
 *   virtio-net header │ destination, source │ 0x8100, tag │ EtherType, payload …      with
 * </pre>
 *
 * <p>A frame's offloads stay true: where its checksum starts, and how long its headers are, moves with the tag's four bytes.
 * Not for use by two threads.
 */
public final class TagEditor {
    /** What is answered when the frame cannot have that form. */
    public static final int IMPOSSIBLE = -1;

    /** Bytes of a tag. */
    public static final int TAG_LENGTH = 4;

    private static final int VLAN_MASK = 0xfff;
    private static final int ADDRESSES = VirtioNetHeader.LENGTH + EthernetFrame.TYPE_FIELD_OFFSET;

    private final byte[] copy = new byte[VirtioNetHeader.MAX_FRAME_LENGTH];
    private final VirtioNetHeader header = new VirtioNetHeader();
    private final EthernetFrame remaining = new EthernetFrame();

    /** Holds, from its first byte on, the frame that was made last; until the next is. */
    public byte[] bytes() {
        return copy;
    }

    /**
     * Puts a tag, of no priority, before all others.
     *
     * @return the new frame's length; or {@link #IMPOSSIBLE} if it would be too long, or have three tags
     */
    public int push(byte[] bytes, int offset, int length, int vlan) {
        return insert(bytes, offset, length, EtherType.VLAN, vlan & VLAN_MASK);
    }

    /**
     * Puts a tag before all others: one that somebody took away, say.
     *
     * @param type 0x8100 or 0x88a8
     * @param tag priority and VLAN
     * @return as {@link #push}
     */
    public int insert(byte[] bytes, int offset, int length, int type, int tag) {
        int longer = length + TAG_LENGTH;
        if (longer > copy.length || hasTwoTags(bytes, offset, length)) {
            return IMPOSSIBLE;
        }
        System.arraycopy(bytes, offset, copy, 0, ADDRESSES);
        TransportHeaders.putShort(copy, ADDRESSES, type);
        TransportHeaders.putShort(copy, ADDRESSES + 2, tag);
        System.arraycopy(bytes, offset + ADDRESSES, copy, ADDRESSES + TAG_LENGTH, length - ADDRESSES);
        move(longer, TAG_LENGTH);
        return longer;
    }

    /**
     * Takes the first tag away; there must be one.
     *
     * @return the new frame's length; or {@link #IMPOSSIBLE} if its checksum would start in the Ethernet header, or what comes to
     *     light is a tag that is not all there
     */
    public int pop(byte[] bytes, int offset, int length) {
        header.wrap(bytes, offset, length);
        if (header.needsChecksum() && header.checksumStart() < EthernetFrame.HEADER_LENGTH + TAG_LENGTH) {
            return IMPOSSIBLE;
        }
        int shorter = length - TAG_LENGTH;
        System.arraycopy(bytes, offset, copy, 0, ADDRESSES);
        System.arraycopy(bytes, offset + ADDRESSES + TAG_LENGTH, copy, ADDRESSES, shorter - ADDRESSES);
        move(shorter, -TAG_LENGTH);
        return remaining.wrap(copy, 0, shorter) ? shorter : IMPOSSIBLE;
    }

    /** Names another VLAN in the first tag, which must be there, and keeps its priority. */
    public int rename(byte[] bytes, int offset, int length, int vlan) {
        System.arraycopy(bytes, offset, copy, 0, length);
        int tag = TransportHeaders.unsignedShort(copy, ADDRESSES + 2);
        TransportHeaders.putShort(copy, ADDRESSES + 2, tag & ~VLAN_MASK | vlan & VLAN_MASK);
        return length;
    }

    private void move(int length, int by) {
        header.wrap(copy, 0, length);
        if (header.needsChecksum()) {
            header.checksumStart(header.checksumStart() + by);
        }
        /* 0 says that nobody has looked; and a hint that is too short for the tag is no hint. */
        int headers = header.headerLength();
        if (headers > 0) {
            header.headerLength(Math.clamp(headers + by, 0, length - VirtioNetHeader.LENGTH));
        }
    }

    private static boolean hasTwoTags(byte[] bytes, int offset, int length) {
        int second = ADDRESSES + TAG_LENGTH;
        return length >= second + 2
                && isTag(TransportHeaders.unsignedShort(bytes, offset + ADDRESSES))
                && isTag(TransportHeaders.unsignedShort(bytes, offset + second));
    }

    private static boolean isTag(int type) {
        return type == EtherType.VLAN || type == EtherType.SERVICE_VLAN;
    }
}
