package io.virtualwire.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * A socket address in native memory: struct sockaddr_in or sockaddr_in6, which both begin with the family and the port.
 *
 * <pre>
 * sockaddr_in   family 16 | port 16 | address 32 | zero 64
 * sockaddr_in6  family 16 | port 16 | flow 32 | address 128 | scope 32
 * </pre>
 *
 * The family and the scope are in the host's order, the rest is big-endian. IPv4 addresses are held IPv6-mapped in the two
 * longs, as {@code ::ffff:a.b.c.d}.
 */
final class SocketAddressBuffer {
    static final int SIZE = 28;
    static final int AF_UNSPEC = 0;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    private static final int INET_SIZE = 16;
    private static final long PORT_OFFSET = 2;
    private static final long INET_ADDRESS_OFFSET = 4;
    private static final long FLOW_OFFSET = 4;
    private static final long INET6_ADDRESS_OFFSET = 8;
    private static final long SCOPE_OFFSET = 24;
    private static final long MAPPED = 0xffffL << 32;
    private static final ValueLayout.OfShort BIG_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt BIG_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong BIG_LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory;

    SocketAddressBuffer(MemorySegment memory) {
        this.memory = memory;
    }

    MemorySegment memory() {
        return memory;
    }

    /** Bytes that the kernel is to read of it. */
    int length() {
        return isInet6() ? SIZE : INET_SIZE;
    }

    /** Writes an address for a socket of this family; an IPv4 address fits both. */
    void put(int family, long high, long low, int port, int scope) {
        memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, 0, (short) family);
        memory.set(BIG_SHORT, PORT_OFFSET, (short) port);
        if (family == AF_INET) {
            memory.set(BIG_INT, INET_ADDRESS_OFFSET, (int) low);
            memory.set(BIG_LONG, INET6_ADDRESS_OFFSET, 0L);
        } else {
            memory.set(BIG_INT, FLOW_OFFSET, 0);
            memory.set(BIG_LONG, INET6_ADDRESS_OFFSET, high);
            memory.set(BIG_LONG, INET6_ADDRESS_OFFSET + 8, low);
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, SCOPE_OFFSET, scope);
        }
    }

    void put(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        byte[] bytes = host.getAddress();
        if (host instanceof Inet4Address) {
            long v4 = MemorySegment.ofArray(bytes).get(BIG_INT, 0) & 0xffff_ffffL;
            put(AF_INET, 0, MAPPED | v4, address.getPort(), 0);
        } else {
            MemorySegment segment = MemorySegment.ofArray(bytes);
            int scope = host instanceof Inet6Address v6 ? v6.getScopeId() : 0;
            put(AF_INET6, segment.get(BIG_LONG, 0), segment.get(BIG_LONG, 8), address.getPort(), scope);
        }
    }

    /** Whether this is an address of IPv4 or IPv6 at all. */
    boolean isInet() {
        return isInet6() || memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0) == AF_INET;
    }

    boolean isInet6() {
        return memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, 0) == AF_INET6;
    }

    long high() {
        return isInet6() ? memory.get(BIG_LONG, INET6_ADDRESS_OFFSET) : 0;
    }

    long low() {
        return isInet6()
                ? memory.get(BIG_LONG, INET6_ADDRESS_OFFSET + 8)
                : MAPPED | Integer.toUnsignedLong(memory.get(BIG_INT, INET_ADDRESS_OFFSET));
    }

    int port() {
        return memory.get(BIG_SHORT, PORT_OFFSET) & 0xffff;
    }

    int scope() {
        return isInet6() ? memory.get(ValueLayout.JAVA_INT_UNALIGNED, SCOPE_OFFSET) : 0;
    }

    /** For the Java library; allocates. */
    InetSocketAddress toSocketAddress() {
        int from = (int) (isInet6() ? INET6_ADDRESS_OFFSET : INET_ADDRESS_OFFSET);
        byte[] bytes = memory.asSlice(from, isInet6() ? 16 : 4).toArray(ValueLayout.JAVA_BYTE);
        try {
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes was refused", e);
        }
    }
}
