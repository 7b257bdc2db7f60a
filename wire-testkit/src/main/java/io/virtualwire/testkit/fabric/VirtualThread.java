package io.virtualwire.testkit.fabric;

import io.virtualwire.control.Identity;
import io.virtualwire.wire.MessageHeader;
import io.virtualwire.wire.MoveRules;
import io.virtualwire.wire.PathDirectory;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.Share;
import io.virtualwire.wire.WireEngine;
import io.virtualwire.wire.WirePath;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** One owner thread of one life of a daemon: its engine, and its ways to peers. */
final class VirtualThread implements PathDirectory {
    private final VirtualDaemon daemon;
    private final VirtualFabric fabric;
    private final VirtualNetwork network;
    private final VirtualTime time;
    private final int number;
    private final VirtualLoop loop;
    private final WireEngine engine;
    private final Map<String, VirtualPath> paths = new HashMap<>();
    /** What other threads have given it to do. */
    private final Queue<Runnable> given = new ArrayDeque<>();

    private long lastGiven;

    VirtualThread(
            VirtualDaemon daemon,
            VirtualFabric fabric,
            VirtualNetwork network,
            VirtualTime time,
            int number,
            Share share,
            MoveRules rules) {
        this.daemon = daemon;
        this.fabric = fabric;
        this.network = network;
        this.time = time;
        this.number = number;
        this.loop = new VirtualLoop(time);
        this.engine = new WireEngine(loop, this, daemon, rules, share);
    }

    int number() {
        return number;
    }

    VirtualLoop loop() {
        return loop;
    }

    WireEngine engine() {
        return engine;
    }

    void stop() {
        loop.stop();
        given.clear();
    }

    /** Has something done here soon, after what was given before. */
    void give(Runnable task) {
        given.add(task);
        lastGiven = Math.max(lastGiven + 1, time.nanoTime() + fabric.handoverNanos());
        loop.after(lastGiven - time.nanoTime(), this::takeNext);
    }

    private void takeNext() {
        Runnable task = given.poll();
        if (task != null) {
            task.run();
        }
    }

    boolean settle() {
        boolean any = !given.isEmpty();
        while (!given.isEmpty()) {
            takeNext();
        }
        return any;
    }

    void takePathsOf(VirtualThread former) {
        former.paths.forEach((peer, path) -> paths.put(peer, path.heir(this)));
    }

    @Override
    public WirePath acquire(Identity peer, List<String> addresses) {
        VirtualPath path = path(peer.name());
        path.hold();
        network.want(daemon.name(), peer.name());
        return path;
    }

    @Override
    public void release(Identity peer) {
        VirtualPath path = paths.get(peer.name());
        if (path != null) {
            path.release();
        }
    }

    boolean wants(String peer) {
        VirtualPath path = paths.get(peer);
        return path != null && path.isHeld();
    }

    VirtualPath path(String peer) {
        return paths.computeIfAbsent(
                peer,
                name -> new VirtualPath(
                        network,
                        daemon,
                        this,
                        new Identity(daemon.identity().tenant(), name),
                        fabric.payloadBudget(),
                        fabric.goesAround()));
    }

    void told(String from, PeerMessage message) {
        engine.told(path(from), message);
    }

    void received(String from, VirtualSession session, MessageHeader header, boolean plain, byte[] payload) {
        VirtualPath path = path(from);
        if (path.believes(session)) {
            engine.message(path, header, plain, payload, 0, payload.length);
        }
    }

    VirtualThread first() {
        return daemon.thread(0);
    }
}
