package io.virtualwire.rehearsal;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.wire.Activation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A station on a stack of its own, which sends frames of three sizes in turn. */
final class Guest {
    private static final String ENDPOINT = "guest";
    private static final int FRAMES_PER_TURN = 6;
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final int PORT_MTU = 65_521;
    private static final int VIRTIO_HEADER_LENGTH = 12;
    private static final int ETHERNET_HEADER_LENGTH = 14;
    private static final int[] PAYLOAD_LENGTHS = {64, 1500, 64_000};

    final WireStack stack;
    final WireId wire;
    private final byte number;
    private final InProcessPort port;
    private final AtomicLong received = new AtomicLong();
    private boolean sending;

    Guest(TenantAuthority tenant, String name, int number) {
        this.stack = Guest.stack(tenant, name);
        this.wire = WireId.named("rehearsal-" + name);
        this.number = (byte) number;
        this.port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), PORT_MTU);
        stack.loop()
                .execute(() -> port.attachComponent((bytes, offset, length) -> received.lazySet(received.get() + 1)));
        WireStack.await(stack.addPort(ENDPOINT, port, Activation.BY_COMMAND));
    }

    static WireStack stack(TenantAuthority tenant, String name) {
        return WireStack.start(
                new StackConfig(
                        tenant.issue(name),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        AssociationLimits.DEFAULT),
                event -> {});
    }

    /** Its side of the wire, whose other side is at {@code place}. */
    void connect(Place place, Generation farGeneration) {
        WireStack.await(stack.connect(new ConnectRequest(
                wire,
                Side.B,
                new Generation(1, ""),
                ENDPOINT,
                new PeerDescription(place.stack.identity(), farGeneration, place.paths(), false),
                new ConnectOptions(Role.ACTIVE, false),
                Optional.empty(),
                Optional.empty())));
    }

    long received() {
        return received.get();
    }

    void sendTo(Guest target) {
        stack.loop().execute(() -> {
            sending = true;
            send(Arrays.stream(PAYLOAD_LENGTHS)
                    .mapToObj(length -> frame(target, length))
                    .toArray(byte[][]::new));
        });
    }

    void stop() {
        WireStack.await(stack.inOneStep(_ -> sending = false));
    }

    private void send(byte[][] frames) {
        if (sending) {
            for (int i = 0; i < FRAMES_PER_TURN; i++) {
                byte[] frame = frames[i % frames.length];
                port.send(frame, 0, frame.length);
            }
            stack.loop().schedule(PAUSE, () -> send(frames));
        }
    }

    @Override
    public String toString() {
        return WireStack.await(stack.sides()) + " " + WireStack.await(stack.associations()) + " "
                + WireStack.await(stack.drops());
    }

    private byte[] frame(Guest target, int payload) {
        byte[] frame = new byte[VIRTIO_HEADER_LENGTH + ETHERNET_HEADER_LENGTH + payload];
        frame[VIRTIO_HEADER_LENGTH] = 2;
        frame[VIRTIO_HEADER_LENGTH + 5] = target.number;
        frame[VIRTIO_HEADER_LENGTH + 6] = 2;
        frame[VIRTIO_HEADER_LENGTH + 11] = number;
        frame[VIRTIO_HEADER_LENGTH + 12] = 0x08;
        return frame;
    }
}
