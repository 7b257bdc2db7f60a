package io.virtualwire.association;

import io.virtualwire.association.StreamMessage.Hello;
import io.virtualwire.control.Identity;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Dials a peer whenever there is a reason to, one dial at a time. Owner thread only. */
final class Dials {
    /** How many times the patience for silence lies between two dials because of it. */
    private static final int RESCUE_PAUSES = 3;

    private final AssociationContext context;
    private final Identity peer;
    private final Redialler redialler;
    private List<InetAddress> hosts = List.of();
    private Map<Identity, List<PeerAddress>> relays = Map.of();
    private long rescueAt;

    /** Who takes what a dial leads to. */
    @FunctionalInterface
    interface Taker {
        void answered(ControlStream stream, boolean rekey, Hello hello, int index);
    }

    Dials(AssociationContext context, Identity peer) {
        this.context = context;
        this.peer = peer;
        AssociationLimits limits = context.limits();
        this.redialler = new Redialler(limits.firstRedial(), limits.longestRedial(), context.random(), context.now());
    }

    /** Where the peer may be; new ones are tried at once, and looked up for {@code found}. */
    void addresses(List<PeerAddress> addresses, long now, Runnable found) {
        if (redialler.addresses(addresses, now)) {
            relays = addresses.stream()
                    .filter(each -> each.relay().isPresent())
                    .collect(Collectors.groupingBy(
                            each -> each.relay().orElseThrow(),
                            Collectors.mapping(PeerAddress::own, Collectors.toList())));
            context.dialler().resolve(addresses, result -> {
                if (redialler.addresses().equals(addresses)) {
                    hosts = result;
                    found.run();
                }
            });
        }
    }

    /** Where the peer is dialled. */
    List<PeerAddress> addresses() {
        return redialler.addresses();
    }

    /** The daemons among these that are not the peer itself, and lead to it. */
    Map<Identity, List<PeerAddress>> relays() {
        return relays;
    }

    /** Where the peer may be, as numbers; empty until they were looked up. */
    List<InetAddress> hosts() {
        return hosts;
    }

    /** A session became ready: the next trouble is a new one. */
    void succeeded(long now) {
        redialler.succeeded(now);
    }

    /** Whether a dial has begun that came to nothing yet. */
    boolean isUnderway() {
        return redialler.isUnderway();
    }

    /** Dials if that is due and these sessions, on this path, call for it. */
    void tick(Sessions sessions, Path path, long now, Taker taker) {
        if (!redialler.isDue(now) || sessions.any(session -> !session.ready())) {
            return;
        }
        Session current = sessions.current();
        if (current == null || current.superseded() || !current.stream().isOpen()) {
            dial(false, taker);
        } else if (current.isRekeyDue(context.limits(), now)) {
            dial(true, taker);
        } else if (path.isSuspect(now) && now - rescueAt >= 0) {
            // Another address may work, or the peer may be gone without a word.
            rescueAt = now + RESCUE_PAUSES * context.limits().suspectAfter().toNanos();
            dial(current.dialled(), taker);
        }
    }

    private void dial(boolean rekey, Taker taker) {
        int index = context.indices().reserve();
        redialler.began();
        context.dialler().dial(peer, redialler.addresses(), context.hello(index, rekey), new StreamDialler.Listener() {
            @Override
            public void dialled(ControlStream stream, Hello peerHello) {
                redialler.answered(context.now());
                taker.answered(stream, rekey, peerHello, index);
                context.indices().release(index);
            }

            @Override
            public void failed(String reason) {
                redialler.failed(context.now());
                context.indices().release(index);
            }
        });
    }
}
