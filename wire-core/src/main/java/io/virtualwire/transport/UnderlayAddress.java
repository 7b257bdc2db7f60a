package io.virtualwire.transport;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;

/**
 * An IP address and UDP port on the underlay, as numbers, so that comparing allocates nothing.
 *
 * <p>An IPv4 address is held in its IPv6-mapped form (::ffff:a.b.c.d), so both families compare alike.
 *
 * @param high the first 64 bits of the address
 * @param low the last 64 bits
 * @param port 0 to 65,535
 * @param scope the interface index of a link-local address, else 0
 */
public record UnderlayAddress(long high, long low, int port, int scope) {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long MAPPED = 0xffffL << 32;

    public UnderlayAddress {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not in 0 to 65535");
        }
    }

    /** The address with these four bytes, most significant first. */
    public static UnderlayAddress ipv4(int address, int port) {
        return new UnderlayAddress(0, MAPPED | Integer.toUnsignedLong(address), port, 0);
    }

    public static UnderlayAddress of(InetSocketAddress address) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST,
                    "underlay address " + address + " is a name that was not resolved",
                    "resolve it, or write the IP address");
        }
        return of(host, address.getPort());
    }

    public static UnderlayAddress of(InetAddress host, int port) {
        byte[] bytes = host.getAddress();
        if (bytes.length == 4) {
            int v4 = (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
            return ipv4(v4, port);
        }
        int scope = host instanceof Inet6Address v6 ? v6.getScopeId() : 0;
        return new UnderlayAddress((long) LONG.get(bytes, 0), (long) LONG.get(bytes, 8), port, scope);
    }

    public boolean isIpv4() {
        return high == 0 && low >>> 32 == 0xffff;
    }

    /** The four bytes of an IPv4 address, most significant first; meaningless otherwise. */
    public int ipv4Bits() {
        return (int) low;
    }

    /** Whether this is 0.0.0.0 or ::, which names no host. */
    public boolean isWildcard() {
        return high == 0 && (low == 0 || low == MAPPED);
    }

    /** Whether this is an address of that host, whatever the port. */
    public boolean isAt(InetAddress host) {
        UnderlayAddress other = of(host, port);
        return other.high == high && other.low == low;
    }

    public UnderlayAddress withPort(int newPort) {
        return new UnderlayAddress(high, low, newPort, scope);
    }

    /** The same address for the Java library; allocates. */
    public InetSocketAddress toSocketAddress() {
        try {
            if (isIpv4()) {
                int v4 = ipv4Bits();
                byte[] bytes = {(byte) (v4 >>> 24), (byte) (v4 >>> 16), (byte) (v4 >>> 8), (byte) v4};
                return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
            }
            byte[] bytes = new byte[16];
            LONG.set(bytes, 0, high);
            LONG.set(bytes, 8, low);
            return new InetSocketAddress(Inet6Address.getByAddress(null, bytes, scope == 0 ? -1 : scope), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of 4 or 16 bytes was refused", e);
        }
    }

    @Override
    public String toString() {
        String host = toSocketAddress().getAddress().getHostAddress();
        return isIpv4() ? host + ":" + port : "[" + host + "]:" + port;
    }
}
