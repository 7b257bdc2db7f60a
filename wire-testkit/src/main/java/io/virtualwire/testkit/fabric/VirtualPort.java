package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Side;
import io.virtualwire.port.Backlog;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.transport.Loop;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A place where a guest can be: one endpoint of one daemon. */
final class VirtualPort implements Port, Backlog {
    private final String daemon;
    private final int stream;
    private final PortId id;
    private final Ledger ledger;
    private final PortCounters counters = new PortCounters();
    private @Nullable FrameSink sink;
    private boolean guestIsHere;
    private @Nullable Queue<byte[]> queue;
    /** What a suspended guest was given. */
    private @Nullable Queue<byte[]> unread;

    private boolean asked;
    /** A hypervisor takes one frame after its guest stands still. */
    private boolean takesOne;

    private byte @Nullable [] taken;

    VirtualPort(String daemon, int wire, Side side, Ledger ledger) {
        this.daemon = daemon;
        this.stream = Ledger.stream(wire, side);
        this.id = new PortId(daemon + "-" + wire + side);
        this.ledger = ledger;
    }

    /** The daemon is gone, and nobody takes what the guest sends. */
    void unplug() {
        sink = null;
        queue = null;
    }

    String daemon() {
        return daemon;
    }

    void guestIsHere(boolean isHere) {
        guestIsHere = isHere;
    }

    /** Nobody reads what the guest sends: it waits. */
    void hold() {
        queue = new ArrayDeque<>();
    }

    void unhold() {
        Queue<byte[]> waiting = queue;
        queue = null;
        if (waiting != null) {
            waiting.forEach(this::emit);
        }
    }

    /**
     * The guest stands still, with what is given to it in a queue.
     *
     * @param takesOne whether its hypervisor takes one out all the same
     */
    void suspend(boolean takesOneInVain) {
        if (unread == null) {
            unread = new ArrayDeque<>();
            takesOne = takesOneInVain;
            taken = null;
        }
    }

    /** It goes on here. */
    void resume() {
        Queue<byte[]> waiting = unread;
        unread = null;
        if (taken != null) {
            deliver(taken, 0, taken.length);
            taken = null;
        }
        if (waiting != null) {
            waiting.forEach(frame -> deliver(frame, 0, frame.length));
        }
    }

    boolean isSuspended() {
        return unread != null;
    }

    /** The guest sends a frame here. */
    void emit(byte[] frame) {
        if (queue != null) {
            queue.add(frame);
        } else if (sink != null) {
            sink.frame(frame, 0, frame.length);
        }
    }

    @Override
    public PortId id() {
        return id;
    }

    @Override
    public void attach(FrameSink newSink) {
        sink = newSink;
    }

    @Override
    public boolean deliver(byte[] bytes, int offset, int length) {
        if (unread != null && takesOne) {
            takesOne = false;
            ledger.unsure(bytes, offset);
            taken = Arrays.copyOfRange(bytes, offset, offset + length);
            return true;
        }
        if (unread != null) {
            unread.add(Arrays.copyOfRange(bytes, offset, offset + length));
            return true;
        }
        ledger.delivered(stream, daemon, guestIsHere, bytes, offset, length);
        return true;
    }

    @Override
    public Backlog backlog() {
        return this;
    }

    @Override
    public void begin() {
        asked = true;
    }

    @Override
    public void begin(long readAt, int most) {
        asked = true;
    }

    @Override
    public int unread() {
        return asked && unread != null ? unread.size() : 0;
    }

    @Override
    public int unreadForGood() {
        int waiting = unread();
        return waiting > 0 && taken != null ? waiting + 1 : waiting;
    }

    @Override
    public int unsure() {
        return taken != null && unread() == 0 ? 1 : 0;
    }

    @Override
    public long readAt() {
        return unread();
    }

    @Override
    public void end() {
        asked = false;
    }

    @Override
    public int mtu() {
        return 9_000;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void moveTo(Loop other) {}

    @Override
    public void close() {}
}
