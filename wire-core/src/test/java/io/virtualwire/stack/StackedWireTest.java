package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.Port;
import io.virtualwire.port.PortId;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A wire between two whole stacks over loopback: TLS, UDP, engine, ports. */
@Timeout(60)
class StackedWireTest {
    private static final WireId WIRE = WireId.named("test");
    private static final String ENDPOINT = "port";

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final List<AutoCloseable> open = new ArrayList<>();

    /** One end: a stack, its port, and what came out of it. */
    private final class End implements AutoCloseable {
        final WireStack stack;
        final InProcessPort port;
        final List<byte[]> arrived = new CopyOnWriteArrayList<>();

        End(Credentials credentials, int listenOn) {
            stack = WireStack.start(
                    new StackConfig(
                            credentials,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), listenOn),
                            AssociationLimits.DEFAULT),
                    event -> {});
            port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), 1500);
            WireStack.await(stack.addPort(ENDPOINT, port, Activation.BY_COMMAND));
            WireStack.await(stack.inOneStep(engine -> {
                port.attachComponent(
                        (bytes, offset, length) -> arrived.add(Arrays.copyOfRange(bytes, offset, offset + length)));
                return true;
            }));
            open.add(this);
        }

        void connect(Side side, End other, boolean plain) {
            connect(side, ENDPOINT, other, plain);
        }

        void connect(Side side, String endpoint, End other, boolean plain) {
            PeerDescription peer = new PeerDescription(
                    other.stack.identity(), new Generation(1, ""), List.of("127.0.0.1:" + other.stack.port()), false);
            WireStack.await(stack.connect(new ConnectRequest(
                    WIRE,
                    side,
                    new Generation(1, ""),
                    endpoint,
                    peer,
                    new ConnectOptions(Role.ACTIVE, plain),
                    Optional.empty(),
                    Optional.empty())));
        }

        SideStatus status(Side side) {
            return WireStack.await(stack.side(WIRE, side)).orElseThrow();
        }

        void send(byte[]... frames) {
            WireStack.await(stack.inOneStep(engine -> {
                for (byte[] frame : frames) {
                    port.send(frame, 0, frame.length);
                }
                return true;
            }));
        }

        @Override
        public void close() {
            stack.close();
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void framesOfEverySizePassBothWays(boolean plain) {
        End a = new End(acme.issue("a"), 0);
        End b = new End(acme.issue("b"), 0);
        a.connect(Side.A, b, plain);
        b.connect(Side.B, a, plain);
        awaitAgreed(a, b);
        byte[][] frames = {
            frame(Port.MIN_FRAME_BYTES, 1), frame(72, 2), frame(1526, 3), frame(9000, 4), frame(65_000, 5)
        };
        a.send(frames);
        b.send(frames);
        await().untilAsserted(() -> assertThat(b.arrived).containsExactly(frames));
        await().untilAsserted(() -> assertThat(a.arrived).containsExactly(frames));
    }

    @Test
    void bothSidesMayBeHere() {
        End a = new End(acme.issue("a"), 0);
        InProcessPort second = new InProcessPort(new PortId("second"), a.stack.loop(), 1500);
        List<byte[]> arrived = new CopyOnWriteArrayList<>();
        WireStack.await(a.stack.addPort("second", second, Activation.BY_COMMAND));
        WireStack.await(a.stack.inOneStep(engine -> {
            second.attachComponent(
                    (bytes, offset, length) -> arrived.add(Arrays.copyOfRange(bytes, offset, offset + length)));
            return true;
        }));
        a.connect(Side.A, a, false);
        a.connect(Side.B, "second", a, false);
        awaitAgreed(a, a);
        byte[][] frames = {frame(72, 2), frame(65_562, 3), frame(60, 4)};
        a.send(frames);
        await().untilAsserted(() -> assertThat(arrived).containsExactly(frames));
    }

    @Test
    void leavesNothingBehind() throws Exception {
        End warm = new End(acme.issue("w"), 0);
        warm.close();
        int before = descriptors();
        End a = new End(acme.issue("a"), 0);
        End b = new End(acme.issue("b"), 0);
        a.connect(Side.A, b, false);
        b.connect(Side.B, a, false);
        awaitAgreed(a, b);
        a.close();
        b.close();
        await().untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    @Test
    void aRestartedDaemonHasItsWireBackWithinASecond() {
        End a = new End(acme.issue("a"), 0);
        Credentials credentials = acme.issue("b");
        End b = new End(credentials, 0);
        a.connect(Side.A, b, false);
        b.connect(Side.B, a, false);
        awaitAgreed(a, b);
        int port = b.stack.port();
        b.close();

        /* Meanwhile the port is anybody's: a short connection of another test may have it for a moment. */
        End reborn = await().ignoreExceptionsMatching(WireException.class::isInstance)
                .until(() -> new End(credentials, port), Objects::nonNull);
        long restarted = System.nanoTime();
        reborn.connect(Side.B, a, false);
        await().pollInterval(Duration.ofMillis(5)).until(() -> {
            a.send(frame(100, 7));
            return !reborn.arrived.isEmpty();
        });
        assertThat(Duration.ofNanos(System.nanoTime() - restarted)).isLessThan(Duration.ofSeconds(1));
    }

    private static void awaitAgreed(End a, End b) {
        await().pollInterval(Duration.ofMillis(5))
                .until(() -> a.status(Side.A).agreed() && b.status(Side.B).agreed());
    }

    private static byte[] frame(int length, int fill) {
        byte[] frame = new byte[length];
        Arrays.fill(frame, VirtioNetHeader.LENGTH, length, (byte) fill);
        return frame;
    }
}
