package io.virtualwire.component;

import com.fasterxml.jackson.databind.JsonNode;
import io.virtualwire.forwarding.Bridge;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.EgressForm;
import io.virtualwire.forwarding.FdbEntry;
import io.virtualwire.forwarding.FilterReason;
import io.virtualwire.forwarding.ForwardingDecision;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortCounters;
import io.virtualwire.port.PortId;
import io.virtualwire.transport.Loop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A learning switch: a {@link Bridge} and the ports on which its decisions are carried out.
 *
 * <p>Super-frames cross it whole, with their offloads. A flood hands the same bytes to every other port; the wire behind
 * each copies what it needs. Only where a frame leaves with another tag than it came in with is there a copy.
 */
public final class SwitchComponent implements Component {
    private static final Duration AGEING_SWEEP = Duration.ofSeconds(10);
    private static final int PORT_MTU = 65_521;

    private final String name;
    private final Loop loop;
    private final Bridge bridge = new Bridge();
    private final EthernetFrame frame = new EthernetFrame();
    private final EgressFrame egress = new EgressFrame();
    private final SwitchCounters counters = new SwitchCounters();
    private final LoopWatch watch;
    private @Nullable InProcessPort[] ports = new InProcessPort[4];
    private final Deque<Arrival> arrivals = new ArrayDeque<>();
    private boolean deciding;
    private boolean starting;
    private Loop.@Nullable Timer sweep;

    /** A frame that came while other ports were not active yet. */
    private record Arrival(int ingress, byte[] frame) {}

    public SwitchComponent(String name, Loop loop) {
        this(name, loop, new SecureRandom()::nextLong);
    }

    /** @param secrets numbers that nobody can guess */
    SwitchComponent(String name, Loop loop, LongSupplier secrets) {
        this.name = name;
        this.loop = loop;
        watch = new LoopWatch(name, loop, bridge, this::portAt, secrets);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void configure(BridgeSettings settings) {
        loop.assertInLoop();
        bridge.configure(settings);
        watch.configured();
    }

    @Override
    public Port addPort(String port) {
        loop.assertInLoop();
        int number = bridge.addPort(port);
        if (number >= ports.length) {
            ports = Arrays.copyOf(ports, 2 * number);
        }
        InProcessPort known = ports[number];
        if (known != null) {
            return known;
        }
        InProcessPort added = new InProcessPort(new PortId(name + "." + port), loop, PORT_MTU);
        added.attachComponent((bytes, offset, length) -> frame(number, bytes, offset, length));
        ports[number] = added;
        counters.newPort(number);
        watch.addPort(number, port);
        return added;
    }

    @Override
    public void removePort(String port) {
        loop.assertInLoop();
        int number = bridge.portOf(port);
        if (number < 0) {
            return;
        }
        InProcessPort removed = ports[number];
        if (removed != null) {
            removed.close();
        }
        ports[number] = null;
        bridge.removePort(number);
        watch.removePort(number);
    }

    @Override
    public void startDeciding(JsonNode state) {
        loop.assertInLoop();
        SwitchState predecessors = SwitchState.of(state);
        bridge.restore(predecessors.fdb(), now());
        watch.start(predecessors.loops());
        deciding = true;
        /*
         * Ports become active one after the other within this step, and each at once brings what it held. What is decided now
         * could be for a port that is not active yet, and be lost: it waits until all are.
         */
        starting = true;
        loop.execute(this::started);
        if (sweep == null) {
            sweep = loop.schedule(AGEING_SWEEP, this::sweep);
        }
    }

    @Override
    public JsonNode stopDeciding() {
        loop.assertInLoop();
        started();
        deciding = false;
        watch.stop();
        if (sweep != null) {
            sweep.cancel();
            sweep = null;
        }
        return state();
    }

    @Override
    public boolean isDeciding() {
        return deciding;
    }

    @Override
    public JsonNode state() {
        return new SwitchState(bridge.snapshot(now()), watch.state()).toJson();
    }

    @Override
    public long stateVersion() {
        return bridge.changes() + watch.changes();
    }

    @Override
    public String blockedFor(String port) {
        loop.assertInLoop();
        int number = bridge.portOf(port);
        return number < 0 ? "" : watch.blockedFor(number);
    }

    @Override
    public ComponentStatus status() {
        loop.assertInLoop();
        List<ComponentStatus.PortStatus> seen = new ArrayList<>();
        for (int number = 0; number < ports.length; number++) {
            InProcessPort port = ports[number];
            if (port != null) {
                seen.add(status(number, port));
            }
        }
        seen.sort(Comparator.comparing(ComponentStatus.PortStatus::name));
        List<ComponentStatus.LearnedAddress> addresses = Stream.concat(
                        bridge.settings().statics().stream().map(SwitchComponent::fixed),
                        bridge.snapshot(now()).stream().map(SwitchComponent::learned))
                .toList();
        Map<String, Long> counts = new TreeMap<>(counters.snapshot());
        counts.put("addresses_moved", bridge.moves());
        counts.put("addresses_not_learned", bridge.unlearned());
        return new ComponentStatus(name, "switch", deciding, seen, addresses, counts);
    }

    // HOT PATH

    private void frame(int ingress, byte[] bytes, int offset, int length) {
        if (!deciding) {
            counters.notDeciding();
            return;
        }
        if (starting) {
            arrivals.add(new Arrival(ingress, Arrays.copyOfRange(bytes, offset, offset + length)));
            return;
        }
        decide(ingress, bytes, offset, length);
    }

    private void decide(int ingress, byte[] bytes, int offset, int length) {
        if (!frame.wrap(bytes, offset, length)) {
            counters.malformed();
            return;
        }
        if (frame.etherType() == LoopProbe.ETHER_TYPE && watch.takes(frame, ingress, bytes, offset, length)) {
            return;
        }
        int tag = frame.tag();
        long moves = bridge.moves();
        switch (bridge.decide(frame.destination(), frame.source(), tag, ingress, frame.length(), now())) {
            case ForwardingDecision.Forward forward -> {
                counters.forwarded();
                egress.wrap(bytes, offset, length, tag, bridge.vlan());
                send(forward.port(), ingress);
            }
            case ForwardingDecision.Flood flood -> {
                counters.flooded(flood.cause());
                egress.wrap(bytes, offset, length, tag, bridge.vlan());
                for (int port = 0; port < ports.length; port++) {
                    if (port != ingress) {
                        send(port, ingress);
                    }
                }
            }
            case ForwardingDecision.Drop drop -> counters.filtered(ingress, drop.reason());
        }
        if (bridge.moves() != moves) {
            watch.suspect();
        }
    }

    private void send(int number, int ingress) {
        InProcessPort port = ports[number];
        EgressForm form = bridge.egress(bridge.vlan(), number);
        if (port != null && form != EgressForm.NONE && !egress.send(port, form)) {
            counters.filtered(ingress, FilterReason.TAG_IMPOSSIBLE);
        }
    }

    // COLD PATH

    private @Nullable InProcessPort portAt(int number) {
        return number < ports.length ? ports[number] : null;
    }

    private void started() {
        starting = false;
        for (Arrival arrival = arrivals.poll(); arrival != null; arrival = arrivals.poll()) {
            decide(arrival.ingress(), arrival.frame(), 0, arrival.frame().length);
        }
    }

    private void sweep() {
        bridge.age(now());
        sweep = deciding ? loop.schedule(AGEING_SWEEP, this::sweep) : null;
    }

    private long now() {
        return loop.ticker().nanoTime();
    }

    private ComponentStatus.PortStatus status(int number, InProcessPort port) {
        PortCounters passed = port.counters();
        Map<String, Long> drops = new TreeMap<>();
        for (Map.Entry<DropReason, Long> drop : passed.drops().snapshot().entrySet()) {
            drops.put(drop.getKey().metricName(), drop.getValue());
        }
        String local = port.id().name().substring(name.length() + 1);
        Map<String, Long> filtered = counters.filteredAt(number);
        long misplaced = bridge.misplacedSources(number);
        return new ComponentStatus.PortStatus(
                local,
                bridge.settings().port(local).vlans().toString(),
                watch.blockedFor(number),
                passed.egressFrames(),
                passed.egressBytes(),
                passed.ingressFrames() - watch.framesSent(number),
                passed.ingressBytes() - watch.bytesSent(number),
                misplaced,
                filtered,
                drops);
    }

    private static ComponentStatus.LearnedAddress fixed(StaticEntry entry) {
        return new ComponentStatus.LearnedAddress(entry.mac().toString(), entry.vlan(), entry.port(), 0, 0, true);
    }

    private static ComponentStatus.LearnedAddress learned(FdbEntry entry) {
        return new ComponentStatus.LearnedAddress(
                new MacAddress(entry.mac()).toString(),
                entry.vlan(),
                entry.port(),
                entry.ageMillis(),
                entry.sequence(),
                false);
    }
}
