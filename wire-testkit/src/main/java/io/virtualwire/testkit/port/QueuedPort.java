package io.virtualwire.testkit.port;

import io.virtualwire.port.Backlog;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.FrameSink;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.transport.Loop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A port whose guest takes frames out of a queue when it is told to, as QEMU does while its guest runs. */
public final class QueuedPort implements Port, Backlog {
    private final PortId id;
    private final int room;
    private final PortCounters counters = new PortCounters();
    private final Deque<byte[]> queue = new ArrayDeque<>();
    private final List<byte[]> read = new ArrayList<>();
    private @Nullable FrameSink sink;
    private boolean asked;
    private boolean oneInVain;
    /** How many it has taken in all. */
    private long taken;

    /** What waited when nobody knew how much of it there was. */
    private int forgotten;

    private boolean closed;

    /** @param room how many frames the queue takes */
    public QueuedPort(String name, int room) {
        this.id = new PortId(name);
        this.room = room;
    }

    /** The guest sends a frame. */
    public void emit(byte[] frame) {
        if (sink != null && !closed) {
            sink.frame(frame, 0, frame.length);
        }
    }

    /** The guest takes what waits, at most so many. */
    public void read(int frames) {
        for (int i = 0; i < frames && !queue.isEmpty(); i++) {
            read.add(queue.removeFirst());
            taken++;
            forgotten = Math.max(0, forgotten - 1);
        }
    }

    /** The last that was read has not reached the guest, which shows later. */
    public void tookOneInVain() {
        read.removeLast();
        oneInVain = true;
    }

    /** What the guest has taken, in its order. */
    public List<byte[]> frames() {
        return read;
    }

    /** Whether somebody asks for what is unread. */
    public boolean isAsked() {
        return asked;
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
        if (length > MAX_FRAME_BYTES) {
            return dropped(DropReason.BAD_FRAME_LENGTH);
        }
        if (closed || queue.size() == room) {
            return dropped(closed ? DropReason.PORT_CLOSED : DropReason.PORT_QUEUE_FULL);
        }
        queue.addLast(Arrays.copyOfRange(bytes, offset, offset + length));
        counters.egress(length);
        return true;
    }

    /** {@inheritDoc} Its guest reads datagrams one by one. */
    @Override
    public boolean takesUdpSuperFrames() {
        return false;
    }

    private boolean dropped(DropReason reason) {
        counters.dropped(reason);
        return false;
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
        long waiting = readAt - taken;
        forgotten = waiting >= 0 && waiting <= most ? queue.size() - (int) waiting : queue.size();
    }

    @Override
    public int unread() {
        return asked ? queue.size() - forgotten : 0;
    }

    @Override
    public int unreadForGood() {
        return unread() + (asked && oneInVain ? 1 : 0);
    }

    @Override
    public int unsure() {
        return 0;
    }

    @Override
    public long readAt() {
        return taken + unread();
    }

    @Override
    public void end() {
        asked = false;
    }

    @Override
    public int mtu() {
        return 1_500;
    }

    @Override
    public PortCounters counters() {
        return counters;
    }

    @Override
    public void moveTo(Loop other) {}

    @Override
    public void close() {
        closed = true;
        asked = false;
    }
}
