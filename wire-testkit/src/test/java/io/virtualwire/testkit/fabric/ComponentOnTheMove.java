package io.virtualwire.testkit.fabric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.Identity;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.handoff.ComponentInstance;
import io.virtualwire.handoff.ComponentPort;
import io.virtualwire.handoff.HandoffEvent;
import io.virtualwire.handoff.HandoffSource;
import io.virtualwire.handoff.HandoffTarget;
import io.virtualwire.handoff.InstanceState;
import io.virtualwire.wire.PeerMessage;
import io.virtualwire.wire.SideEvent;
import io.virtualwire.wire.WireObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A component with three ports and the fabric's log around it: claims, moves, takeovers.
 *
 * <pre>
 *   n1 (generation 1) ┐        ┌─ f0
 *   n2 (generation 2) ┼─ A  B ─┼─ f1
 *   n3 (generation 3) ┘        └─ f2
 * </pre>
 */
final class ComponentOnTheMove {
    static final String NAME = "lan";
    static final int PORTS = 3;

    final VirtualFabric fabric;
    final List<WireId> wires = new ArrayList<>();
    final List<VirtualDaemon> farEnds = new ArrayList<>();
    final Map<VirtualDaemon, HandoffSource> sources = new HashMap<>();
    final Map<VirtualDaemon, HandoffTarget> targets = new HashMap<>();
    final List<String> events = new ArrayList<>();
    /** What the log says: the highest generation known to decide. */
    long deciding = 1;

    private final Map<WireId, Long> announced = new HashMap<>();

    ComponentOnTheMove(VirtualFabric fabric) {
        this.fabric = fabric;
        for (int i = 0; i < PORTS; i++) {
            wires.add(fabric.wire());
            farEnds.add(fabric.daemon("f" + i));
        }
    }

    VirtualDaemon node(int number) {
        return fabric.node("n" + number);
    }

    List<ComponentPort> ports() {
        return wires.stream().map(wire -> new ComponentPort(wire, Side.A)).toList();
    }

    static Generation generation(long number) {
        return new Generation(number, "");
    }

    /** n1 decides, and all three wires carry frames. */
    ComponentOnTheMove begin() {
        VirtualDaemon n1 = node(1);
        for (int i = 0; i < PORTS; i++) {
            VirtualDaemon far = farEnds.get(i);
            fabric.place(wires.get(i), Side.A, n1);
            fabric.place(wires.get(i), Side.B, far);
            n1.connect(request(i, 1, Role.ACTIVE));
            far.connect(farRequest(i, n1, 1, false));
        }
        source(n1, 1);
        boolean agreed = fabric.runUntil(
                () -> wires.stream()
                        .allMatch(wire -> n1.side(wire, Side.A).orElseThrow().agreed() && heard(wire, 1)),
                Duration.ofSeconds(3));
        if (!agreed) {
            throw fabric.failure("the component's wires were not agreed");
        }
        return this;
    }

    private ConnectRequest request(int port, long generation, Role role) {
        return fabric.request(wires.get(port), Side.A, generation, role, farEnds.get(port), 1, false);
    }

    private ConnectRequest farRequest(int port, VirtualDaemon node, long generation, boolean fence) {
        return fabric.request(wires.get(port), Side.B, 1, Role.ACTIVE, node, generation, fence);
    }

    /** Whether the wire's far end sends to this generation of the component. */
    boolean heard(WireId wire, long generation) {
        VirtualDaemon far = farEnds.get(wires.indexOf(wire));
        return far.side(wire, Side.B).stream()
                .flatMap(side -> side.peers().stream())
                .anyMatch(peer -> peer.state() == io.virtualwire.wire.PeerState.ACTIVE
                        && peer.generation().number() == generation
                        && peer.leg().agreed());
    }

    /** The log names a new place; everybody hears of it at a time of its own. */
    void claim(VirtualDaemon from, VirtualDaemon to, long generation) {
        for (int i = 0; i < PORTS; i++) {
            int port = i;
            soon(
                    to,
                    () -> to.connect(VirtualFabric.relayFrom(request(port, generation, Role.STANDBY), from, deciding)));
            soon(from, () -> {
                if (from.side(wires.get(port), Side.A).isPresent()) {
                    from.connect(VirtualFabric.relayTo(request(port, deciding, Role.ACTIVE), to, generation));
                }
            });
            announce(port, to, generation, false);
        }
        soon(from, () -> {
            HandoffSource source = sources.get(from);
            if (source != null) {
                source.successorNamed(to.identity(), generation(generation));
            }
        });
        soonest(
                Duration.ofMillis(6),
                to,
                () -> target(to, generation, Optional.of(from.identity())).check());
    }

    private void announce(int port, VirtualDaemon to, long generation, boolean fence) {
        VirtualDaemon far = farEnds.get(port);
        soon(far, () -> {
            long known = announced.getOrDefault(wires.get(port), 1L);
            if (generation >= known) {
                announced.put(wires.get(port), generation);
                far.connect(farRequest(port, to, generation, fence));
            }
        });
    }

    /** A new place without the old one's help: fences every far end, then decides. */
    void takeOver(VirtualDaemon to, long generation) {
        for (int i = 0; i < PORTS; i++) {
            WireId wire = wires.get(i);
            to.connect(request(i, generation, Role.STANDBY));
            fabric.takenOver(wire, Side.A);
            announced.put(wire, generation);
        }
        HandoffTarget target = target(to, generation, Optional.empty());
        for (int i = 0; i < PORTS; i++) {
            announce(i, to, generation, true);
        }
        soonest(Duration.ofMillis(6), to, () -> {
            for (WireId wire : wires) {
                fabric.takenOver(wire, Side.A);
                fabric.fencedFrom(wire, Side.A, (int) generation - 1);
            }
            target.takeOver(JsonNodeFactory.instance.objectNode());
        });
    }

    private void soon(VirtualDaemon daemon, Runnable what) {
        soonest(Duration.ofNanos(fabric.random().nextInt(5_000_000)), daemon, what);
    }

    /** Only if the daemon is still in the same life then. */
    private void soonest(Duration delay, VirtualDaemon daemon, Runnable what) {
        int life = daemon.life();
        fabric.at(delay, () -> {
            if (daemon.isUp() && daemon.life() == life) {
                what.run();
            }
        });
    }

    // Instances

    private ComponentInstance instance(VirtualDaemon node) {
        return new ComponentInstance() {
            @Override
            public void startDeciding(JsonNode state) {
                wires.forEach(wire -> fabric.place(wire, Side.A, node));
            }

            @Override
            public JsonNode stopDeciding() {
                wires.forEach(wire -> fabric.leave(wire, Side.A, node));
                return JsonNodeFactory.instance.objectNode().put("from", node.name());
            }
        };
    }

    private HandoffSource source(VirtualDaemon node, long generation) {
        HandoffSource source = new HandoffSource(
                NAME,
                generation(generation),
                ports(),
                instance(node),
                new EngineWires(node.engine()),
                node.loop(),
                event -> happened(node, event));
        sources.put(node, source);
        node.observe(new WireObserver() {
            @Override
            public void happened(SideEvent event) {
                source.happened(event);
            }

            @Override
            public void told(Identity peer, PeerMessage message) {
                source.told(peer, message);
            }

            @Override
            public void sessionUp(Identity peer, boolean newInstance) {
                source.sessionUp(peer);
            }
        });
        return source;
    }

    private HandoffTarget target(VirtualDaemon node, long generation, Optional<Identity> predecessor) {
        HandoffTarget target = new HandoffTarget(
                NAME,
                generation(generation),
                predecessor,
                ports(),
                instance(node),
                new EngineWires(node.engine()),
                event -> happened(node, event));
        targets.put(node, target);
        node.observe(new WireObserver() {
            @Override
            public void happened(SideEvent event) {
                target.happened(event);
            }

            @Override
            public void told(Identity peer, PeerMessage message) {
                target.told(peer, message);
            }

            @Override
            public void sessionUp(Identity peer, boolean newInstance) {
                target.sessionUp(peer);
            }
        });
        return target;
    }

    private void happened(VirtualDaemon node, HandoffEvent event) {
        events.add(node.name() + " " + event);
        fabric.note(node.name() + " " + event);
        if (event instanceof HandoffEvent.Decided decided) {
            long generation = decided.generation().number();
            // The new holder is the source of the next move; the log learns of it, and the others from the log.
            source(node, generation);
            fabric.at(Duration.ofNanos(fabric.random().nextInt(5_000_000)), () -> {
                deciding = Math.max(deciding, generation);
                List.copyOf(sources.entrySet()).forEach(entry -> {
                    if (entry.getKey() != node && entry.getKey().isUp()) {
                        entry.getValue().succeededBy(generation(generation));
                    }
                });
            });
        }
    }

    /** The node's process is gone, and with it every instance that it held. */
    void crash(VirtualDaemon node) {
        node.crash();
        wires.forEach(wire -> fabric.leave(wire, Side.A, node));
        sources.remove(node);
        targets.remove(node);
    }

    @Nullable
    InstanceState stateOf(VirtualDaemon node) {
        HandoffSource source = sources.get(node);
        return source == null ? null : source.state();
    }

    boolean allHear(long generation) {
        return wires.stream().allMatch(wire -> heard(wire, generation));
    }
}
