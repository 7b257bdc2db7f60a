package io.virtualwire.port;

import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.transport.Loop;
import org.jspecify.annotations.Nullable;

/**
 * A port whose guest is a component in this process, on the same loop: calls go straight through, nothing is copied.
 *
 * <p>The component {@linkplain #send sends} into the port, and {@linkplain #attachComponent attaches} to receive. What is
 * delivered was checked, so a component can trust the virtio-net header.
 */
public final class InProcessPort implements Port {
    private final PortId id;
    private Loop loop;
    private final int mtu;
    private final Admittance admittance = new Admittance();
    private final PortCounters counters = new PortCounters();
    private @Nullable FrameSink sink;
    private @Nullable FrameSink component;
    private boolean closed;

    public InProcessPort(PortId id, Loop loop, int mtu) {
        this.id = id;
        this.loop = loop;
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
    }

    /** Says who is the guest, in place of who was it before. */
    public void attachComponent(FrameSink newComponent) {
        loop.assertInLoop();
        component = newComponent;
    }

    // HOT PATH

    /** A frame from the component; it stays the component's when this returns. False if it was dropped and counted. */
    public boolean send(byte[] bytes, int offset, int length) {
        if (closed || sink == null) {
            return dropped(DropReason.PORT_CLOSED);
        }
        if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
            return dropped(DropReason.BAD_FRAME_LENGTH);
        }
        counters.ingress(length - VirtioNetHeader.LENGTH);
        sink.frame(bytes, offset, length);
        return true;
    }

    @Override
    public boolean deliver(byte[] bytes, int offset, int length) {
        if (closed || component == null) {
            return dropped(DropReason.PORT_CLOSED);
        }
        DropReason refusal = admittance.refusal(bytes, offset, length);
        if (refusal != null) {
            return dropped(refusal);
        }
        counters.egress(length - VirtioNetHeader.LENGTH);
        component.frame(bytes, offset, length);
        return true;
    }

    private boolean dropped(DropReason reason) {
        counters.dropped(reason);
        return false;
    }

    // COLD PATH

    @Override
    public int mtu() {
        return mtu;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    /** {@inheritDoc} The component goes there with it. */
    @Override
    public void moveTo(Loop other) {
        loop.assertInLoop();
        sink = null;
        loop = other;
    }

    @Override
    public void close() {
        closed = true;
    }
}
