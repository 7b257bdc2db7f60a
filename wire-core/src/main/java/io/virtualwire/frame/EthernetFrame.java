package io.virtualwire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An Ethernet frame behind its virtio-net header, read in place; {@link #wrap} moves the view to the next one.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------+
 * |                  virtio-net header, 12 bytes                  |
 * +===============================================================+
 * |                          destination                          |   0
 * +                               +-------------------------------+
 * |                               |                               |   4
 * +-------------------------------+                               +
 * |                            source                             |   8
 * +-------------------------------+-------------------------------+
 * |           EtherType           |  payload ...                  |  12
 * +-------------------------------+-------------------------------+
 *   or, tagged (802.1Q; more than one tag may follow):
 * +-------------------------------+-----+-+-----------------------+
 * |            0x8100             | PCP |D|        VLAN id        |  12
 * +-------------------------------+-----+-+-----------------------+
 * |           EtherType           |  payload ...                  |  16
 * +-------------------------------+-------------------------------+
 * </pre>
 *
 * Not for use by two threads. The bytes stay the caller's.
 */
public final class EthernetFrame {
    /** Bytes of an Ethernet header without tags. */
    public static final int HEADER_LENGTH = 14;

    public static final int DESTINATION_FIELD_OFFSET = 0;
    public static final int SOURCE_FIELD_OFFSET = 6;
    public static final int TYPE_FIELD_OFFSET = 12;
    public static final int TAG_FIELD_OFFSET = 14;

    private static final int TAG_LENGTH = 4;
    private static final int MAX_TAGS = 2;
    private static final int ARP_LENGTH = 28;
    private static final int ARP_SENDER_FIELD_OFFSET = 8;
    private static final int ARP_SENDER_IP_FIELD_OFFSET = 14;
    private static final int ARP_TARGET_IP_FIELD_OFFSET = 24;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes = new byte[0];
    private int start;
    private int length;
    private int payload;
    private int etherType;

    /**
     * Moves to the frame that begins, with its virtio-net header, at {@code offset}.
     *
     * @param frameLength virtio-net header included
     * @return false if it is too short to have all its headers; then nothing may be read
     */
    public boolean wrap(byte[] frameBytes, int offset, int frameLength) {
        bytes = frameBytes;
        start = offset + VirtioNetHeader.LENGTH;
        length = frameLength - VirtioNetHeader.LENGTH;
        if (length < HEADER_LENGTH) {
            return false;
        }
        payload = HEADER_LENGTH;
        etherType = unsignedShort(TYPE_FIELD_OFFSET);
        for (int tags = 0; tags < MAX_TAGS && isTag(etherType); tags++) {
            if (length < payload + TAG_LENGTH) {
                return false;
            }
            etherType = unsignedShort(payload + TAG_LENGTH - 2);
            payload += TAG_LENGTH;
        }
        return true;
    }

    /** Where the Ethernet header begins in the wrapped bytes. */
    public int start() {
        return start;
    }

    /** Ethernet bytes, without the virtio-net header. */
    public int length() {
        return length;
    }

    /** The destination's 48 bits. */
    public long destination() {
        return address(DESTINATION_FIELD_OFFSET);
    }

    /** The source's 48 bits. */
    public long source() {
        return address(SOURCE_FIELD_OFFSET);
    }

    /** What the payload is, behind all tags. */
    public int etherType() {
        return etherType;
    }

    /** How far behind the Ethernet header's first byte the payload begins. */
    public int payloadOffset() {
        return payload;
    }

    public boolean isTagged() {
        return payload > HEADER_LENGTH;
    }

    /** The outermost tag's VLAN id; 0, as in a priority tag, if there is none. */
    public int vlanId() {
        return isTagged() ? unsignedShort(TAG_FIELD_OFFSET) & 0xfff : 0;
    }

    /** The VLAN id of an 802.1Q tag, if the outermost tag is one: 0 if it gives only a priority; -1 if there is none. */
    public int tag() {
        return isTagged() && unsignedShort(TYPE_FIELD_OFFSET) == EtherType.VLAN
                ? unsignedShort(TAG_FIELD_OFFSET) & 0xfff
                : -1;
    }

    /**
     * Whether this is how a station says where it is now: a RARP, or an ARP about its own IP address, with {@code mac} as
     * its sender. A hypervisor sends one when a guest has moved.
     */
    public boolean announces(long mac) {
        if (etherType != EtherType.RARP && etherType != EtherType.ARP || length < payload + ARP_LENGTH) {
            return false;
        }
        return address(payload + ARP_SENDER_FIELD_OFFSET) == mac
                && (etherType == EtherType.RARP
                        || (int) INT.get(bytes, start + payload + ARP_SENDER_IP_FIELD_OFFSET)
                                == (int) INT.get(bytes, start + payload + ARP_TARGET_IP_FIELD_OFFSET));
    }

    private static boolean isTag(int type) {
        return type == EtherType.VLAN || type == EtherType.SERVICE_VLAN;
    }

    private long address(int at) {
        return (long) unsignedShort(at) << 32 | Integer.toUnsignedLong((int) INT.get(bytes, start + at + 2));
    }

    private int unsignedShort(int at) {
        return (short) SHORT.get(bytes, start + at) & 0xffff;
    }
}
