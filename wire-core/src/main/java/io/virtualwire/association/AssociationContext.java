package io.virtualwire.association;

import io.virtualwire.control.Identity;
import io.virtualwire.transport.Loop;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What all associations of one daemon share.
 *
 * @param loop of the first owner thread
 * @param self who we are
 * @param instance this process, as opposed to the one before it
 * @param features what we understand beyond the version
 * @param ciphers what we offer, the preferred one first
 * @param library whose they are
 * @param random unpredictable
 * @param hubs one for each owner thread; the first has what is not of one thread, as these things are
 * @param lists who tells of revocations, and hears
 * @param introductions who is told what relays say
 * @param numbers rising, one for everything that is said to any peer
 */
record AssociationContext(
        Loop loop,
        Identity self,
        UUID instance,
        List<String> features,
        List<String> ciphers,
        CipherLibrary library,
        AssociationLimits limits,
        RandomGenerator random,
        SessionIndices indices,
        List<Hub> hubs,
        StreamDialler dialler,
        ListExchange lists,
        Introductions introductions,
        LongSupplier numbers) {

    long now() {
        return loop.ticker().nanoTime();
    }

    /** Which lanes there are to a peer that said this. */
    LanePlan plan(StreamMessage.Hello peer) {
        boolean paired = features.contains(LanePlan.FEATURE);
        LanePlan plan = LanePlan.of(hubs.size(), peer);
        return paired ? plan : new LanePlan(plan.own(), plan.peers(), false);
    }

    StreamMessage.Hello hello(int sessionIndex, boolean rekey) {
        return new StreamMessage.Hello(
                DatagramHeader.VERSION,
                features,
                instance,
                Integer.toUnsignedLong(sessionIndex),
                hubs.size(),
                hubs.stream().map(Hub::port).toList(),
                ciphers,
                rekey);
    }
}
