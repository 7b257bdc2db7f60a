package io.virtualwire.testkit.transport;

import io.virtualwire.port.DropReason;
import io.virtualwire.transport.DatagramSink;
import io.virtualwire.transport.Loop;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.Transport;
import io.virtualwire.transport.TransportCounters;
import io.virtualwire.transport.UnderlayAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A {@link Transport} over an {@link InMemoryUnderlay}: a run arrives as it was sent, in the receiver's next turn. */
public final class InMemoryTransport implements Transport {
    private final InMemoryUnderlay underlay;
    private final Loop loop;
    private final UnderlayAddress local;
    private final TransportCounters counters = new TransportCounters();
    private final Queue<Run> waiting = new ArrayDeque<>();
    private @Nullable DatagramSink sink;
    private boolean closed;

    InMemoryTransport(InMemoryUnderlay underlay, Loop loop, UnderlayAddress local) {
        this.underlay = underlay;
        this.loop = loop;
        this.local = local;
    }

    @Override
    public UnderlayAddress localAddress() {
        return local;
    }

    @Override
    public void attach(DatagramSink newSink) {
        loop.assertInLoop();
        if (sink != null) {
            throw new IllegalStateException("somebody receives from " + local + " already");
        }
        sink = newSink;
        loop.execute(() -> {
            for (Run run = waiting.poll(); run != null; run = waiting.poll()) {
                pass(run);
            }
        });
    }

    @Override
    public SendOutcome send(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
        if (closed) {
            return SendOutcome.CLOSED;
        }
        int datagrams = (length + segmentSize - 1) / segmentSize;
        if (length > MAX_RUN_BYTES || datagrams > MAX_SEGMENTS) {
            throw new IllegalArgumentException(
                    "a run of " + length + " bytes in " + datagrams + " datagrams is more than one call may carry");
        }
        if (Math.min(segmentSize, length) > underlay.linkBudget()) {
            counters.dropped(DropReason.UNDERLAY_TOO_BIG, datagrams);
            return SendOutcome.TOO_BIG;
        }
        counters.sent(datagrams, length);
        InMemoryTransport receiver = underlay.at(remote);
        if (receiver != null) {
            Run run = new Run(Arrays.copyOfRange(bytes, offset, offset + length), segmentSize, local);
            receiver.loop.execute(() -> receiver.arrived(run));
        }
        return SendOutcome.SENT;
    }

    private void arrived(Run run) {
        if (sink == null) {
            waiting.add(run);
        } else {
            pass(run);
        }
    }

    private void pass(Run run) {
        if (closed || sink == null) {
            return;
        }
        int length = run.bytes().length;
        counters.received((length + run.segmentSize() - 1) / run.segmentSize(), length);
        sink.datagrams(run.bytes(), 0, length, Math.min(run.segmentSize(), length), run.source());
    }

    @Override
    public int linkBudget(UnderlayAddress remote) {
        return underlay.linkBudget();
    }

    @Override
    public TransportCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        closed = true;
        underlay.release(this);
    }

    private record Run(byte[] bytes, int segmentSize, UnderlayAddress source) {}
}
