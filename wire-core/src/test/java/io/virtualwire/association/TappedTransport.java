package io.virtualwire.association;

import io.virtualwire.linux.DatagramFilter;
import io.virtualwire.transport.DatagramSink;
import io.virtualwire.transport.SendOutcome;
import io.virtualwire.transport.Transport;
import io.virtualwire.transport.TransportCounters;
import io.virtualwire.transport.UnderlayAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/** A transport whose datagrams a test can see, change and drop on their way out. */
final class TappedTransport implements Transport {
    private final Transport real;
    final List<byte[]> sent = new CopyOnWriteArrayList<>();
    volatile boolean recording;

    /** What becomes of each datagram; null drops it. */
    volatile UnaryOperator<byte[]> fate = UnaryOperator.identity();

    /** The largest datagram that gets through; what is larger is lost in silence. */
    volatile int largest = Integer.MAX_VALUE;

    /** Where everything goes instead, if anywhere. */
    volatile Optional<UnderlayAddress> detour = Optional.empty();

    volatile Optional<Integer> budget = Optional.empty();

    TappedTransport(Transport real) {
        this.real = real;
    }

    @Override
    public UnderlayAddress localAddress() {
        return real.localAddress();
    }

    /** Where what arrives goes. */
    volatile DatagramSink sink = (bytes, offset, length, segmentSize, source) -> {};

    @Override
    public void attach(DatagramSink newSink) {
        sink = newSink;
        real.attach(newSink);
    }

    @Override
    public SendOutcome send(UnderlayAddress remote, byte[] bytes, int offset, int length, int segmentSize) {
        for (int at = 0; at < length; at += segmentSize) {
            byte[] datagram = Arrays.copyOfRange(bytes, offset + at, offset + Math.min(length, at + segmentSize));
            if (recording) {
                sent.add(datagram);
            }
            byte[] changed = datagram.length > largest ? null : fate.apply(datagram);
            if (changed != null) {
                real.send(detour.orElse(remote), changed, 0, changed.length, changed.length);
            }
        }
        return SendOutcome.SENT;
    }

    @Override
    public int linkBudget(UnderlayAddress remote) {
        return budget.orElseGet(() -> real.linkBudget(remote));
    }

    /** What it was last asked to take; it takes everything all the same, so that tests can count. */
    volatile Optional<DatagramFilter> guard = Optional.empty();

    @Override
    public void guard(DatagramFilter filter) {
        guard = Optional.of(filter);
    }

    @Override
    public TransportCounters counters() {
        return real.counters();
    }

    @Override
    public void close() {
        real.close();
    }
}
