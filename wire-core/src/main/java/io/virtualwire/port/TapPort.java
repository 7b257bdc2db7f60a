package io.virtualwire.port;

import io.virtualwire.frame.DatagramTrain;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.linux.Errno;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.transport.DatapathLoop;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.Registration;
import org.jspecify.annotations.Nullable;

/**
 * A guest's interface that is a TAP device, whose descriptor this port holds.
 *
 * <p>Small UDP datagrams that wait in its queue one behind the other come out as one {@linkplain DatagramTrain frame}.
 */
public final class TapPort implements Port {
    // Frames read per turn, so that the underlay's sockets and other ports have theirs.
    private static final int READS_PER_TURN = 64;
    // One byte more than any frame: a longer one is seen to be longer.
    private static final int READ_BYTES = MAX_FRAME_BYTES + 1;

    private final PortId id;
    private DatapathLoop loop;
    private final TapDevice tap;
    private final int mtu;
    private final DatagramTrain train = new DatagramTrain();
    private final Admittance admittance = new Admittance();
    private final PortCounters counters = new PortCounters();
    private @Nullable FrameSink sink;
    private @Nullable Registration registration;
    private boolean closed;

    /**
     * @param tap becomes this port's, which closes it
     * @param mtu the interface's
     */
    public TapPort(PortId id, DatapathLoop loop, TapDevice tap, int mtu) {
        this.id = id;
        this.loop = loop;
        this.tap = tap;
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
            registration = loop.register(tap.fd(), this::read, () -> {});
        }
    }

    // HOT PATH

    private void read() {
        byte[] buffer = loop.scratch();
        int bytes = 0;
        for (int i = 0; i < READS_PER_TURN && bytes < DatapathLoop.BYTES_PER_TURN && !closed; i++) {
            int length = tap.read(buffer, 0, READ_BYTES);
            if (length < 0) {
                // The interface was deleted under us: without this epoll would report it for ever.
                if (length != -Errno.EAGAIN && length != -Errno.EINTR && registration != null) {
                    registration.cancel();
                }
                break;
            }
            bytes += length;
            if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
                counters.dropped(DropReason.BAD_FRAME_LENGTH);
            } else if (!train.join(buffer, 0, length)) {
                passTrain();
                if (!takesUdpSuperFrames() || !train.begin(buffer, 0, length)) {
                    pass(buffer, length, 1);
                }
            }
        }
        passTrain();
    }

    private void passTrain() {
        if (train.count() > 0) {
            train.couple();
            int joined = train.count();
            int length = train.length();
            train.clear();
            pass(train.bytes(), length, joined);
        }
    }

    private void pass(byte[] bytes, int length, int frames) {
        if (sink != null && !closed) {
            counters.ingress(length - VirtioNetHeader.LENGTH, frames);
            sink.frame(bytes, 0, length);
        }
    }

    @Override
    public boolean deliver(byte[] bytes, int offset, int length) {
        DropReason refusal = closed ? DropReason.PORT_CLOSED : admittance.refusal(bytes, offset, length);
        if (refusal == null) {
            int result = tap.write(bytes, offset, length);
            if (result == length) {
                counters.egress(length - VirtioNetHeader.LENGTH);
                return true;
            }
            refusal = result == -Errno.EAGAIN ? DropReason.PORT_QUEUE_FULL : DropReason.PORT_REFUSED;
        }
        counters.dropped(refusal);
        return false;
    }

    // COLD PATH

    @Override
    public boolean takesUdpSuperFrames() {
        return tap.offloadsUdp();
    }

    @Override
    public int mtu() {
        return mtu;
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
            tap.close();
        }
    }
}
