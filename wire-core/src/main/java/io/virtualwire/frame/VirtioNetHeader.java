package io.virtualwire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The header that says which offloads a frame still carries, read and written in place: struct virtio_net_hdr_v1,
 * little-endian, as Linux' TAP gives and takes it.
 *
 * <pre>
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+-------------------------------+
 * |     flags     |   GSO type    |         header length         |   0
 * +---------------+---------------+-------------------------------+
 * |           GSO size            |        checksum start         |   4
 * +-------------------------------+-------------------------------+
 * |        checksum offset        |       number of buffers       |   8
 * +===============================+===============================+
 * |  Ethernet frame ...                                           |  12
 * +---------------------------------------------------------------+
 * </pre>
 *
 * <ul>
 *   <li><em>header length</em>: a hint how many bytes from the Ethernet header on are headers;
 *   <li><em>GSO size</em>: payload bytes of each segment that the frame is to become;
 *   <li><em>checksum start</em>, from the Ethernet header on: the checksum covers from there to the end, and is to be stored
 *       <em>checksum offset</em> bytes further, where the pseudo-header's sum lies now.
 * </ul>
 *
 * Not for use by two threads. The bytes stay the caller's.
 */
public final class VirtioNetHeader {
    /** Bytes of this header. */
    public static final int LENGTH = 12;
    /** Bytes of the longest frame, this header included. */
    public static final int MAX_FRAME_LENGTH = 65_562;

    public static final int FLAGS_FIELD_OFFSET = 0;
    public static final int GSO_TYPE_FIELD_OFFSET = 1;
    public static final int HEADER_LENGTH_FIELD_OFFSET = 2;
    public static final int GSO_SIZE_FIELD_OFFSET = 4;
    public static final int CHECKSUM_START_FIELD_OFFSET = 6;
    public static final int CHECKSUM_OFFSET_FIELD_OFFSET = 8;
    public static final int BUFFERS_FIELD_OFFSET = 10;

    /** The checksum is to be filled in. */
    public static final int NEEDS_CHECKSUM = 1;
    /** The checksum was verified. */
    public static final int DATA_VALID = 2;

    public static final int GSO_NONE = 0;
    public static final int GSO_TCPV4 = 1;
    public static final int GSO_TCPV6 = 4;
    public static final int GSO_UDP_L4 = 5;
    /** Added to a TCP type: the segments carry ECN's CWR. */
    public static final int GSO_ECN = 0x80;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

    private final TransportHeaders headers = new TransportHeaders();
    private byte[] bytes = new byte[LENGTH];
    private int offset;
    private int frameLength = LENGTH;

    /**
     * Moves to the header of the frame that begins at {@code frameOffset}.
     *
     * @param length of the frame, this header included; at least {@link #LENGTH}
     */
    public VirtioNetHeader wrap(byte[] frameBytes, int frameOffset, int length) {
        bytes = frameBytes;
        offset = frameOffset;
        frameLength = length;
        return this;
    }

    /** Writes the header of a frame that carries no offloads. */
    public static void clear(byte[] bytes, int offset) {
        for (int i = 0; i < LENGTH; i++) {
            bytes[offset + i] = 0;
        }
    }

    /** Whether the frame that begins at {@code offset} is yet to be cut into UDP datagrams. */
    public static boolean isUdpSuperFrame(byte[] bytes, int offset) {
        return bytes[offset + GSO_TYPE_FIELD_OFFSET] == GSO_UDP_L4;
    }

    /** Makes this the header of a frame that carries no offloads. */
    public VirtioNetHeader clear() {
        clear(bytes, offset);
        return this;
    }

    public int flags() {
        return bytes[offset + FLAGS_FIELD_OFFSET] & 0xff;
    }

    public VirtioNetHeader flags(int value) {
        bytes[offset + FLAGS_FIELD_OFFSET] = (byte) value;
        return this;
    }

    public boolean needsChecksum() {
        return (flags() & NEEDS_CHECKSUM) != 0;
    }

    /** The kind of segmentation, without the ECN bit. */
    public int gsoType() {
        return bytes[offset + GSO_TYPE_FIELD_OFFSET] & 0xff & ~GSO_ECN;
    }

    /** Writes the kind of segmentation; {@link #GSO_ECN} may be added. */
    public VirtioNetHeader gsoType(int value) {
        bytes[offset + GSO_TYPE_FIELD_OFFSET] = (byte) value;
        return this;
    }

    public boolean hasEcn() {
        return bytes[offset + GSO_TYPE_FIELD_OFFSET] < 0;
    }

    public boolean isGso() {
        return gsoType() != GSO_NONE;
    }

    public int headerLength() {
        return field(HEADER_LENGTH_FIELD_OFFSET);
    }

    public VirtioNetHeader headerLength(int value) {
        return field(HEADER_LENGTH_FIELD_OFFSET, value);
    }

    public int gsoSize() {
        return field(GSO_SIZE_FIELD_OFFSET);
    }

    public VirtioNetHeader gsoSize(int value) {
        return field(GSO_SIZE_FIELD_OFFSET, value);
    }

    public int checksumStart() {
        return field(CHECKSUM_START_FIELD_OFFSET);
    }

    public VirtioNetHeader checksumStart(int value) {
        return field(CHECKSUM_START_FIELD_OFFSET, value);
    }

    public int checksumOffset() {
        return field(CHECKSUM_OFFSET_FIELD_OFFSET);
    }

    public VirtioNetHeader checksumOffset(int value) {
        return field(CHECKSUM_OFFSET_FIELD_OFFSET, value);
    }

    /**
     * What is wrong with this header and its frame, which may be a stranger's: everything the kernel would take on trust.
     */
    public VirtioFault validate() {
        int ethernetLength = frameLength - LENGTH;
        if (ethernetLength < EthernetFrame.HEADER_LENGTH || frameLength > MAX_FRAME_LENGTH) {
            return VirtioFault.LENGTH;
        }
        if ((flags() & ~(NEEDS_CHECKSUM | DATA_VALID)) != 0) {
            return VirtioFault.FLAGS;
        }
        if (headerLength() > ethernetLength) {
            return VirtioFault.HEADER_LENGTH;
        }
        if (needsChecksum()
                && (checksumStart() < EthernetFrame.HEADER_LENGTH
                        || checksumStart() + checksumOffset() + Short.BYTES > ethernetLength)) {
            return VirtioFault.CHECKSUM_PLACE;
        }
        if (!isGso()) {
            return hasEcn() ? VirtioFault.GSO_TYPE : VirtioFault.NONE;
        }
        return validateGso(ethernetLength);
    }

    private VirtioFault validateGso(int ethernetLength) {
        int type = gsoType();
        boolean tcp = type == GSO_TCPV4 || type == GSO_TCPV6;
        if (!tcp && (type != GSO_UDP_L4 || hasEcn())) {
            return VirtioFault.GSO_TYPE;
        }
        if (!needsChecksum()) {
            return VirtioFault.GSO_CHECKSUM;
        }
        if (gsoSize() == 0) {
            return VirtioFault.GSO_SIZE;
        }
        if (!headers.parse(bytes, offset + LENGTH, ethernetLength)
                || headers.isTcp() != tcp
                || type == GSO_TCPV4 && !headers.isIpv4()
                || type == GSO_TCPV6 && headers.isIpv4()) {
            return VirtioFault.GSO_HEADERS;
        }
        if (checksumStart() != headers.transportOffset() || checksumOffset() != headers.checksumOffset()) {
            return VirtioFault.GSO_CHECKSUM;
        }
        return VirtioFault.NONE;
    }

    private int field(int at) {
        return (short) SHORT.get(bytes, offset + at) & 0xffff;
    }

    private VirtioNetHeader field(int at, int value) {
        SHORT.set(bytes, offset + at, (short) value);
        return this;
    }
}
