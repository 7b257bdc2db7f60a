package io.virtualwire.wire;

/**
 * How many payload bytes fit a datagram, per encapsulation (docs/wire-protocol.md section 2).
 *
 * <p>Datagram header 16, message header 32 and tag 16 bytes, sealed and plain alike.
 */
public final class MtuBudget {
    /** Bytes that every datagram has besides its payload. */
    public static final int OVERHEAD = 16 + MessageHeader.LENGTH + 16;
    /** The UDP payload that every IPv6 path carries: 1280 less the IPv6 and the UDP header. */
    public static final int SAFE_UDP_PAYLOAD = 1_232;

    private static final int UDP_HEADER = 8;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;

    private MtuBudget() {}

    /** The UDP payload that a link of this MTU carries without fragments. */
    public static int udpPayload(int linkMtu, boolean ipv6) {
        return linkMtu - UDP_HEADER - (ipv6 ? IPV6_HEADER : IPV4_HEADER);
    }

    /** The part of a frame that a UDP payload of this size carries. */
    public static int segment(int udpPayload) {
        return udpPayload - OVERHEAD;
    }

    /** How many datagrams a frame of this length takes. */
    public static int segments(int frameLength, int segment) {
        return Math.ceilDiv(frameLength, segment);
    }
}
