package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * An open TAP device: what its interface sends is read here, what is written here its interface receives; one frame a call,
 * virtio-net header first, offloads not yet done.
 *
 * <p>Never blocks. Used by one thread.
 */
public final class TapDevice implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x8_0000;
    private static final long TUNSETIFF = 0x4004_54caL;
    private static final long TUNGETIFF = 0x8004_54d2L;
    private static final long TUNSETPERSIST = 0x4004_54cbL;
    private static final long TUNSETOFFLOAD = 0x4004_54d0L;
    private static final long TUNSETVNETHDRSZ = 0x4004_54d8L;
    private static final long TUNSETVNETLE = 0x4004_54dcL;
    private static final int IFF_TAP = 0x0002;
    private static final int IFF_NO_PI = 0x1000;
    private static final int IFF_VNET_HDR = 0x4000;
    private static final int IFF_MULTI_QUEUE = 0x0100;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_FLAGS_OFFSET = 16;
    private static final int VIRTIO_NET_HEADER_V1_LENGTH = 12;

    private static final int CHECKSUM = 0x01;
    private static final int TSO4 = 0x02;
    private static final int TSO6 = 0x04;
    private static final int TSO_ECN = 0x08;
    private static final int USO4 = 0x20;
    private static final int USO6 = 0x40;
    // From everything down to nothing: what an older kernel refuses is asked for no more.
    private static final int[] OFFLOADS_BY_PREFERENCE = {
        CHECKSUM | TSO4 | TSO6 | TSO_ECN | USO4 | USO6,
        CHECKSUM | TSO4 | TSO6 | TSO_ECN,
        CHECKSUM | TSO4 | TSO6,
        CHECKSUM,
        0
    };

    private final Syscalls calls = new Syscalls();
    private final TapRequest request;
    private final int fd;
    private final int offloads;
    private boolean closed;

    private TapDevice(TapRequest request) {
        this.request = request;
        fd = calls.open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            throw Syscalls.failure("open /dev/net/tun", fd, "load the kernel's tun module: modprobe tun");
        }
        try {
            attach();
            if (request.persistent()) {
                set("persistence", TUNSETPERSIST, 1);
            }
            setPointed("virtio-net header of 12 bytes", TUNSETVNETHDRSZ, VIRTIO_NET_HEADER_V1_LENGTH);
            setPointed("little-endian virtio-net header", TUNSETVNETLE, 1);
            offloads = negotiateOffloads();
        } catch (RuntimeException e) {
            calls.close(fd);
            throw e;
        }
    }

    /** Opens the device, creating the interface if there is none. */
    public static TapDevice open(TapRequest request) {
        return request.namespace().call(() -> new TapDevice(request));
    }

    private TapDevice(TapRequest request, int adopted) {
        this.request = request;
        fd = adopted;
        try {
            offloads = negotiateOffloads();
        } catch (RuntimeException e) {
            calls.close(fd);
            throw e;
        }
    }

    /** The device that another process had open; its descriptor, and what waits in its queue, becomes this object's. */
    public static TapDevice adopt(TapRequest request, int descriptor) {
        return new TapDevice(request, descriptor);
    }

    private void attach() {
        int flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | (request.multiQueue() ? IFF_MULTI_QUEUE : 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ifreq = arena.allocate(IFREQ_SIZE, 8);
            ifreq.asSlice(0, IFREQ_FLAGS_OFFSET)
                    .copyFrom(MemorySegment.ofArray((request.name() + "\0").getBytes(StandardCharsets.UTF_8)));
            ifreq.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS_OFFSET, (short) flags);
            int result = calls.ioctl(fd, TUNSETIFF, ifreq);
            if (result < 0) {
                throw Syscalls.failure(
                        "attach to TAP " + request.name() + " in namespace " + request.namespace(),
                        result,
                        result == -Errno.EBUSY
                                ? "another process holds it: see fuser -v /dev/net/tun"
                                : "check that no other kind of interface has this name, and its queue mode");
            }
        }
    }

    private void set(String what, long ioctl, long value) {
        int result = calls.ioctl(fd, ioctl, value);
        if (result < 0) {
            throw Syscalls.failure("set " + what + " of TAP " + request.name(), result, "see the cause");
        }
    }

    private void setPointed(String what, long ioctl, int value) {
        try (Arena arena = Arena.ofConfined()) {
            int result = calls.ioctl(fd, ioctl, arena.allocateFrom(ValueLayout.JAVA_INT, value));
            if (result < 0) {
                throw Syscalls.failure("set " + what + " of TAP " + request.name(), result, "see the cause");
            }
        }
    }

    private int negotiateOffloads() {
        int refusal = 0;
        for (int wanted : OFFLOADS_BY_PREFERENCE) {
            refusal = calls.ioctl(fd, TUNSETOFFLOAD, wanted);
            if (refusal >= 0) {
                return wanted;
            }
        }
        throw Syscalls.failure("set offloads of TAP " + request.name(), refusal, "see the cause");
    }

    public String name() {
        return request.name();
    }

    public NetworkNamespace namespace() {
        return request.namespace();
    }

    /** For registering with a {@linkplain io.virtualwire.transport.DatapathLoop loop}. */
    public int fd() {
        return fd;
    }

    /** Whether the interface may hand over frames that are yet to be cut into TCP segments. */
    public boolean offloadsTcp() {
        return (offloads & TSO4) != 0;
    }

    /** Whether the interface may hand over frames that are yet to be cut into UDP datagrams. */
    public boolean offloadsUdp() {
        return (offloads & USO4) != 0;
    }

    /**
     * Reads one frame.
     *
     * @return its length; or an {@link Errno} negated, {@link Errno#EAGAIN} if there is none
     */
    public int read(byte[] bytes, int offset, int length) {
        return closed ? -Errno.EBADF : calls.read(fd, bytes, offset, length);
    }

    /**
     * Writes one frame, whose header must have been validated.
     *
     * @return its length; or an {@link Errno} negated
     */
    public int write(byte[] bytes, int offset, int length) {
        return closed ? -Errno.EBADF : calls.write(fd, bytes, offset, length);
    }

    /** Whether the interface is still there; somebody may have deleted it, or its namespace. Safe for every thread. */
    public boolean isAttached() {
        if (closed) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            // Not the owner thread's calls, whose error number this one's would overwrite.
            return new Syscalls().ioctl(fd, TUNGETIFF, arena.allocate(IFREQ_SIZE, 8)) >= 0;
        }
    }

    /** Removes the interface of a persistent device with the descriptor; others vanish anyway. Safe for every thread. */
    public void forget() {
        if (!closed) {
            int result = new Syscalls().ioctl(fd, TUNSETPERSIST, 0L);
            if (result < 0) {
                throw Syscalls.failure("let go of TAP " + request.name(), result, "see the cause");
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
        }
    }
}
