package io.virtualwire.linux;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.lang.foreign.Arena;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * A UDP socket that sends runs with UDP_SEGMENT and receives them with UDP_GRO, and never fragments.
 *
 * <p>Addresses are numbers, IPv4 in IPv6-mapped form. Never blocks. Used by one thread, except that it may be opened by
 * another.
 */
public final class UdpSocket implements AutoCloseable {
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int SOL_SOCKET = 1;
    private static final int SO_SNDBUF = 7;
    private static final int SO_RCVBUF = 8;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;
    private static final int SO_RXQ_OVFL = 40;
    private static final int IP_MTU_DISCOVER = 10;
    private static final int IP_MTU = 14;
    private static final int IPV6_MTU_DISCOVER = 23;
    private static final int IPV6_MTU = 24;
    private static final int IPV6_V6ONLY = 26;
    private static final int PMTUDISC_PROBE = 3;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int BUFFER_BYTES = 8 << 20;
    private static final int RUNS_PER_CALL = 8;
    private static final int RUN_BYTES = 65_536;
    private static final int IPV4_OVERHEAD = 28;
    private static final int IPV6_OVERHEAD = 48;

    private final Syscalls calls = new Syscalls();
    private final Arena arena = Arena.ofShared();
    private final ReceivedMessages received = new ReceivedMessages(arena, RUNS_PER_CALL, RUN_BYTES);
    private final SocketAddressBuffer remote = new SocketAddressBuffer(arena.allocate(SocketAddressBuffer.SIZE, 8));
    private final int family;
    private final int fd;
    private final int linkProbe;
    private final InetSocketAddress local;
    private long remoteHigh;
    private long remoteLow;
    private int remotePort = -1;
    private int remoteScope;
    private int segmentSize;
    private boolean closed;

    private UdpSocket(InetSocketAddress bindAddress) {
        family = bindAddress.getAddress() instanceof Inet4Address
                ? SocketAddressBuffer.AF_INET
                : SocketAddressBuffer.AF_INET6;
        fd = open(bindAddress);
        try {
            local = bindTo(bindAddress);
            // A second socket is asked for link MTUs: connecting the first would make it deaf to others.
            linkProbe = open(bindAddress);
        } catch (RuntimeException e) {
            calls.close(fd);
            arena.close();
            throw e;
        }
    }

    private UdpSocket(int adopted) {
        fd = adopted;
        int result = calls.getSockName(fd, remote.memory());
        if (result < 0) {
            arena.close();
            throw Syscalls.failure("take over a UDP socket", result, "start without taking over");
        }
        local = remote.toSocketAddress();
        family = remote.isInet6() ? SocketAddressBuffer.AF_INET6 : SocketAddressBuffer.AF_INET;
        linkProbe = open(local);
    }

    /** Brings the options that are the socket's, and not this object's, to what {@link #adopt} takes them to be. */
    public void settle() {
        changeSegmentSize(0);
        unguard();
    }

    /** The socket that another process had; its descriptor becomes this object's. */
    public static UdpSocket adopt(NetworkNamespace namespace, int descriptor) {
        return namespace.call(() -> new UdpSocket(descriptor));
    }

    /** Opens a socket bound to an address of the namespace; port 0 lets the kernel choose. */
    public static UdpSocket open(NetworkNamespace namespace, InetSocketAddress bindAddress) {
        if (bindAddress.isUnresolved()) {
            throw new WireException(
                    ErrorCode.BAD_REQUEST, "bind to " + bindAddress + ": not an address", "write an IP address");
        }
        return namespace.call(() -> new UdpSocket(bindAddress));
    }

    private int open(InetSocketAddress bindAddress) {
        int opened = calls.socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (opened < 0) {
            throw Syscalls.failure("open a UDP socket for " + bindAddress, opened, "see the cause");
        }
        if (family == SocketAddressBuffer.AF_INET6) {
            calls.setOption(opened, IPPROTO_IPV6, IPV6_V6ONLY, 0);
            calls.setOption(opened, IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_PROBE);
        }
        // PROBE sets "don't fragment" and lets only the link's MTU limit: the path's is found by our own, authenticated
        // probes.
        calls.setOption(opened, IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_PROBE);
        return opened;
    }

    private InetSocketAddress bindTo(InetSocketAddress address) {
        calls.setOption(fd, SOL_UDP, UDP_GRO, 1);
        calls.setOption(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
        enlarge(SO_RCVBUFFORCE, SO_RCVBUF);
        enlarge(SO_SNDBUFFORCE, SO_SNDBUF);
        remote.put(address);
        int result = calls.bind(fd, remote.memory(), remote.length());
        if (result < 0) {
            throw Syscalls.failure(
                    "bind UDP to " + address,
                    result,
                    result == -Errno.EADDRINUSE
                            ? "choose another port, or stop the process that has it: ss -lunp"
                            : "bind to an address of this host: ip address");
        }
        result = calls.getSockName(fd, remote.memory());
        if (result < 0) {
            throw Syscalls.failure("ask for the address of the UDP socket", result, "see the cause");
        }
        return remote.toSocketAddress();
    }

    private void enlarge(int privileged, int ordinary) {
        if (calls.setOption(fd, SOL_SOCKET, privileged, BUFFER_BYTES) < 0) {
            calls.setOption(fd, SOL_SOCKET, ordinary, BUFFER_BYTES);
        }
    }

    /** Lets the kernel drop what this filter does not take; another replaces it. False if the kernel cannot. */
    public boolean guard(DatagramFilter filter) {
        try (Arena program = Arena.ofConfined()) {
            return calls.setOption(
                            fd,
                            SOL_SOCKET,
                            SO_ATTACH_FILTER,
                            filter.program(program, family == SocketAddressBuffer.AF_INET))
                    >= 0;
        }
    }

    /** Takes everything again. */
    public void unguard() {
        calls.setOption(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
    }

    /** For registering with a loop. */
    public int fd() {
        return fd;
    }

    /** The bound address, with the port that was given. */
    public InetSocketAddress local() {
        return local;
    }

    /** Whether it can send to this address: an IPv4 socket sends to IPv4 addresses only. */
    public boolean reaches(boolean ipv4) {
        return ipv4 || family == SocketAddressBuffer.AF_INET6;
    }

    /**
     * Sends one datagram, or a run of datagrams of {@code segment} bytes of which the last may be shorter.
     *
     * @return what was sent, or an {@link Errno} negated; then nothing was sent
     */
    public int send(long high, long low, int port, int scope, byte[] bytes, int offset, int length, int segment) {
        if (closed) {
            return -Errno.EBADF;
        }
        if (low != remoteLow || port != remotePort || high != remoteHigh || scope != remoteScope) {
            remote.put(family, high, low, port, scope);
            remoteHigh = high;
            remoteLow = low;
            remotePort = port;
            remoteScope = scope;
        }
        // The size is the socket's own, not each call's: so the bytes can be taken from the heap without a copy.
        int wanted = length > segment ? segment : segmentSize >= length ? segmentSize : 0;
        if (wanted != segmentSize && !changeSegmentSize(wanted)) {
            return -Errno.EINVAL;
        }
        // At most twice. One call site, so that the compiler keeps the slice of the heap off the heap.
        while (true) {
            int result = calls.sendTo(
                    fd, bytes, offset, length, MSG_DONTWAIT | MSG_NOSIGNAL, remote.memory(), remote.length());
            boolean sizeOfAnotherRun = result < 0 && length <= segment && segmentSize != 0 && isSizeRefusal(result);
            // Kernels before 6.12 compare the link with the socket's size even for a datagram that is smaller.
            if (!sizeOfAnotherRun || !changeSegmentSize(0)) {
                return result;
            }
        }
    }

    private static boolean isSizeRefusal(int result) {
        return result == -Errno.EMSGSIZE || result == -Errno.EINVAL;
    }

    private boolean changeSegmentSize(int size) {
        if (calls.setOption(fd, SOL_UDP, UDP_SEGMENT, size) < 0) {
            return false;
        }
        segmentSize = size;
        return true;
    }

    /** Receives what is there, a few runs at most; returns how many, or an {@link Errno} negated. */
    public int receive() {
        return closed ? -Errno.EBADF : calls.receiveMany(fd, received.reset(), received.count(), MSG_DONTWAIT);
    }

    /** Bytes of a received run. */
    public int length(int index) {
        return received.length(index);
    }

    /** Bytes of each of its datagrams but the last. */
    public int segmentSize(int index) {
        return received.segmentSize(index);
    }

    /** Whether it was longer than 65,536 bytes, and its end is lost. */
    public boolean truncated(int index) {
        return received.truncated(index);
    }

    /** How many datagrams this socket had dropped in all when this run came, because its buffer was full; -1: unknown. */
    public int overflows(int index) {
        return received.overflows(index);
    }

    public long sourceHigh(int index) {
        return received.source(index).high();
    }

    public long sourceLow(int index) {
        return received.source(index).low();
    }

    public int sourcePort(int index) {
        return received.source(index).port();
    }

    public int sourceScope(int index) {
        return received.source(index).scope();
    }

    /** Copies a received run to the front of {@code target}, which has room for 65,536 bytes. */
    public void copy(int index, byte[] target) {
        received.copy(index, target);
    }

    /** The largest UDP payload that the link towards this address takes; or an {@link Errno} negated. */
    public int linkBudget(long high, long low, int port, int scope) {
        if (closed) {
            return -Errno.EBADF;
        }
        try (Arena scratch = Arena.ofConfined()) {
            SocketAddressBuffer target = new SocketAddressBuffer(scratch.allocate(SocketAddressBuffer.SIZE, 8));
            target.put(family, high, low, port, scope);
            int result = calls.connect(linkProbe, target.memory(), target.length());
            if (result < 0) {
                return result;
            }
            boolean ipv4 = high == 0 && low >>> 32 == 0xffff;
            int mtu = ipv4
                    ? calls.getOption(linkProbe, IPPROTO_IP, IP_MTU)
                    : calls.getOption(linkProbe, IPPROTO_IPV6, IPV6_MTU);
            // Let go of it: a source address of one family would keep the next connect from the other.
            target.put(SocketAddressBuffer.AF_UNSPEC, 0, 0, 0, 0);
            calls.connect(linkProbe, target.memory(), target.length());
            return mtu < 0 ? mtu : Math.min(mtu, 65_535) - (ipv4 ? IPV4_OVERHEAD : IPV6_OVERHEAD);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
            calls.close(linkProbe);
            arena.close();
        }
    }
}
