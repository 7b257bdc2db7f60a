package io.virtualwire.frame;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where the TCP or UDP header of an Ethernet frame lies: what segmentation has to know.
 *
 * <p>Refuses what cannot be segmented: fragments, other protocols, lengths that contradict the frame's.
 */
final class TransportHeaders {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int UDP_HEADER_LENGTH = 8;
    static final int IPV4_LENGTH_FIELD_OFFSET = 2;
    static final int IPV4_ID_FIELD_OFFSET = 4;
    static final int IPV4_CHECKSUM_FIELD_OFFSET = 10;
    static final int IPV4_SOURCE_FIELD_OFFSET = 12;
    static final int IPV6_LENGTH_FIELD_OFFSET = 4;
    static final int IPV6_SOURCE_FIELD_OFFSET = 8;
    static final int IPV6_HEADER_LENGTH = 40;

    private static final int IPV4_FRAGMENT_FIELD_OFFSET = 6;
    private static final int IPV4_PROTOCOL_FIELD_OFFSET = 9;
    private static final int IPV4_MIN_HEADER_LENGTH = 20;
    private static final int IPV6_NEXT_FIELD_OFFSET = 6;
    private static final int TCP_DATA_OFFSET_FIELD_OFFSET = 12;
    private static final int TCP_MIN_HEADER_LENGTH = 20;
    private static final int TCP_CHECKSUM_FIELD_OFFSET = 16;
    private static final int UDP_CHECKSUM_FIELD_OFFSET = 6;
    private static final int MORE_FRAGMENTS_OR_OFFSET = 0x3fff;
    private static final int HOP_BY_HOP = 0;
    private static final int ROUTING = 43;
    private static final int DESTINATION_OPTIONS = 60;
    private static final int MAX_EXTENSIONS = 8;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

    private int network;
    private int transport;
    private int payload;
    private int protocol;
    private boolean ipv4;

    /**
     * Finds the headers of the Ethernet frame at {@code start}.
     *
     * @return false if it is not a whole TCP or UDP packet whose lengths agree with the frame's; then nothing may be read
     */
    boolean parse(byte[] bytes, int start, int length) {
        if (length < EthernetFrame.HEADER_LENGTH) {
            return false;
        }
        int type = unsignedShort(bytes, start + EthernetFrame.TYPE_FIELD_OFFSET);
        network = EthernetFrame.HEADER_LENGTH;
        for (int tags = 0; tags < 2 && (type == EtherType.VLAN || type == EtherType.SERVICE_VLAN); tags++) {
            if (length < network + 4) {
                return false;
            }
            type = unsignedShort(bytes, start + network + 2);
            network += 4;
        }
        ipv4 = type == EtherType.IPV4;
        if (ipv4) {
            return parseIpv4(bytes, start, length) && parseTransport(bytes, start, length);
        }
        return type == EtherType.IPV6 && parseIpv6(bytes, start, length) && parseTransport(bytes, start, length);
    }

    private boolean parseIpv4(byte[] bytes, int start, int length) {
        if (length < network + IPV4_MIN_HEADER_LENGTH) {
            return false;
        }
        int at = start + network;
        int headerLength = (bytes[at] & 0xf) * 4;
        if ((bytes[at] & 0xf0) != 0x40
                || headerLength < IPV4_MIN_HEADER_LENGTH
                || unsignedShort(bytes, at + IPV4_LENGTH_FIELD_OFFSET) != length - network
                || (unsignedShort(bytes, at + IPV4_FRAGMENT_FIELD_OFFSET) & MORE_FRAGMENTS_OR_OFFSET) != 0) {
            return false;
        }
        protocol = bytes[at + IPV4_PROTOCOL_FIELD_OFFSET] & 0xff;
        transport = network + headerLength;
        return true;
    }

    private boolean parseIpv6(byte[] bytes, int start, int length) {
        if (length < network + IPV6_HEADER_LENGTH) {
            return false;
        }
        int at = start + network;
        if ((bytes[at] & 0xf0) != 0x60
                || unsignedShort(bytes, at + IPV6_LENGTH_FIELD_OFFSET) != length - network - IPV6_HEADER_LENGTH) {
            return false;
        }
        protocol = bytes[at + IPV6_NEXT_FIELD_OFFSET] & 0xff;
        transport = network + IPV6_HEADER_LENGTH;
        for (int i = 0; i < MAX_EXTENSIONS && isExtension(protocol); i++) {
            if (length < transport + 8) {
                return false;
            }
            protocol = bytes[start + transport] & 0xff;
            transport += ((bytes[start + transport + 1] & 0xff) + 1) * 8;
        }
        return true;
    }

    private static boolean isExtension(int protocol) {
        return protocol == HOP_BY_HOP || protocol == ROUTING || protocol == DESTINATION_OPTIONS;
    }

    private boolean parseTransport(byte[] bytes, int start, int length) {
        if (protocol == UDP) {
            payload = transport + UDP_HEADER_LENGTH;
            return payload < length;
        }
        if (protocol != TCP || length < transport + TCP_MIN_HEADER_LENGTH) {
            return false;
        }
        int headerLength = (bytes[start + transport + TCP_DATA_OFFSET_FIELD_OFFSET] >>> 4 & 0xf) * 4;
        payload = transport + headerLength;
        return headerLength >= TCP_MIN_HEADER_LENGTH && payload < length;
    }

    boolean isIpv4() {
        return ipv4;
    }

    boolean isTcp() {
        return protocol == TCP;
    }

    int protocol() {
        return protocol;
    }

    /** From the Ethernet header on, as the next two. */
    int networkOffset() {
        return network;
    }

    int transportOffset() {
        return transport;
    }

    int payloadOffset() {
        return payload;
    }

    /** From the transport header on. */
    int checksumOffset() {
        return isTcp() ? TCP_CHECKSUM_FIELD_OFFSET : UDP_CHECKSUM_FIELD_OFFSET;
    }

    static int unsignedShort(byte[] bytes, int at) {
        return (short) SHORT.get(bytes, at) & 0xffff;
    }

    static void putShort(byte[] bytes, int at, int value) {
        SHORT.set(bytes, at, (short) value);
    }
}
