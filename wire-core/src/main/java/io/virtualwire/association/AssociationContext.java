package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.transport.Loop;
import io.virtualwire.wire.PathListener;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all associations of one daemon share.
 *
 * @param self who we are
 * @param instance this process, as opposed to the one before it
 * @param ciphers what we offer, the preferred one first
 * @param random unpredictable
 * @param lists who tells of revocations, and hears
 * @param numbers rising, one for everything that is said to any peer
 */
record AssociationContext(
        Loop loop,
        Identity self,
        UUID instance,
        List<String> ciphers,
        AssociationLimits limits,
        RandomGenerator random,
        SessionTable table,
        List<Lane> lanes,
        StreamDialler dialler,
        ListExchange lists,
        LongSupplier numbers,
        Supplier<PathListener> listeners) {

    long now() {
        return loop.ticker().nanoTime();
    }

    /** Who is told what peers say. */
    PathListener listener() {
        return listeners.get();
    }

    StreamMessage.Hello hello(int sessionIndex, boolean rekey) {
        return new StreamMessage.Hello(
                DatagramHeader.VERSION,
                List.of("frames"),
                instance,
                Integer.toUnsignedLong(sessionIndex),
                lanes.size(),
                lanes.stream().map(Lane::port).toList(),
                ciphers,
                rekey);
    }
}
