package io.virtualwire.port;

import io.virtualwire.frame.TagEditor;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.Errno;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TransmitCounter;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.Registration;
import org.jspecify.annotations.Nullable;

/**
 * A guest's interface whose TAP another process holds, as QEMU does: frames are taken from the device's own side.
 *
 * <p>The host's stack has that side, too; whoever opens the socket keeps it away
 * ({@link io.virtualwire.linux.DeviceShield}).
 */
public final class PacketPort implements Port {
    // Calls per turn, each of up to eight frames, so that the underlay's sockets and other ports have theirs.
    private static final int CALLS_PER_TURN = 8;

    private final PortId id;
    private DatapathLoop loop;
    private final PacketSocket socket;
    private final int mtu;
    private final TagEditor tags = new TagEditor();
    private final Admittance admittance = new Admittance();
    private final PortCounters counters = new PortCounters();
    private final TransmitCounter taken;
    private final UnreadFrames unread;
    private int overflowsSeen;
    private @Nullable FrameSink sink;
    private @Nullable Registration registration;
    private boolean closed;

    /**
     * @param socket becomes this port's, which closes it
     * @param taken counts what the guest has read; becomes this port's, too
     * @param mtu the interface's
     */
    public PacketPort(PortId id, DatapathLoop loop, PacketSocket socket, TransmitCounter taken, int mtu) {
        this.id = id;
        this.loop = loop;
        this.socket = socket;
        this.taken = taken;
        this.unread = new UnreadFrames(taken::frames, loop.ticker());
        this.mtu = mtu;
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public void attach(FrameSink newSink) {
        loop.assertInLoop();
        sink = newSink;
        if (registration == null && !closed) {
            registration = loop.register(socket.fd(), this::read, () -> {});
        }
    }

    // HOT PATH

    private void read() {
        int bytes = 0;
        for (int call = 0; call < CALLS_PER_TURN && bytes < DatapathLoop.BYTES_PER_TURN && !closed; call++) {
            int count = socket.receive();
            if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
                return;
            }
            if (count == -Errno.ENETDOWN) {
                // Said once when the interface goes down; it may come up again.
                continue;
            }
            if (count < 0) {
                if (registration != null) {
                    registration.cancel();
                }
                return;
            }
            for (int i = 0; i < count && !closed; i++) {
                bytes += socket.length(i);
                take(i);
            }
        }
    }

    private void take(int index) {
        countOverflows(socket.overflows(index));
        int length = socket.length(index);
        if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
            counters.dropped(DropReason.BAD_FRAME_LENGTH);
            return;
        }
        byte[] buffer = loop.scratch();
        socket.copy(index, buffer, 0);
        int type = socket.tagType(index);
        if (type == 0) {
            pass(buffer, length);
            return;
        }
        int tagged = tags.insert(buffer, 0, length, type, socket.tag(index));
        if (tagged == TagEditor.IMPOSSIBLE) {
            counters.dropped(DropReason.BAD_FRAME_LENGTH);
        } else {
            pass(tags.bytes(), tagged);
        }
    }

    private void pass(byte[] bytes, int length) {
        if (sink != null) {
            counters.ingress(length - VirtioNetHeader.LENGTH);
            sink.frame(bytes, 0, length);
        }
    }

    private void countOverflows(int total) {
        // Wraps after four thousand million.
        int more = total - overflowsSeen;
        if (total != -1 && more > 0) {
            counters.drops().add(DropReason.PORT_OVERFLOW, more);
            overflowsSeen = total;
        }
    }

    @Override
    public boolean deliver(byte[] bytes, int offset, int length) {
        DropReason refusal = closed ? DropReason.PORT_CLOSED : admittance.refusal(bytes, offset, length);
        if (refusal == null) {
            unread.beforeDelivery();
            int result = socket.send(bytes, offset, length);
            if (result == length) {
                unread.delivered();
                counters.egress(length - VirtioNetHeader.LENGTH);
                return true;
            }
            refusal = switch (result) {
                case -Errno.EAGAIN, -Errno.ENOBUFS -> DropReason.PORT_QUEUE_FULL;
                case -Errno.EMSGSIZE -> DropReason.EXCEEDS_MTU;
                default -> DropReason.PORT_REFUSED;
            };
        }
        counters.dropped(refusal);
        return false;
    }

    // COLD PATH

    /**
     * {@inheritDoc} Whether the process that holds the TAP does is not known: a socket that bypasses the queues drops what the device
     * would have to have cut, and the kernel's count of what was read would count each piece.
     */
    @Override
    public boolean takesUdpSuperFrames() {
        return false;
    }

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public Backlog backlog() {
        return unread;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void moveTo(Loop other) {
        loop.assertInLoop();
        if (registration != null) {
            registration.cancel();
            registration = null;
        }
        sink = null;
        loop = (DatapathLoop) other;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (registration != null) {
                registration.cancel();
            }
            unread.end();
            socket.close();
            taken.close();
        }
    }
}
