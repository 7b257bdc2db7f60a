package io.virtualwire.component;

import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.port.Port;
import io.virtualwire.testkit.fabric.VirtualFabric;
import io.virtualwire.testkit.fabric.Weather;
import io.virtualwire.transport.Loop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A switch on a loop in virtual time, and what leaves by each of its ports. */
final class SwitchBench {
    private final VirtualFabric fabric = new VirtualFabric(1, Weather.FINE);
    private final SwitchComponent component;
    private final Map<String, Port> ports = new HashMap<>();
    private final Map<String, List<byte[]>> probes = new HashMap<>();
    private final Map<String, List<byte[]>> received = new HashMap<>();

    SwitchBench(String... names) {
        component = new SwitchComponent("lan", fabric.node("node").loop());
        for (String name : names) {
            plug(name);
        }
        component.startDeciding(NullNode.getInstance());
        run();
    }

    SwitchComponent component() {
        return component;
    }

    Loop loop() {
        return fabric.node("node").loop();
    }

    /** Adds a port, or attaches to the one there is. */
    void plug(String name) {
        Port port = component.addPort(name);
        received.put(name, new ArrayList<>());
        port.attach((bytes, offset, length) -> {
            EthernetFrame frame = new EthernetFrame();
            frame.wrap(bytes, offset, length);
            (frame.etherType() == LoopProbe.ETHER_TYPE ? probes : received)
                    .computeIfAbsent(name, any -> new ArrayList<>())
                    .add(Arrays.copyOfRange(bytes, offset, offset + length));
        });
        ports.put(name, port);
    }

    /** Runs what is due. */
    void run() {
        run(Duration.ofMillis(1));
    }

    void run(Duration time) {
        fabric.run(time);
    }

    /** A frame of so many Ethernet bytes comes in from the port's wire. */
    void send(String port, long destination, long source, int length) {
        ByteBuffer frame = ByteBuffer.allocate(VirtioNetHeader.LENGTH + length);
        frame.position(VirtioNetHeader.LENGTH);
        frame.putShort((short) (destination >>> 32)).putInt((int) destination);
        frame.putShort((short) (source >>> 32)).putInt((int) source);
        frame.putShort((short) 0x88b5);
        send(port, frame.array());
    }

    void send(String port, byte[] frame) {
        ports.get(port).deliver(frame, 0, frame.length);
    }

    /** The probes and notices that have left by this port so far. */
    List<byte[]> probes(String port) {
        return probes.getOrDefault(port, List.of());
    }

    /** What else has left by this port so far, each with its virtio-net header. */
    List<byte[]> received(String port) {
        return received.get(port);
    }

    ComponentStatus.PortStatus port(String name) {
        return component.status().ports().stream()
                .filter(port -> port.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
