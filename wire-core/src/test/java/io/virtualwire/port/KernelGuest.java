package io.virtualwire.port;

import io.virtualwire.linux.InterfaceControl;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.transport.DatapathLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/** The guest is the kernel of a namespace with a TAP, 10.1.0.2, whose only neighbour is 10.1.0.1. */
final class KernelGuest extends UdpGuest {
    private final Namespaces lab = Namespaces.open();
    private final TapPort port;
    private final DatagramChannel socket;

    KernelGuest(DatapathLoop loop) {
        Namespace guest = lab.namespace("guest");
        NetworkNamespace where = new NetworkNamespace(guest.name());
        TapDevice device = TapDevice.open(TapRequest.named("tap0").in(where));
        InterfaceControl control = new InterfaceControl(where);
        control.mac("tap0", GUEST);
        control.mtu("tap0", 1500);
        control.address("tap0", "10.1.0.2/24");
        control.up("tap0");
        guest.ip("neighbour replace 10.1.0.1 lladdr " + NEIGHBOUR + " dev tap0 nud permanent");
        port = new TapPort(new PortId("tap0"), loop, device, control.mtu("tap0"));
        socket = where.call(() -> DatagramChannel.open(java.net.StandardProtocolFamily.INET)
                .setOption(java.net.StandardSocketOptions.SO_RCVBUF, 1 << 20)
                .bind(GUEST_ADDRESS));
        Thread.ofVirtual().start(this::receive);
    }

    private void receive() {
        ByteBuffer buffer = ByteBuffer.allocate(65_536);
        try {
            while (socket.isOpen()) {
                buffer.clear();
                socket.receive(buffer);
                buffer.flip();
                byte[] payload = new byte[buffer.remaining()];
                buffer.get(payload);
                received.add(payload);
            }
        } catch (IOException e) {
            // The test closed the socket.
        }
    }

    @Override
    public Port port() {
        return port;
    }

    @Override
    public void guestSends(byte[] payload) {
        try {
            socket.send(ByteBuffer.wrap(payload), NEIGHBOUR_ADDRESS);
        } catch (IOException gone) {
            // The interface went with the port: what the guest sends then reaches nobody.
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        lab.close();
    }
}
