package io.virtualwire.wire;

/**
 * Recognises a guest that announces itself: RARP, or gratuitous ARP.
 *
 * <p>Reads the frame in place. After the virtio-net header:
 *
 * <pre>
 *  0         6          12      14     (18, if tagged: 802.1Q)
 *  +---------+----------+-------+------------------------------------------------+
 *  | dst MAC | src MAC  | type  | htype ptype hlen plen oper | sha spa | tha tpa |
 *  +---------+----------+-------+------------------------------------------------+
 *                                 0     2     4    5    6      8   14    18   24
 * </pre>
 */
final class Announcement {
    private static final int VIRTIO_HEADER_LENGTH = 12;
    private static final int ETHERTYPE_ARP = 0x0806;
    private static final int ETHERTYPE_RARP = 0x8035;
    private static final int ETHERTYPE_VLAN = 0x8100;
    private static final int ARP_LENGTH = 28;

    private Announcement() {}

    /**
     * @param mac the address that must have sent it; 0 if any will do
     * @param offset where the virtio-net header begins
     */
    static boolean isBy(long mac, byte[] frame, int offset, int length) {
        int end = offset + length;
        int at = offset + VIRTIO_HEADER_LENGTH + 12;
        if (at + 2 > end) {
            return false;
        }
        int type = uint16(frame, at);
        if (type == ETHERTYPE_VLAN) {
            at += 4;
            if (at + 2 > end) {
                return false;
            }
            type = uint16(frame, at);
        }
        int arp = at + 2;
        if (type != ETHERTYPE_ARP && type != ETHERTYPE_RARP || arp + ARP_LENGTH > end) {
            return false;
        }
        boolean ethernetAndIpv4 =
                uint16(frame, arp) == 1 && uint16(frame, arp + 2) == 0x0800 && uint16(frame, arp + 4) == 0x0604;
        boolean announces = type == ETHERTYPE_RARP || int32(frame, arp + 14) == int32(frame, arp + 24);
        return ethernetAndIpv4 && announces && (mac == 0 || mac == uint48(frame, arp + 8));
    }

    /** Whether it was sent from this address. */
    static boolean isFrom(long mac, byte[] frame, int offset, int length) {
        int source = offset + VIRTIO_HEADER_LENGTH + 6;
        return source + 6 <= offset + length && uint48(frame, source) == mac;
    }

    private static int uint16(byte[] b, int at) {
        return (b[at] & 0xff) << 8 | b[at + 1] & 0xff;
    }

    private static int int32(byte[] b, int at) {
        return uint16(b, at) << 16 | uint16(b, at + 2);
    }

    private static long uint48(byte[] b, int at) {
        return (long) uint16(b, at) << 32 | int32(b, at + 2) & 0xffff_ffffL;
    }
}
