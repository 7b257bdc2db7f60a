package io.virtualwire.node;

import io.virtualwire.cloud.spi.Hypervisor;
import io.virtualwire.cloud.spi.HypervisorEvent;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The hypervisors of hosts, each connected when it is first asked for; one that cannot be reached is tried at every call.
 *
 * <p>Safe for use by several threads: those who ask for the same one wait for one connection.
 */
final class HypervisorPool implements AutoCloseable {
    private final Function<String, Hypervisor> connect;
    private final BiConsumer<String, HypervisorEvent> listener;
    private final Map<Way, CompletableFuture<Hypervisor>> connected = new HashMap<>();
    private boolean closed;

    /* What is called so, and how it is reached. */
    private record Way(String name, String uri) {}

    /**
     * @param connect reaches the hypervisor of a URI, or throws
     * @param listener told what any of them tells, and as what it is known
     */
    HypervisorPool(Function<String, Hypervisor> connect, BiConsumer<String, HypervisorEvent> listener) {
        this.connect = connect;
        this.listener = listener;
    }

    /**
     * The hypervisor of a URI.
     *
     * @param name the URI by which everybody knows it
     * @param uri how it is reached from here
     */
    Hypervisor at(String name, String uri) {
        Way way = new Way(name, uri);
        CompletableFuture<Hypervisor> mine = new CompletableFuture<>();
        CompletableFuture<Hypervisor> known;
        synchronized (this) {
            if (closed) {
                throw new WireException(ErrorCode.UNAVAILABLE, "cannot reach " + uri + ": the node ends", "");
            }
            known = connected.putIfAbsent(way, mine);
        }
        if (known != null) {
            return await(known);
        }
        try {
            Hypervisor made = connect.apply(uri);
            made.listen(event -> listener.accept(name, event));
            mine.complete(made);
            return made;
        } catch (RuntimeException | LinkageError e) {
            synchronized (this) {
                connected.remove(way, mine);
            }
            WireException failure = e instanceof WireException refused
                    ? refused
                    : new WireException(
                            ErrorCode.SYSTEM,
                            "cannot reach the hypervisor " + uri + ": " + e,
                            "install libvirt's client library on this node: apt install libvirt0",
                            e);
            mine.completeExceptionally(failure);
            throw failure;
        }
    }

    private static Hypervisor await(CompletableFuture<Hypervisor> connecting) {
        try {
            return connecting.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof WireException refused ? refused : e;
        }
    }

    @Override
    public void close() {
        Map<Way, CompletableFuture<Hypervisor>> all;
        synchronized (this) {
            closed = true;
            all = new HashMap<>(connected);
            connected.clear();
        }
        all.values().forEach(each -> each.thenAccept(Hypervisor::close));
    }
}
