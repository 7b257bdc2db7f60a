package io.virtualwire.port;

import io.virtualwire.frame.FrameBuilder;
import io.virtualwire.frame.MacAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** A guest, 10.1.0.2, whose only neighbour is 10.1.0.1, and whose payloads are those of UDP datagrams. */
abstract class UdpGuest implements PortHarness {
    static final MacAddress GUEST = MacAddress.parse("52:54:00:00:00:02");
    static final MacAddress NEIGHBOUR = MacAddress.parse("52:54:00:00:00:01");
    static final InetSocketAddress GUEST_ADDRESS = new InetSocketAddress("10.1.0.2", 5000);
    static final InetSocketAddress NEIGHBOUR_ADDRESS = new InetSocketAddress("10.1.0.1", 6000);

    final List<byte[]> received = new CopyOnWriteArrayList<>();

    @Override
    public final byte[] frameToGuest(byte[] payload) {
        return builder(payload).build();
    }

    @Override
    public final byte[] superFrameToGuest(byte[] payload, int gsoSize) {
        return builder(payload).gsoSize(gsoSize).build();
    }

    private static FrameBuilder builder(byte[] payload) {
        return new FrameBuilder(new Random(5))
                .payload(payload)
                .between(NEIGHBOUR, GUEST)
                .between(NEIGHBOUR_ADDRESS, GUEST_ADDRESS);
    }

    @Override
    public final List<byte[]> guestReceived() {
        return received;
    }
}
