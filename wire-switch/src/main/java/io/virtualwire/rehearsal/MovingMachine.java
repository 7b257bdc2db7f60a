package io.virtualwire.rehearsal;

import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.RelayDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.WireStack;
import io.virtualwire.time.Ticker;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.PeerState;
import io.virtualwire.wire.SideState;
import io.virtualwire.wire.SideStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A virtual machine that goes from one host to another and back, and announces itself there, while somebody sends to it.
 *
 * <pre>
 *   machine, at one host ──┐
 *                          ├── wire ── far end
 *   or at the other ───────┘
 * </pre>
 */
public final class MovingMachine implements AutoCloseable {
    private static final WireId WIRE = WireId.named("rehearsal-machine");
    private static final String ENDPOINT = "machine";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(1);
    private static final long MAC = 0x020000000009L;
    private static final int VIRTIO_HEADER_LENGTH = 12;
    private static final int FRAME_LENGTH = 98;

    private final Ticker ticker;
    private final Host far;
    private Host here;
    private Host there;
    private long generation = 1;
    private boolean sending;

    /** A stack, and the port of the endpoint on it. */
    private record Host(WireStack stack, InProcessPort port) {
        static Host start(TenantAuthority tenant, String name, Activation activation) {
            WireStack stack = Guest.stack(tenant, name);
            InProcessPort port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), 1500);
            stack.loop().execute(() -> port.attachComponent((bytes, offset, length) -> {}));
            WireStack.await(stack.addPort(ENDPOINT, port, activation));
            return new Host(stack, port);
        }

        private List<String> paths() {
            return List.of("127.0.0.1:" + stack.port());
        }

        PeerDescription peer(long number) {
            return new PeerDescription(stack.identity(), at(number), paths(), false);
        }

        Optional<RelayDescription> relay(long number) {
            return Optional.of(new RelayDescription(stack.identity(), at(number), paths()));
        }

        void send(byte[] frame) {
            WireStack.await(stack.inOneStep(_ -> port.send(frame, 0, frame.length)));
        }

        boolean is(Side side, Predicate<SideStatus> condition) {
            return WireStack.await(stack.side(WIRE, side)).filter(condition).isPresent();
        }
    }

    /** Starts three stacks on loopback; the machine is at the first. */
    public MovingMachine(TenantAuthority tenant, Ticker ticker) {
        this.ticker = ticker;
        here = Host.start(tenant, "machine-one", new Activation(true, true, true, MAC));
        there = Host.start(tenant, "machine-other", new Activation(true, true, true, MAC));
        far = Host.start(tenant, "machine-far", Activation.BY_COMMAND);
        connect(here, generation, Role.ACTIVE, Optional.empty(), Optional.empty());
        expect(here, generation);
        await("agreed", () -> here.is(Side.A, SideStatus::agreed));
        far.stack().loop().execute(() -> {
            sending = true;
            send(frame((short) 0x0800));
        });
    }

    /** Moves it to the other host. */
    public void move() {
        long next = generation + 1;
        connect(there, next, Role.STANDBY, Optional.empty(), here.relay(generation));
        connect(here, generation, Role.ACTIVE, there.relay(next), Optional.empty());
        expect(there, next);
        await(
                "prepared",
                () -> there.is(Side.A, side -> side.agreed() && relays(side))
                        && here.is(Side.A, MovingMachine::relays));
        there.send(announcement());
        await(
                "flipped",
                () -> far.is(
                                Side.B,
                                side -> side.peers().stream()
                                        .anyMatch(peer -> peer.state() == PeerState.ACTIVE
                                                && peer.generation().equals(at(next))))
                        && here.is(Side.A, side -> side.state() == SideState.YIELDED));
        there.send(frame((short) 0x0800));
        WireStack.await(here.stack().disconnect(WIRE, Side.A, at(generation)));
        Host left = here;
        here = there;
        there = left;
        generation = next;
    }

    private static boolean relays(SideStatus side) {
        return side.relays().stream().anyMatch(relay -> relay.leg().agreed());
    }

    private void connect(
            Host host, long own, Role role, Optional<RelayDescription> relayTo, Optional<RelayDescription> relayFrom) {
        connect(host, Side.A, own, far.peer(1), role, relayTo, relayFrom);
    }

    private void expect(Host host, long number) {
        connect(far, Side.B, 1, host.peer(number), Role.ACTIVE, Optional.empty(), Optional.empty());
    }

    private static void connect(
            Host host,
            Side side,
            long own,
            PeerDescription peer,
            Role role,
            Optional<RelayDescription> relayTo,
            Optional<RelayDescription> relayFrom) {
        WireStack.await(host.stack()
                .connect(new ConnectRequest(
                        WIRE, side, at(own), ENDPOINT, peer, new ConnectOptions(role, false), relayTo, relayFrom)));
    }

    private void send(byte[] frame) {
        if (sending) {
            far.port().send(frame, 0, frame.length);
            far.stack().loop().schedule(PAUSE, () -> send(frame));
        }
    }

    private static byte[] frame(short type) {
        byte[] frame = new byte[VIRTIO_HEADER_LENGTH + FRAME_LENGTH];
        ByteBuffer ethernet = ByteBuffer.wrap(frame, VIRTIO_HEADER_LENGTH, FRAME_LENGTH);
        mac(mac(ethernet)).putShort(type);
        return frame;
    }

    /** RARP, as QEMU says it for a guest that goes on. */
    private static byte[] announcement() {
        byte[] frame = frame((short) 0x8035);
        ByteBuffer rarp = ByteBuffer.wrap(frame, VIRTIO_HEADER_LENGTH + 14, FRAME_LENGTH - 14);
        rarp.putShort((short) 1)
                .putShort((short) 0x0800)
                .putShort((short) 0x0604)
                .putShort((short) 3);
        mac(mac(rarp).putInt(0)).putInt(0);
        return frame;
    }

    private static ByteBuffer mac(ByteBuffer frame) {
        return frame.putShort((short) (MAC >>> 32)).putInt((int) MAC);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        long deadline = ticker.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (ticker.nanoTime() - deadline > 0) {
                throw new IllegalStateException("the machine was not " + what + ": " + this);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        WireStack.await(far.stack().inOneStep(_ -> sending = false));
        here.stack().close();
        there.stack().close();
        far.stack().close();
    }

    @Override
    public String toString() {
        return "here " + WireStack.await(here.stack().sides()) + "\nthere "
                + WireStack.await(there.stack().sides()) + "\nfar "
                + WireStack.await(far.stack().sides());
    }

    private static Generation at(long number) {
        return new Generation(number, "");
    }
}
