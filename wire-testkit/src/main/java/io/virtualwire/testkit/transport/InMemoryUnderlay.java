package io.virtualwire.testkit.transport;

import io.virtualwire.transport.Loop;
import io.virtualwire.transport.UnderlayAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A lossless network in memory that knows which {@link InMemoryTransport} has which address. */
public final class InMemoryUnderlay {
    private static final int FIRST_EPHEMERAL_PORT = 32_768;

    private final ConcurrentMap<UnderlayAddress, InMemoryTransport> bound = new ConcurrentHashMap<>();
    private final AtomicInteger nextPort = new AtomicInteger(FIRST_EPHEMERAL_PORT);
    private final int linkBudget;

    /**
     * @param linkBudget the largest datagram
     */
    public InMemoryUnderlay(int linkBudget) {
        this.linkBudget = linkBudget;
    }

    /** Opens a transport on the loop; port 0 means any. */
    public InMemoryTransport open(Loop loop, UnderlayAddress address) {
        UnderlayAddress given = address.port() == 0 ? address.withPort(nextPort.getAndIncrement()) : address;
        InMemoryTransport transport = new InMemoryTransport(this, loop, given);
        if (bound.putIfAbsent(given, transport) != null) {
            throw new IllegalStateException(given + " is taken");
        }
        return transport;
    }

    int linkBudget() {
        return linkBudget;
    }

    @Nullable
    InMemoryTransport at(UnderlayAddress address) {
        return bound.get(address);
    }

    void release(InMemoryTransport transport) {
        bound.remove(transport.localAddress(), transport);
    }
}
