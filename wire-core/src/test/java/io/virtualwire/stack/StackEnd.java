package io.virtualwire.stack;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.association.AssociationStatus;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.identity.Credentials;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A whole stack in a namespace, one port on it, and when each numbered frame came out of that. */
final class StackEnd implements AutoCloseable {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final int NUMBER_OFFSET = VirtioNetHeader.LENGTH + 16;
    private static final WireId WIRE = WireId.named("paths");
    private static final String ENDPOINT = "port";

    final WireStack stack;
    private final InProcessPort port;

    /** Frames by number, with the time of their arrival. */
    final ConcurrentSkipListMap<Long, Long> arrived = new ConcurrentSkipListMap<>();

    /** @param streamPorts TCP ports on which it may be dialled besides */
    StackEnd(Credentials credentials, Namespace where, String bind, AssociationLimits limits, Integer... streamPorts) {
        this(new StackConfig(credentials, new InetSocketAddress(bind, 0), limits)
                .in(new NetworkNamespace(where.name()))
                .alsoOn(List.of(streamPorts)));
    }

    StackEnd(StackConfig config) {
        stack = WireStack.start(config, event -> {});
        port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), 1500);
        WireStack.await(stack.addPort(ENDPOINT, port, Activation.BY_COMMAND));
        WireStack.await(stack.inOneStep(engine -> {
            port.attachComponent((bytes, offset, length) ->
                    arrived.putIfAbsent((long) LONG.get(bytes, offset + NUMBER_OFFSET), System.nanoTime()));
            return true;
        }));
    }

    /** Connects a side to one of {@code other}, to be found at these addresses; none: it is the one who dials. */
    void connect(Side side, StackEnd other, String... addresses) {
        connect(WIRE, ENDPOINT, side, other, addresses);
    }

    /** Connects so many more sides, of endpoints without a port. */
    void connectSpares(int count, Side side, StackEnd other, String... addresses) {
        for (int i = 0; i < count; i++) {
            connect(WireId.named("spare-" + i), "spare-" + i, side, other, addresses);
        }
    }

    /** Connects a side to one of {@code other}, to be found at this address and port. */
    void connectAt(Side side, StackEnd other, String path) {
        connect(WIRE, ENDPOINT, side, other, List.of(path));
    }

    private void connect(WireId wire, String endpoint, Side side, StackEnd other, String... addresses) {
        List<String> paths = Arrays.stream(addresses)
                .map(address -> address + ":" + other.stack.port())
                .toList();
        connect(wire, endpoint, side, other, paths);
    }

    private void connect(WireId wire, String endpoint, Side side, StackEnd other, List<String> paths) {
        WireStack.await(stack.connect(new ConnectRequest(
                wire,
                side,
                new Generation(1, ""),
                endpoint,
                new PeerDescription(other.stack.identity(), new Generation(1, ""), paths, false),
                new ConnectOptions(Role.ACTIVE, false),
                Optional.empty(),
                Optional.empty())));
    }

    /** Sends one frame that bears a number. */
    void send(long number, int length) {
        byte[] frame = new byte[length];
        LONG.set(frame, NUMBER_OFFSET, number);
        WireStack.await(stack.inOneStep(engine -> {
            port.send(frame, 0, length);
            return true;
        }));
    }

    Optional<SideStatus> side(Side side) {
        return WireStack.await(stack.side(WIRE, side));
    }

    /** How many sides are here, all of them agreed; 0 if one is not. */
    int agreed() {
        List<SideStatus> all = WireStack.await(stack.sides());
        return all.stream().allMatch(SideStatus::agreed) ? all.size() : 0;
    }

    boolean isAgreed(Side side) {
        return side(side).filter(SideStatus::agreed).isPresent();
    }

    /** What is shared with the one peer. */
    AssociationStatus association() {
        return WireStack.await(stack.associations()).getFirst();
    }

    /** What is shared with this peer. */
    AssociationStatus association(StackEnd peer) {
        return WireStack.await(stack.associations()).stream()
                .filter(each -> each.peer().equals(peer.stack.identity()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        stack.close();
    }
}
