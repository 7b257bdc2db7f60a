package io.virtualwire.component;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.forwarding.Bridge;
import io.virtualwire.forwarding.ForwardingDecision;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.port.Port;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.transport.Loop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Switches in virtual time, and segments that join their ports behind their backs, as guests with bridges do. Each switch
 * has a guest at a port {@code guest}.
 *
 * <pre>
 *   guest ── switch a ──┬── segment ──┬── switch b ── guest
 *                       └── segment ──┘
 * </pre>
 */
final class LoopyNetwork {
    private static final Duration DELAY = Duration.ofNanos(300_000);

    final VirtualFabric fabric;
    final Random random;
    private final Loop loop;
    private final Map<String, SwitchComponent> switches = new TreeMap<>();
    private final List<Segment> segments = new ArrayList<>();
    private final Map<String, List<Long>> heard = new HashMap<>();
    private final Map<String, Port> guests = new HashMap<>();
    private long delivered;
    private long number;

    LoopyNetwork(long seed) {
        fabric = new VirtualFabric(seed, Weather.FINE);
        random = new Random(seed);
        loop = fabric.node("node").loop();
    }

    /** One Ethernet outside: a hub, or a bridge that learns. */
    final class Segment {
        private final Map<String, Port> members = new LinkedHashMap<>();
        private final Bridge bridge = new Bridge();
        private final boolean learns;
        private boolean up = true;

        Segment(boolean learns) {
            this.learns = learns;
        }

        void up(boolean value) {
            up = value;
        }

        /** Plugs a port of a switch in here. */
        void plug(String component, String port) {
            Port added = switches.get(component).addPort(port);
            String name = component + "." + port;
            int number = bridge.addPort(name);
            members.put(name, added);
            added.attach((bytes, offset, length) ->
                    arrived(name, number, Arrays.copyOfRange(bytes, offset, offset + length)));
        }

        void unplug(String component, String port) {
            members.remove(component + "." + port);
            bridge.removePort(bridge.portOf(component + "." + port));
            switches.get(component).removePort(port);
        }

        private void arrived(String from, int ingress, byte[] frame) {
            if (!up) {
                return;
            }
            EthernetFrame view = new EthernetFrame();
            view.wrap(frame, 0, frame.length);
            ForwardingDecision decision = learns
                    ? bridge.decide(
                            view.destination(),
                            view.source(),
                            view.tag(),
                            ingress,
                            view.length(),
                            loop.ticker().nanoTime())
                    : null;
            members.forEach((name, port) -> {
                boolean chosen =
                        !(decision instanceof ForwardingDecision.Forward(int egress)) || egress == bridge.portOf(name);
                if (!name.equals(from) && chosen && !(decision instanceof ForwardingDecision.Drop)) {
                    loop.schedule(DELAY, () -> {
                        if (up && members.get(name) == port) {
                            delivered++;
                            port.deliver(frame, 0, frame.length);
                        }
                    });
                }
            });
        }
    }

    SwitchComponent addSwitch(String name) {
        SwitchComponent added = new SwitchComponent(name, loop, random::nextLong);
        switches.put(name, added);
        guest(name, added);
        added.startDeciding(NullNode.getInstance());
        return added;
    }

    private void guest(String name, SwitchComponent component) {
        Port port = component.addPort("guest");
        guests.put(name, port);
        heard.putIfAbsent(name, new ArrayList<>());
        port.attach((bytes, offset, length) -> {
            ByteBuffer frame = ByteBuffer.wrap(bytes, offset, length).slice();
            if ((frame.getShort(24) & 0xffff) == 0x88b5) {
                heard.get(name).add(frame.getLong(26));
            }
        });
    }

    Segment addSegment(boolean learns) {
        Segment added = new Segment(learns);
        segments.add(added);
        return added;
    }

    List<Segment> segments() {
        return segments;
    }

    SwitchComponent at(String name) {
        return switches.get(name);
    }

    /** The switch starts anew somewhere else, with this state. */
    void move(String name, JsonNode state) {
        SwitchComponent before = switches.get(name);
        SwitchComponent after = new SwitchComponent(name, loop, random::nextLong);
        switches.put(name, after);
        guest(name, after);
        for (Segment segment : segments) {
            segment.members.keySet().stream()
                    .filter(member -> member.startsWith(name + "."))
                    .toList()
                    .forEach(member -> {
                        before.removePort(member.substring(name.length() + 1));
                        segment.plug(name, member.substring(name.length() + 1));
                    });
        }
        after.startDeciding(state);
    }

    /** How often frames came in from segments. */
    long delivered() {
        return delivered;
    }

    /** The guest at a switch says something to all. */
    long broadcast(String from) {
        return send(from, MacAddress.BROADCAST);
    }

    /** The guest at a switch says something to that at another. */
    long send(String from, String to) {
        return send(from, address(to));
    }

    private long send(String from, long destination) {
        ByteBuffer frame = ByteBuffer.allocate(72);
        frame.position(12);
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.putShort((short) (address(from) >>> 32)).putInt((int) address(from));
        frame.putShort((short) 0x88b5).putLong(++number);
        guests.get(from).deliver(frame.array(), 0, frame.capacity());
        return number;
    }

    /** How often the guest at this switch got this. */
    long times(String guest, long what) {
        return heard.get(guest).stream().filter(any -> any == what).count();
    }

    private static long address(String guest) {
        return 0x0200_0000_0100L + guest.hashCode();
    }

    List<String> names() {
        return List.copyOf(switches.keySet());
    }

    /** The blocked ports, as {@code switch.port}. */
    List<String> blocked() {
        List<String> blocked = new ArrayList<>();
        switches.forEach((name, component) -> component.status().ports().stream()
                .filter(port -> !port.blockedFor().isEmpty())
                .forEach(port -> blocked.add(name + "." + port.name())));
        return blocked;
    }

    void run(Duration time) {
        fabric.run(time);
    }

    /** The switches that can be reached from this one over segments that are up. */
    List<String> reachable(String from) {
        List<String> found = new ArrayList<>(List.of(from));
        for (int i = 0; i < found.size(); i++) {
            for (Segment segment : segments) {
                String here = found.get(i) + ".";
                if (segment.up && segment.members.keySet().stream().anyMatch(member -> member.startsWith(here))) {
                    for (String member : segment.members.keySet()) {
                        String there = member.substring(0, member.indexOf('.'));
                        if (!found.contains(there)) {
                            found.add(there);
                        }
                    }
                }
            }
        }
        return found;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Segment segment : segments) {
            text.append(segment.up ? "up   " : "down ")
                    .append(segment.learns ? "learns " : "hub    ")
                    .append(segment.members.keySet())
                    .append('\n');
        }
        text.append("blocked ").append(blocked()).append('\n');
        switches.forEach((name, component) -> text.append(name)
                .append(' ')
                .append(component.status().addresses())
                .append('\n'));
        return text.toString();
    }
}
