package io.virtualwire.component;

import io.virtualwire.forwarding.Bridge;
import io.virtualwire.forwarding.EgressForm;
import io.virtualwire.forwarding.LoopGuard;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.transport.Loop;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends and hears a switch's probes, and blocks and frees its ports as its {@link LoopGuard} says. */
final class LoopWatch {
    private static final Logger LOG = LoggerFactory.getLogger(LoopWatch.class);
    private static final Duration ROUND = Duration.ofMillis(100);
    private static final Duration SUSPICION = Duration.ofMillis(20);
    private static final Duration AFTERMATH = Duration.ofMillis(100);
    private static final int MOST_NOTICES = 1024;

    private final String component;
    private final Loop loop;
    private final Bridge bridge;
    private final IntFunction<@Nullable InProcessPort> ports;
    private final LoopGuard guard;
    private final LoopProbe probe = new LoopProbe();
    private final EthernetFrame copy = new EthernetFrame();
    private final EgressFrame egress = new EgressFrame();
    private final Map<Integer, SortedSet<Integer>> vlans = new HashMap<>();
    private final Map<Integer, long[]> sent = new HashMap<>();
    private long sequence;
    private long rounds;
    private long probedAt;
    private boolean repeating;
    private boolean suspicious;
    private Loop.@Nullable Timer timer;

    /**
     * @param ports by number; null where there is none
     * @param secrets numbers that nobody can guess
     */
    LoopWatch(
            String component,
            Loop loop,
            Bridge bridge,
            IntFunction<@Nullable InProcessPort> ports,
            LongSupplier secrets) {
        this.component = component;
        this.loop = loop;
        this.bridge = bridge;
        this.ports = ports;
        guard = new LoopGuard(secrets);
        /* The same switch in another place numbers anew; what it says there is not to be taken for what it said here. */
        sequence = secrets.getAsLong();
    }

    void addPort(int number, String name) {
        guard.addPort(number, name);
        sent.put(number, new long[2]);
        vlans.clear();
    }

    void removePort(int number) {
        guard.removePort(number, now());
        sent.remove(number);
        vlans.clear();
        free();
    }

    /** VLANs are others than before. */
    void configured() {
        vlans.clear();
    }

    void start(LoopGuard.@Nullable State state) {
        if (state != null) {
            guard.restore(state, now()).forEach(port -> bridge.block(port, true));
        }
        if (timer == null) {
            rounds = 0;
            probedAt = now();
            timer = loop.schedule(Duration.ZERO, this::round);
        }
    }

    void stop() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    LoopGuard.State state() {
        return guard.state();
    }

    long changes() {
        return guard.changes();
    }

    /** The name of the port for which this one is blocked; empty if it forwards. */
    String blockedFor(int port) {
        return guard.blockedFor(port);
    }

    /** How many frames that left by this port were this watch's own. */
    long framesSent(int port) {
        long[] counts = sent.get(port);
        return counts == null ? 0 : counts[0];
    }

    long bytesSent(int port) {
        long[] counts = sent.get(port);
        return counts == null ? 0 : counts[1];
    }

    /** An address was seen on another port than before, as happens in a loop: looks for one now. */
    void suspect() {
        if (!suspicious && timer != null) {
            suspicious = true;
            long wait = Math.max(0, SUSPICION.toNanos() - (now() - probedAt));
            loop.schedule(Duration.ofNanos(wait), () -> {
                suspicious = false;
                if (timer != null) {
                    sendProbes();
                }
            });
        }
    }

    /** Whether this frame was this watch's business, and is done with. */
    boolean takes(EthernetFrame frame, int ingress, byte[] bytes, int offset, int length) {
        if (!probe.wrap(frame, bytes)) {
            return false;
        }
        if (probe.kind() == LoopProbe.CHANGE) {
            if (guard.heardChange(ingress, probe.origin(), probe.sequence(), now())) {
                waysChanged(ingress, probe.origin(), probe.hops() - 1, probe.sequence());
            }
            return true;
        }
        int vlan = bridge.vlanOf(frame.tag(), ingress);
        if (vlan < 0) {
            return true;
        }
        if (probe.kind() != LoopProbe.PROBE) {
            long station = (long) probe.vlan() << 48 | frame.source();
            return !guard.heardNotice(ingress, probe.origin(), station, probe.sequence(), now());
        }
        if (probe.origin() == guard.id()) {
            if (vlan == probe.vlan() && guard.heardOwn(ingress, probe.port(), now())) {
                bridge.block(ingress, true);
                /* What came round the loop was learned at its other end. */
                bridge.forget(guard.superior(ingress));
                LOG.warn(
                        "{} is connected twice: blocking port {}, which leads where {} leads",
                        component,
                        name(ingress),
                        guard.blockedFor(ingress));
                waysChanged();
            }
        } else if (guard.heardForeign(ingress, probe.origin(), probe.port(), probe.sequence(), now())
                && probe.hops() > 1) {
            passOn(frame.tag(), vlan, ingress, Arrays.copyOfRange(bytes, offset, offset + length));
        }
        return true;
    }

    private void passOn(int tag, int vlan, int ingress, byte[] frame) {
        copy.wrap(frame, 0, frame.length);
        if (probe.wrap(copy, frame)) {
            probe.hops(probe.hops() - 1);
            egress.wrap(frame, 0, frame.length, tag, vlan);
            for (int port = 0; port < bridge.portLimit(); port++) {
                if (port != ingress) {
                    send(port, vlan);
                }
            }
        }
    }

    private void round() {
        timer = loop.schedule(ROUND, this::round);
        free();
        List<Integer> deserted = guard.deserted(now());
        deserted.forEach(bridge::forget);
        if (!deserted.isEmpty()) {
            waysChanged();
        }
        if (rounds++ % 2 == 0) {
            sendProbes();
        }
    }

    private void free() {
        List<LoopGuard.Freed> freed = guard.freed(now());
        for (LoopGuard.Freed port : freed) {
            bridge.block(port.port(), false);
            bridge.forget(port.instead());
            LOG.warn("Port {} of {} takes over", name(port.port()), component);
        }
        if (!freed.isEmpty() && timer != null) {
            sendProbes();
            waysChanged();
            freed.stream()
                    .map(LoopGuard.Freed::port)
                    .filter(port -> !guard.isNeighbour(port))
                    .forEach(port -> sendNotices(port, ++sequence));
        }
    }

    /** Says it now, and again when other switches have had the time to cut what loops there still are. */
    private void waysChanged() {
        waysChanged(-1, guard.id(), LoopProbe.HOPS, ++sequence);
        if (!repeating) {
            repeating = true;
            loop.schedule(AFTERMATH, () -> {
                repeating = false;
                if (timer != null) {
                    waysChanged(-1, guard.id(), LoopProbe.HOPS, ++sequence);
                }
            });
        }
    }

    /**
     * Stations behind other switches may be elsewhere now: forgets them, has the other switches forget, and says to all
     * bridges between where one's own stations are.
     *
     * @param hops how many more switches are to be told
     */
    private void waysChanged(int ingress, long origin, int hops, long number) {
        for (int port = 0; port < bridge.portLimit(); port++) {
            if (guard.isNeighbour(port)) {
                bridge.forget(port);
            }
        }
        long noticeNumber = ++sequence;
        for (int port = 0; port < bridge.portLimit(); port++) {
            if (guard.isNeighbour(port) && !guard.isBlocked(port)) {
                if (port != ingress && hops > 0) {
                    for (int vlan : vlans.computeIfAbsent(port, bridge::sharedVlans)) {
                        send(port, vlan, LoopProbe.change(guard.id(), guard.secret(port), origin, hops, vlan, number));
                    }
                }
                sendNotices(port, noticeNumber);
            }
        }
    }

    private void sendProbes() {
        probedAt = now();
        for (int port = 0; port < bridge.portLimit(); port++) {
            if (bridge.hasPort(port) && !guard.isBlocked(port)) {
                for (int vlan : vlans.computeIfAbsent(port, bridge::sharedVlans)) {
                    send(port, vlan, LoopProbe.probe(guard.id(), guard.secret(port), vlan, ++sequence));
                }
            }
        }
    }

    /** Bridges behind the port learn that it leads to these stations now. */
    private void sendNotices(int port, long number) {
        String name = name(port);
        bridge.snapshot(now()).stream()
                .filter(entry -> !entry.port().equals(name))
                .limit(MOST_NOTICES)
                .forEach(entry ->
                        send(port, entry.vlan(), LoopProbe.notice(guard.id(), entry.mac(), entry.vlan(), number)));
    }

    /** Sends a frame without a tag, as one of this VLAN. */
    private void send(int port, int vlan, byte[] frame) {
        egress.wrap(frame, 0, frame.length, -1, vlan);
        send(port, vlan);
    }

    private void send(int number, int vlan) {
        InProcessPort port = ports.apply(number);
        EgressForm form = bridge.egress(vlan, number);
        long[] counts = sent.get(number);
        if (port == null || form == EgressForm.NONE || counts == null) {
            return;
        }
        long frames = port.counters().ingressFrames();
        long bytes = port.counters().ingressBytes();
        egress.send(port, form);
        counts[0] += port.counters().ingressFrames() - frames;
        counts[1] += port.counters().ingressBytes() - bytes;
    }

    private String name(int port) {
        InProcessPort at = ports.apply(port);
        return at == null ? "?" : at.id().name().substring(component.length() + 1);
    }

    private long now() {
        return loop.ticker().nanoTime();
    }
}
