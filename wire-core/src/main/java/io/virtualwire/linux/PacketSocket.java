package io.virtualwire.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The side of an interface that the host's network stack has: what the interface hands to the host is received here, what is
 * sent here goes out by it; virtio-net header first, offloads not yet done. For a TAP whose descriptor another process holds.
 *
 * <p>See packet(7). The kernel takes a frame's outer tag away and tells it beside the frame, {@link #tagType}; frames that
 * leave by the interface are not received. Never blocks. Used by one thread, except that it may be opened by another.
 *
 * <pre>
 * sockaddr_ll       family 16 | protocol 16, big-endian | interface 32 | hardware type 16 | packet type 8 | length 8 | address 64
 * tpacket_auxdata   status 32 | length 32 | captured 32 | mac 16 | net 16 | tag 16 | tag type 16
 * </pre>
 */
public final class PacketSocket implements AutoCloseable {
    private static final int AF_PACKET = 17;
    private static final int SOCK_RAW = 3;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOCK_CLOEXEC = 0x8_0000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int SO_RXQ_OVFL = 40;
    private static final int SO_ATTACH_FILTER = 26;
    private static final int SO_DETACH_FILTER = 27;
    /** In classic BPF: return so many bytes of the frame, 0. */
    private static final short RETURN_NOTHING = 0x06;

    private static final int INSTRUCTION = 8;
    private static final int PROGRAM_SIZE = 16;
    private static final int SOL_PACKET = 263;
    private static final int PACKET_AUXDATA = 8;
    private static final int PACKET_VNET_HDR = 15;
    private static final int PACKET_QDISC_BYPASS = 20;
    private static final int PACKET_IGNORE_OUTGOING = 23;
    private static final int PACKET_VNET_HDR_SZ = 24;
    private static final int MSG_DONTWAIT = 0x40;
    private static final long SIOCGIFINDEX = 0x8933;
    private static final int IFREQ_SIZE = 40;
    private static final int IFREQ_INDEX_OFFSET = 16;
    private static final int ADDRESS_SIZE = 20;
    private static final short EVERY_PROTOCOL = 3;
    private static final int STATUS_TAG_VALID = 0x10;
    private static final int STATUS_TAG_TYPE_VALID = 0x40;
    private static final int TAG_AT = 16;
    private static final int DEFAULT_TAG_TYPE = 0x8100;

    private static final int HEADER_BYTES = 12;
    /** A kernel before 6.6 leaves out the number of buffers. */
    private static final int SHORT_HEADER_BYTES = 10;

    private static final int FRAME_BYTES = 65_562;
    private static final int FRAMES_PER_CALL = 8;
    // Less than this and bursts of super-frames are lost before they are read.
    private static final int BUFFER_BYTES = 16 << 20;

    private final Syscalls calls = new Syscalls();
    private final Arena arena = Arena.ofShared();
    // One byte more than any frame: a longer one is seen to be longer.
    private final ReceivedMessages received = new ReceivedMessages(arena, FRAMES_PER_CALL, FRAME_BYTES + 8);
    private final byte[] shortened;
    private final int headerBytes;
    private final String device;
    private final int fd;
    private boolean closed;

    private PacketSocket(String device, int longestHeader) {
        this.device = device;
        fd = calls.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (fd < 0) {
            arena.close();
            throw Syscalls.failure("open a packet socket for " + device, fd, "give the process CAP_NET_RAW");
        }
        try {
            int index = indexOf(device);
            headerBytes = negotiateHeader(device, longestHeader);
            shortened = new byte[headerBytes == HEADER_BYTES ? 0 : FRAME_BYTES];
            require(device, "to tell tags", calls.setOption(fd, SOL_PACKET, PACKET_AUXDATA, 1));
            require(device, "not to receive what is sent", calls.setOption(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1));
            // Faster by a queue; without it all is well, too.
            calls.setOption(fd, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
            calls.setOption(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
            if (calls.setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES) < 0) {
                calls.setOption(fd, SOL_SOCKET, SO_RCVBUF, BUFFER_BYTES);
            }
            bind(device, index);
        } catch (RuntimeException e) {
            calls.close(fd);
            arena.close();
            throw e;
        }
    }

    /** Opens a socket on an Ethernet interface of the namespace. */
    public static PacketSocket open(NetworkNamespace namespace, String device) {
        return namespace.call(() -> new PacketSocket(device, HEADER_BYTES));
    }

    /** As a kernel before 6.6 has it. */
    static PacketSocket openWithShortHeader(NetworkNamespace namespace, String device) {
        return namespace.call(() -> new PacketSocket(device, SHORT_HEADER_BYTES));
    }

    private PacketSocket(String device, boolean adopted, int descriptor) {
        this.device = device;
        fd = descriptor;
        headerBytes =
                calls.getOption(fd, SOL_PACKET, PACKET_VNET_HDR_SZ) == HEADER_BYTES ? HEADER_BYTES : SHORT_HEADER_BYTES;
        shortened = new byte[headerBytes == HEADER_BYTES ? 0 : FRAME_BYTES];
    }

    /** The socket that another process had open; its descriptor, and what waits in it, becomes this object's. */
    public static PacketSocket adopt(String device, int descriptor) {
        return new PacketSocket(device, true, descriptor);
    }

    /** Whether the interface is still there, and still the same. Safe for every thread. */
    public boolean isAttached() {
        if (closed) {
            return false;
        }
        // Not the owner thread's calls, whose error number these would overwrite.
        Syscalls others = new Syscalls();
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocate(ADDRESS_SIZE, 8);
            int bound = others.getSockName(fd, address) < 0 ? -1 : address.get(ValueLayout.JAVA_INT, 4);
            MemorySegment ifreq = request(scratch, device);
            return others.ioctl(fd, SIOCGIFINDEX, ifreq) >= 0
                    && ifreq.get(ValueLayout.JAVA_INT, IFREQ_INDEX_OFFSET) == bound;
        }
    }

    private static MemorySegment request(Arena arena, String device) {
        MemorySegment ifreq = arena.allocate(IFREQ_SIZE, 8);
        byte[] name = (device + "\0").getBytes(StandardCharsets.UTF_8);
        if (name.length > IFREQ_INDEX_OFFSET) {
            throw Syscalls.failure("find interface " + device, -Errno.ENODEV, "names have at most 15 bytes");
        }
        MemorySegment.copy(MemorySegment.ofArray(name), 0, ifreq, 0, name.length);
        return ifreq;
    }

    private int indexOf(String device) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment ifreq = request(scratch, device);
            require(device, "to tell its index", calls.ioctl(fd, SIOCGIFINDEX, ifreq));
            return ifreq.get(ValueLayout.JAVA_INT, IFREQ_INDEX_OFFSET);
        }
    }

    private int negotiateHeader(String device, int longest) {
        if (longest == HEADER_BYTES && calls.setOption(fd, SOL_PACKET, PACKET_VNET_HDR_SZ, HEADER_BYTES) >= 0) {
            return HEADER_BYTES;
        }
        require(device, "to keep offloads", calls.setOption(fd, SOL_PACKET, PACKET_VNET_HDR, 1));
        return SHORT_HEADER_BYTES;
    }

    private void bind(String device, int index) {
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment address = scratch.allocate(ADDRESS_SIZE, 8);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_PACKET);
            address.set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, EVERY_PROTOCOL);
            address.set(ValueLayout.JAVA_INT, 4, index);
            require(device, "to be received from", calls.bind(fd, address, ADDRESS_SIZE));
        }
    }

    private static void require(String device, String what, int result) {
        if (result < 0) {
            throw Syscalls.failure(
                    "get a packet socket on " + device + " " + what,
                    result,
                    result == -Errno.ENODEV ? "see the interfaces of the namespace: ip link" : "see the cause");
        }
    }

    /** For registering with a {@linkplain io.virtualwire.transport.DatapathLoop loop}. */
    public int fd() {
        return fd;
    }

    /**
     * Receives what has come, at most some frames.
     *
     * @return how many; or an {@link Errno} negated, {@link Errno#EAGAIN} if there is none
     */
    public int receive() {
        return closed ? -Errno.EBADF : calls.receiveMany(fd, received.reset(), received.count(), MSG_DONTWAIT);
    }

    /**
     * Receives nothing any more, or again: something else takes the frames. What has been queued stays. Safe for every thread.
     */
    public void deafen(boolean deaf) {
        if (closed) {
            return;
        }
        Syscalls others = new Syscalls();
        if (!deaf) {
            // Without a program there is nothing to take away.
            others.setOption(fd, SOL_SOCKET, SO_DETACH_FILTER, 0);
            return;
        }
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment nothing = scratch.allocate(INSTRUCTION, 8);
            nothing.set(ValueLayout.JAVA_SHORT, 0, RETURN_NOTHING);
            MemorySegment program = scratch.allocate(PROGRAM_SIZE, 8);
            program.set(ValueLayout.JAVA_SHORT, 0, (short) 1);
            program.set(ValueLayout.JAVA_LONG, 8, nothing.address());
            require(device, "to receive nothing", others.setOption(fd, SOL_SOCKET, SO_ATTACH_FILTER, program));
        }
    }

    /** Lets go of all that is queued: something else has taken these frames. */
    public void discardQueued() {
        int received = receive();
        while (received > 0) {
            received = receive();
        }
    }

    /** Bytes of a received frame, with a header of 12 bytes. */
    public int length(int index) {
        return received.length(index) - headerBytes + HEADER_BYTES;
    }

    /** Copies a received frame of {@link #length} bytes. */
    public void copy(int index, byte[] target, int offset) {
        target[offset + SHORT_HEADER_BYTES] = 0;
        target[offset + SHORT_HEADER_BYTES + 1] = 0;
        received.copy(index, 0, target, offset, headerBytes);
        received.copy(index, headerBytes, target, offset + HEADER_BYTES, received.length(index) - headerBytes);
    }

    /** The type of the tag that was taken from a received frame, 0x8100 or 0x88a8; 0 if it had none. */
    public int tagType(int index) {
        int status = received.auxiliary(index, 0);
        if (status == -1 || (status & STATUS_TAG_VALID) == 0) {
            return 0;
        }
        return (status & STATUS_TAG_TYPE_VALID) == 0 ? DEFAULT_TAG_TYPE : received.auxiliary(index, TAG_AT) >>> 16;
    }

    /** Priority and VLAN of that tag. */
    public int tag(int index) {
        return received.auxiliary(index, TAG_AT) & 0xffff;
    }

    /** How many frames this socket had dropped in all when this one came, because its buffer was full; -1: unknown. */
    public int overflows(int index) {
        return received.overflows(index);
    }

    /**
     * Sends one frame, whose header must have been validated.
     *
     * @return its length; or an {@link Errno} negated
     */
    public int send(byte[] bytes, int offset, int length) {
        if (closed) {
            return -Errno.EBADF;
        }
        if (headerBytes == HEADER_BYTES) {
            return calls.write(fd, bytes, offset, length);
        }
        System.arraycopy(bytes, offset, shortened, 0, SHORT_HEADER_BYTES);
        System.arraycopy(bytes, offset + HEADER_BYTES, shortened, SHORT_HEADER_BYTES, length - HEADER_BYTES);
        int result = calls.write(fd, shortened, 0, length - HEADER_BYTES + SHORT_HEADER_BYTES);
        return result < 0 ? result : result - SHORT_HEADER_BYTES + HEADER_BYTES;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            calls.close(fd);
            arena.close();
        }
    }
}
