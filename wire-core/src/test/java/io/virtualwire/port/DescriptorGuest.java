package io.virtualwire.port;

import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.linux.DeviceShield;
import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.PacketSocket;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.linux.TransmitCounter;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.transport.DatapathLoop;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;

/** The guest is a process that holds the descriptor of a TAP, as QEMU does: here this one. The port has the device's side. */
final class DescriptorGuest extends UdpGuest {
    private static final long PAUSE_NANOS = 100_000;
    /** virtio-net, Ethernet, IPv4, UDP. */
    private static final int HEADERS = 12 + 14 + 20 + 8;

    private final Namespaces lab = Namespaces.open();
    private final Namespace host;
    private final TapDevice tap;
    private final PacketPort port;
    private final Thread reader;
    private volatile boolean closed;

    DescriptorGuest(DatapathLoop loop, BiFunction<NetworkNamespace, String, PacketSocket> opener) {
        host = lab.namespace("host");
        NetworkNamespace where = new NetworkNamespace(host.name());
        tap = TapDevice.open(TapRequest.named("vm-0").in(where));
        InterfaceControl control = new InterfaceControl(where);
        new DeviceShield(where).raise("vm-0");
        control.up("vm-0");
        port = new PacketPort(
                new PortId("vm-0"),
                loop,
                opener.apply(where, "vm-0"),
                TransmitCounter.open(where, "vm-0"),
                control.mtu("vm-0"));
        reader = Thread.ofPlatform().daemon().start(this::read);
    }

    Namespace host() {
        return host;
    }

    /** What the guest's own driver would hand to the TAP, header first. */
    void sends(byte[] frame) {
        if (tap.write(frame, 0, frame.length) != frame.length) {
            throw new IllegalStateException("the TAP took no frame");
        }
    }

    private void read() {
        byte[] buffer = new byte[Port.MAX_FRAME_BYTES];
        while (!closed) {
            int length = tap.read(buffer, 0, buffer.length);
            if (length >= HEADERS) {
                received.add(Arrays.copyOfRange(buffer, HEADERS, length));
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public void guestSends(byte[] payload) {
        sends(new FrameBuilder(new Random(7))
                .payload(payload)
                .between(GUEST, NEIGHBOUR)
                .between(GUEST_ADDRESS, NEIGHBOUR_ADDRESS)
                .build());
    }

    @Override
    public void close() {
        closed = true;
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        tap.close();
        lab.close();
    }
}
