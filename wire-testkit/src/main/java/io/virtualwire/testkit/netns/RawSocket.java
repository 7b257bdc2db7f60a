package io.virtualwire.testkit.netns;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an attacker has who is root on a machine of his own: IPv4 packets from whatever address he likes, and a look at those that
 * pass. For a test's own namespaces.
 */
public final class RawSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int AF_PACKET = 17;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_RAW = 3;
    private static final int IPPROTO_RAW = 255;
    private static final int ETH_P_IP_BIG_ENDIAN = 0x0008;
    private static final int IP_HEADER = 20;
    private static final int UDP_HEADER = 8;
    private static final int TCP_HEADER = 20;
    private static final int UDP = 17;
    private static final int TCP = 6;
    private static final int LONGEST = 65_535;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET =
            bind("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle SENDTO =
            bind("sendto", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle RECV =
            bind("recv", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(LONGEST, 8);
    private final ByteBuffer packet = memory.asByteBuffer().order(ByteOrder.BIG_ENDIAN);
    private final MemorySegment target = arena.allocate(16, 8);
    private final int fd;

    private RawSocket(int family, int type, int protocol) {
        try {
            fd = (int) SOCKET.invokeExact(family, type, protocol);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        if (fd < 0) {
            throw new IllegalStateException("no raw socket: it needs root");
        }
    }

    /** For sending. */
    public static RawSocket sender() {
        return new RawSocket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    }

    /** For looking at the IPv4 packets of all devices of this namespace. */
    public static RawSocket spy() {
        return new RawSocket(AF_PACKET, SOCK_DGRAM, ETH_P_IP_BIG_ENDIAN);
    }

    /** Sends one datagram as if from that address; false if the kernel took it not. */
    public boolean udp(int sourceAddress, int sourcePort, InetSocketAddress to, byte[] payload, int length) {
        ip(sourceAddress, to, UDP, UDP_HEADER + length);
        packet.putShort((short) sourcePort).putShort((short) to.getPort());
        packet.putShort((short) (UDP_HEADER + length)).putShort((short) 0);
        packet.put(payload, 0, length);
        return send(to);
    }

    /** Asks for a TCP connection as if from that address, and will never answer the answer. */
    public boolean syn(int sourceAddress, int sourcePort, InetSocketAddress to, int sequence) {
        ip(sourceAddress, to, TCP, TCP_HEADER);
        packet.putShort((short) sourcePort)
                .putShort((short) to.getPort())
                .putInt(sequence)
                .putInt(0);
        packet.putShort((short) 0x5002)
                .putShort((short) 65_535)
                .putShort((short) 0)
                .putShort((short) 0);
        long sum = TCP + TCP_HEADER;
        for (int at = 12; at < IP_HEADER + TCP_HEADER; at += 2) {
            sum += packet.getShort(at) & 0xffff;
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        packet.putShort(IP_HEADER + 16, (short) ~(sum + (sum >>> 16)));
        return send(to);
    }

    /** Waits for the next packet; its bytes, from the IP header on, until the next call. */
    public ByteBuffer receive() {
        try {
            long length = (long) RECV.invokeExact(fd, memory, (long) LONGEST, 0);
            return packet.duplicate().order(ByteOrder.BIG_ENDIAN).position(0).limit((int) Math.max(0, length));
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void ip(int source, InetSocketAddress to, int protocol, int length) {
        packet.clear();
        packet.putShort((short) 0x4500).putShort((short) (IP_HEADER + length)).putInt(0);
        packet.put((byte) 64).put((byte) protocol).putShort((short) 0);
        packet.putInt(source).put(to.getAddress().getAddress());
    }

    private boolean send(InetSocketAddress to) {
        target.asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_INET)
                .order(ByteOrder.BIG_ENDIAN)
                .putShort((short) to.getPort())
                .put(to.getAddress().getAddress());
        try {
            return (long) SENDTO.invokeExact(fd, memory, (long) packet.position(), 0, target, (int) target.byteSize())
                    >= 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            int ignored = (int) CLOSE.invokeExact(fd);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        arena.close();
    }

    private static MethodHandle bind(String name, FunctionDescriptor signature) {
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), signature);
    }
}
