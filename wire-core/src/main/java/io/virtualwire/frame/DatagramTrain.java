package io.virtualwire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Small UDP datagrams that a guest sent one right after the other, joined into one frame that is yet to be cut into them.
 *
 * <pre>
 *   | virtio-net, Ethernet, IP and UDP header | payload | payload | … | ≤ payload |      as UDP_SEGMENT would have made it
 * </pre>
 *
 * <p>Only what comes apart again as it was: one flow, equal headers, equal payloads but for a shorter last one, IPv4
 * identifications that rise by one unless the packet may not be fragmented (RFC 6864: then it means nothing), and a checksum that
 * the guest's kernel left to be filled in. The whole fits one datagram of the narrowest underlay, so that what the underlay loses
 * costs no more payload than it would have.
 *
 * <p>Not for use by two threads.
 */
public final class DatagramTrain {
    /** A path's least UDP payload, 1,232 bytes, less 64 of headers and tag. */
    static final int MAX_BYTES = 1_168;
    /** What every kernel with UDP_SEGMENT takes. */
    static final int MAX_DATAGRAMS = 64;

    private static final int ETHERNET = VirtioNetHeader.LENGTH;
    private static final int NETWORK = ETHERNET + EthernetFrame.HEADER_LENGTH;
    private static final int IPV4_HEADER_LENGTH = 20;
    private static final int IPV4_FRAGMENT_FIELD_OFFSET = 6;
    private static final int IPV4_PROTOCOL_FIELD_OFFSET = 9;
    private static final int IPV4_WITHOUT_OPTIONS = 0x45;
    private static final int IPV6_NEXT_FIELD_OFFSET = 6;
    private static final int DONT_FRAGMENT = 0x4000;
    private static final int UDP_LENGTH_FIELD_OFFSET = 4;
    private static final int UDP_CHECKSUM_FIELD_OFFSET = 6;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final VirtioNetHeader header = new VirtioNetHeader();
    private final byte[] bytes = new byte[MAX_BYTES];
    private boolean ipv4;
    private int transport;
    private int payload;
    private int length;
    private int count;
    private boolean ended;

    /** How many datagrams are joined. */
    public int count() {
        return count;
    }

    /** Where the frame is, from its virtio-net header on, once it is {@linkplain #couple coupled}. */
    public byte[] bytes() {
        return bytes;
    }

    public int length() {
        return length;
    }

    /** Takes a frame as the first; false if it is none that others could join, then there is still none. */
    /* HOT PATH */
    public boolean begin(byte[] frame, int offset, int frameLength) {
        if (2 * frameLength - NETWORK - IPV4_HEADER_LENGTH - TransportHeaders.UDP_HEADER_LENGTH > MAX_BYTES
                || frameLength <= NETWORK + IPV4_HEADER_LENGTH + TransportHeaders.UDP_HEADER_LENGTH
                || !isUnfinishedDatagram(frame, offset, frameLength)) {
            return false;
        }
        System.arraycopy(frame, offset, bytes, 0, frameLength);
        length = frameLength;
        payload = frameLength - transport - TransportHeaders.UDP_HEADER_LENGTH;
        count = 1;
        ended = false;
        return true;
    }

    /** Whether it says of itself that it is one whole UDP datagram whose checksum is missing; finds its headers. */
    private boolean isUnfinishedDatagram(byte[] frame, int offset, int frameLength) {
        header.wrap(frame, offset, frameLength);
        if (header.flags() != VirtioNetHeader.NEEDS_CHECKSUM
                || header.isGso()
                || header.hasEcn()
                || header.checksumOffset() != UDP_CHECKSUM_FIELD_OFFSET) {
            return false;
        }
        int type = TransportHeaders.unsignedShort(frame, offset + ETHERNET + EthernetFrame.TYPE_FIELD_OFFSET);
        transport = ETHERNET + header.checksumStart();
        ipv4 = type == EtherType.IPV4;
        int datagram = frameLength - transport;
        int at = offset + NETWORK;
        if (ipv4) {
            if (transport != NETWORK + IPV4_HEADER_LENGTH
                    || (frame[at] & 0xff) != IPV4_WITHOUT_OPTIONS
                    || frame[at + IPV4_PROTOCOL_FIELD_OFFSET] != TransportHeaders.UDP
                    || TransportHeaders.unsignedShort(frame, at + TransportHeaders.IPV4_LENGTH_FIELD_OFFSET)
                            != IPV4_HEADER_LENGTH + datagram
                    || (TransportHeaders.unsignedShort(frame, at + IPV4_FRAGMENT_FIELD_OFFSET) & ~DONT_FRAGMENT) != 0
                    || !isSound(frame, at)) {
                return false;
            }
        } else if (type != EtherType.IPV6
                || transport != NETWORK + TransportHeaders.IPV6_HEADER_LENGTH
                || datagram <= TransportHeaders.UDP_HEADER_LENGTH
                || (frame[at] & 0xf0) != 0x60
                || frame[at + IPV6_NEXT_FIELD_OFFSET] != TransportHeaders.UDP
                || TransportHeaders.unsignedShort(frame, at + TransportHeaders.IPV6_LENGTH_FIELD_OFFSET) != datagram) {
            return false;
        }
        return TransportHeaders.unsignedShort(frame, offset + transport + UDP_LENGTH_FIELD_OFFSET) == datagram;
    }

    private static boolean isSound(byte[] frame, int at) {
        return InternetChecksum.fold(InternetChecksum.add(0, frame, at, IPV4_HEADER_LENGTH)) == 0;
    }

    /** Appends the next frame; false if it cannot follow those that are here, then nothing has changed. */
    /* HOT PATH */
    public boolean join(byte[] frame, int offset, int frameLength) {
        int size = frameLength - transport - TransportHeaders.UDP_HEADER_LENGTH;
        if (count == 0
                || ended
                || size <= 0
                || size > payload
                || length + size > MAX_BYTES
                || count == MAX_DATAGRAMS
                || !follows(frame, offset, size)) {
            return false;
        }
        System.arraycopy(frame, offset + frameLength - size, bytes, length, size);
        length += size;
        count++;
        ended = size < payload;
        return true;
    }

    private boolean follows(byte[] frame, int offset, int size) {
        header.wrap(frame, offset, transport + TransportHeaders.UDP_HEADER_LENGTH + size);
        return header.flags() == VirtioNetHeader.NEEDS_CHECKSUM
                && !header.isGso()
                && !header.hasEcn()
                && ETHERNET + header.checksumStart() == transport
                && header.checksumOffset() == UDP_CHECKSUM_FIELD_OFFSET
                && sameLong(frame, offset, ETHERNET)
                && sameInt(frame, offset, ETHERNET + 8)
                && sameShort(frame, offset, ETHERNET + EthernetFrame.TYPE_FIELD_OFFSET)
                && (ipv4 ? followsIpv4(frame, offset, size) : followsIpv6(frame, offset, size))
                && sameInt(frame, offset, transport)
                && TransportHeaders.unsignedShort(frame, offset + transport + UDP_LENGTH_FIELD_OFFSET)
                        == TransportHeaders.UDP_HEADER_LENGTH + size
                && TransportHeaders.unsignedShort(frame, offset + transport + UDP_CHECKSUM_FIELD_OFFSET)
                        == pseudoHeaderSum(TransportHeaders.UDP_HEADER_LENGTH + size);
    }

    private boolean followsIpv4(byte[] frame, int offset, int size) {
        int at = offset + NETWORK;
        int fragment = TransportHeaders.unsignedShort(bytes, NETWORK + IPV4_FRAGMENT_FIELD_OFFSET);
        int first = TransportHeaders.unsignedShort(bytes, NETWORK + TransportHeaders.IPV4_ID_FIELD_OFFSET);
        return sameShort(frame, offset, NETWORK)
                && TransportHeaders.unsignedShort(frame, at + TransportHeaders.IPV4_LENGTH_FIELD_OFFSET)
                        == IPV4_HEADER_LENGTH + TransportHeaders.UDP_HEADER_LENGTH + size
                && TransportHeaders.unsignedShort(frame, at + IPV4_FRAGMENT_FIELD_OFFSET) == fragment
                && (fragment == DONT_FRAGMENT
                        || TransportHeaders.unsignedShort(frame, at + TransportHeaders.IPV4_ID_FIELD_OFFSET)
                                == (first + count & 0xffff))
                && sameShort(frame, offset, NETWORK + 8)
                && sameLong(frame, offset, NETWORK + TransportHeaders.IPV4_SOURCE_FIELD_OFFSET)
                && isSound(frame, at);
    }

    private boolean followsIpv6(byte[] frame, int offset, int size) {
        return sameInt(frame, offset, NETWORK)
                && TransportHeaders.unsignedShort(frame, offset + NETWORK + TransportHeaders.IPV6_LENGTH_FIELD_OFFSET)
                        == TransportHeaders.UDP_HEADER_LENGTH + size
                && sameShort(frame, offset, NETWORK + IPV6_NEXT_FIELD_OFFSET)
                && sameLong(frame, offset, NETWORK + 8)
                && sameLong(frame, offset, NETWORK + 16)
                && sameLong(frame, offset, NETWORK + 24)
                && sameLong(frame, offset, NETWORK + 32);
    }

    private boolean sameLong(byte[] frame, int offset, int at) {
        return (long) LONG.get(frame, offset + at) == (long) LONG.get(bytes, at);
    }

    private boolean sameInt(byte[] frame, int offset, int at) {
        return (int) INT.get(frame, offset + at) == (int) INT.get(bytes, at);
    }

    private boolean sameShort(byte[] frame, int offset, int at) {
        return TransportHeaders.unsignedShort(frame, offset + at) == TransportHeaders.unsignedShort(bytes, at);
    }

    /** What lies in the place of the checksum of a datagram of this length, as a kernel leaves it. */
    private int pseudoHeaderSum(int datagram) {
        long sum = ipv4
                ? InternetChecksum.add(0, bytes, NETWORK + TransportHeaders.IPV4_SOURCE_FIELD_OFFSET, 8)
                : InternetChecksum.add(0, bytes, NETWORK + TransportHeaders.IPV6_SOURCE_FIELD_OFFSET, 32);
        return ~InternetChecksum.fold(sum + TransportHeaders.UDP + datagram) & 0xffff;
    }

    /** Makes one frame of those that are here, and a single one what it was. */
    public void couple() {
        if (count < 2) {
            return;
        }
        int datagram = length - transport;
        header.wrap(bytes, 0, length)
                .gsoType(VirtioNetHeader.GSO_UDP_L4)
                .gsoSize(payload)
                .headerLength(transport + TransportHeaders.UDP_HEADER_LENGTH - ETHERNET);
        if (ipv4) {
            int checksum = NETWORK + TransportHeaders.IPV4_CHECKSUM_FIELD_OFFSET;
            TransportHeaders.putShort(
                    bytes, NETWORK + TransportHeaders.IPV4_LENGTH_FIELD_OFFSET, IPV4_HEADER_LENGTH + datagram);
            TransportHeaders.putShort(bytes, checksum, 0);
            TransportHeaders.putShort(
                    bytes,
                    checksum,
                    InternetChecksum.fold(InternetChecksum.add(0, bytes, NETWORK, IPV4_HEADER_LENGTH)));
        } else {
            TransportHeaders.putShort(bytes, NETWORK + TransportHeaders.IPV6_LENGTH_FIELD_OFFSET, datagram);
        }
        TransportHeaders.putShort(bytes, transport + UDP_LENGTH_FIELD_OFFSET, datagram);
        TransportHeaders.putShort(bytes, transport + UDP_CHECKSUM_FIELD_OFFSET, pseudoHeaderSum(datagram));
    }

    /** There is none any more. */
    public void clear() {
        count = 0;
        length = 0;
    }
}
