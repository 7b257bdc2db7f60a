package io.virtualwire.node;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.SideFence;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.migration.FarEndStatus;
import io.virtualwire.topology.WireRecord;
import io.virtualwire.transport.Loop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the sides of one host as they are wanted, and looks now and then whether they still are; backs off while the connector
 * does not answer.
 */
final class ConnectorWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectorWorker.class);
    private static final String STANDBY = "standby";
    private static final long LOOK_MILLIS = 2_000;
    private static final long FIRST_PAUSE_MILLIS = 200;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final String host;
    private final ConnectorClient client;
    private final Loop loop;
    private final Runnable changed;
    private final Semaphore work = new Semaphore(0);
    private final Map<WireId, Wanted> wanted = new HashMap<>();
    private final Map<WireId, Removal> removals = new HashMap<>();
    private final Thread thread;
    private volatile boolean closed;

    /** @param active whether it is made active where it began as a standby */
    private record Wanted(ConnectRequest request, boolean active, FarEndStatus status) {}

    private record Removal(WireRecord wire, Runnable done) {}

    ConnectorWorker(String host, ConnectorClient client, Loop loop, Runnable changed) {
        this.host = host;
        this.client = client;
        this.loop = loop;
        this.changed = changed;
        this.thread = Thread.ofVirtual().name("connector-" + host).start(this::run);
    }

    synchronized void want(ConnectRequest request, boolean active) {
        Wanted before = wanted.get(request.wire());
        if (before == null || !before.request().equals(request) || before.active() != active) {
            wanted.put(request.wire(), new Wanted(request, active, FarEndStatus.PENDING));
            work.release();
        }
    }

    synchronized void forget(WireId wire) {
        wanted.remove(wire);
    }

    synchronized FarEndStatus status(WireId wire) {
        Wanted known = wanted.get(wire);
        return known == null ? FarEndStatus.PENDING : known.status();
    }

    synchronized void remove(WireRecord wire, Runnable done) {
        if (removals.putIfAbsent(wire.id(), new Removal(wire, done)) == null) {
            work.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        client.close();
    }

    private void run() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            boolean well = round();
            long wait = well ? LOOK_MILLIS : pause;
            pause = well ? FIRST_PAUSE_MILLIS : Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            try {
                if (work.tryAcquire(wait, TimeUnit.MILLISECONDS)) {
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Everything there is to do once; false if something is to be repeated soon. */
    private boolean round() {
        boolean well = true;
        for (Removal removal : removals()) {
            well &= disconnect(removal);
        }
        for (Wanted want : unconfirmed()) {
            well &= connect(want);
        }
        return look() && well;
    }

    private boolean disconnect(Removal removal) {
        WireRecord wire = removal.wire();
        try {
            client.disconnect(wire.id(), Side.B, wire.farSideGeneration());
        } catch (WireException e) {
            // What it belongs to has come back meanwhile, and the side with it.
            if (e.code() != ErrorCode.STALE_GENERATION) {
                LOG.info("Cannot remove the far side of {} at {} yet: {}", wire.name(), host, e.getMessage());
                return false;
            }
        }
        synchronized (this) {
            removals.remove(wire.id());
        }
        loop.execute(removal.done());
        return true;
    }

    private boolean connect(Wanted want) {
        ConnectRequest request = want.request();
        try {
            WireStatus side = client.connect(request);
            if (want.active() && side.state().equals(STANDBY)) {
                client.activate(request.wire(), request.side(), request.generation());
            }
            settle(request, FarEndStatus.CONFIRMED);
            return true;
        } catch (WireException e) {
            settle(
                    request,
                    new FarEndStatus(
                            FarEndStatus.Progress.FAILED,
                            host + " (" + e.code() + "): " + e.getMessage(),
                            disconnectedAt(request, e)));
            /* A host that knows of a higher generation will not change its mind. */
            return e.code() == ErrorCode.STALE_GENERATION;
        }
    }

    /** Where the host has it as disconnected, if that is why it refuses. */
    private Optional<Generation> disconnectedAt(ConnectRequest request, WireException refusal) {
        if (refusal.code() != ErrorCode.STALE_GENERATION) {
            return Optional.empty();
        }
        try {
            return client.fence(request.wire(), request.side())
                    .filter(known -> !known.connected() && !request.generation().isAfter(known.generation()))
                    .map(SideFence::generation);
        } catch (WireException e) {
            return Optional.empty();
        }
    }

    /** Looks whether the connector has lost, or was told otherwise about, what it had confirmed. */
    private boolean look() {
        List<WireStatus> there;
        try {
            there = client.wires();
        } catch (WireException e) {
            return !hasWants();
        }
        boolean well = true;
        for (Wanted confirmed : confirmed()) {
            if (there.stream().noneMatch(side -> isAsWanted(side, confirmed.request()))) {
                LOG.info(
                        "{} has lost its side of wire {}",
                        host,
                        confirmed.request().wire());
                well &= connect(confirmed);
            }
        }
        return well;
    }

    private static boolean isAsWanted(WireStatus side, ConnectRequest request) {
        return side.wire().equals(request.wire())
                && side.side() == request.side()
                && side.generation().equals(request.generation())
                && side.peers().stream()
                        .anyMatch(peer ->
                                peer.generation().compareTo(request.peer().generation()) >= 0);
    }

    private void settle(ConnectRequest request, FarEndStatus status) {
        boolean news;
        synchronized (this) {
            Wanted known = wanted.get(request.wire());
            /* Meanwhile something else may be wanted. */
            news = known != null
                    && known.request().equals(request)
                    && !known.status().equals(status);
            if (known != null && news) {
                wanted.put(request.wire(), new Wanted(request, known.active(), status));
            }
        }
        if (news) {
            if (status.progress() == FarEndStatus.Progress.FAILED) {
                LOG.warn("The far side of wire {} is not as wanted: {}", request.wire(), status.detail());
            }
            loop.execute(changed);
        }
    }

    private synchronized List<Removal> removals() {
        return new ArrayList<>(removals.values());
    }

    private synchronized boolean hasWants() {
        return !wanted.isEmpty();
    }

    private synchronized List<Wanted> unconfirmed() {
        return wanted.values().stream()
                .filter(want -> want.status().progress() != FarEndStatus.Progress.CONFIRMED)
                .toList();
    }

    private synchronized List<Wanted> confirmed() {
        return wanted.values().stream()
                .filter(want -> want.status().progress() == FarEndStatus.Progress.CONFIRMED)
                .toList();
    }
}
