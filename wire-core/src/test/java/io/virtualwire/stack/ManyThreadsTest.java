package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.association.LaneStatus;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.frame.VirtioNetHeader;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.port.DropReason;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.Activation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole stacks with several owner threads, and wires on all of them. */
@Timeout(60)
class ManyThreadsTest {
    private static final int WIRES = 8;
    private static final Duration KEEPALIVE = AssociationLimits.DEFAULT.keepalive();

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private final List<WireStack> open = new ArrayList<>();

    @AfterEach
    void stop() {
        open.forEach(WireStack::close);
    }

    @ParameterizedTest
    @CsvSource({"2,2,false", "2,1,true", "1,3,false"})
    void framesOfEveryWirePassBothWays(int here, int there, boolean plain) {
        End a = new End(acme.issue("a"), here);
        End b = new End(acme.issue("b"), there);
        join(a, b, plain);
        assertThat(IntStream.range(0, WIRES).mapToObj(ManyThreadsTest::wire).map(a.stack::loop))
                .as("wires are on all threads")
                .hasSizeGreaterThanOrEqualTo(here);
        a.sendAll(0, 60, 20_000);
        b.sendAll(0, 60, 20_000);
        for (int wire = 0; wire < WIRES; wire++) {
            int it = wire;
            soon().untilAsserted(() -> assertThat(b.arrived.get(it)).containsExactlyElementsOf(numbers(0, 60)));
            soon().untilAsserted(() -> assertThat(a.arrived.get(it)).containsExactlyElementsOf(numbers(0, 60)));
        }
        assertThat(WireStack.await(a.stack.sides())).hasSize(WIRES);
        assertThat(WireStack.await(a.stack.drops()).messages()).isEmpty();
    }

    @Test
    void bothSidesOfAWireMayBeHere() {
        End a = new End(acme.issue("a"), 2);
        InProcessPort[] others = new InProcessPort[WIRES];
        List<Long> arrived = new CopyOnWriteArrayList<>();
        for (int wire = 0; wire < WIRES; wire++) {
            others[wire] = new InProcessPort(new PortId("other" + wire), a.stack.loop(), 1500);
            WireStack.await(a.stack.addPort("other" + wire, others[wire], Activation.BY_COMMAND));
            a.connect(wire, Side.A, 1, "port" + wire, a, false);
            a.connect(wire, Side.B, 1, "other" + wire, a, false);
            int it = wire;
            WireStack.await(a.stack.inOneStep(wire(wire), _ -> {
                others[it].attachComponent((bytes, offset, length) -> arrived.add(number(bytes, offset)));
                return true;
            }));
        }
        soon().until(() -> WireStack.await(a.stack.sides()).stream().allMatch(it -> it.agreed()));
        a.sendAll(0, 1, 100);
        soon().until(() -> arrived.size() == WIRES);
    }

    @Test
    void anEndpointBelongsToOneWireOnWhateverThread() {
        End a = new End(acme.issue("a"), 2);
        End b = new End(acme.issue("b"), 1);
        int other = 1;
        a.connect(0, Side.A, 1, "port0", b, false);
        assertThat(a.stack.loop(wire(other))).isNotEqualTo(a.stack.loop(wire(0)));
        assertThatThrownBy(() -> a.connect(other, Side.A, 1, "port0", b, false))
                .isInstanceOfSatisfying(
                        WireException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE));
        WireStack.await(a.stack.disconnect(wire(0), Side.A, new Generation(1, "")));
        a.connect(other, Side.A, 1, "port0", b, false);
        b.connect(other, Side.B, 1, "port0", a, false);
        soon().until(() -> a.agreed(other, Side.A));
        WireStack.await(a.stack.inOneStep(wire(other), _ -> a.ports.get(0).send(frame(100, 7), 0, 100)));
        soon().untilAsserted(
                        () -> assertThat(b.arrived.get(0)).as("%s%n%s", a, b).containsExactly(7L));
        assertThat(WireStack.await(a.stack.portCounters("port0")).orElseThrow().ingressFrames())
                .isEqualTo(1);
    }

    @Test
    void aSuccessorGoesOnWithEveryThread() {
        End a = new End(acme.issue("a"), 2);
        Credentials credentials = acme.issue("b");
        End b = new End(credentials, 2);
        join(a, b, false);
        soon().until(() -> WireStack.await(a.stack.associations()).getFirst().lanes().stream()
                .allMatch(LaneStatus::used));
        long sent = 0;
        End now = b;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 20; i++, sent++) {
                a.sendAll(sent, sent + 1, 3_000);
            }
            End next = succeed(now, credentials);
            for (int i = 0; i < 20; i++, sent++) {
                a.sendAll(sent, sent + 1, 3_000);
            }
            now = next;
        }
        long all = sent;
        for (int wire = 0; wire < WIRES; wire++) {
            int it = wire;
            soon().untilAsserted(() -> assertThat(b.arrived.get(it)).containsExactlyElementsOf(numbers(0, all)));
        }
        assertThat(now.stack.threads()).isEqualTo(2);
    }

    /** Its successor counts on from where it stood still: whatever it sends then has a counter that is used twice. */
    @Test
    void whoWasReplacedSaysNothingMore() {
        End a = new End(acme.issue("a"), 2);
        Credentials credentials = acme.issue("b");
        End b = new End(credentials, 2);
        join(a, b, false);
        soon().until(() -> WireStack.await(a.stack.associations()).getFirst().lanes().stream()
                .allMatch(LaneStatus::used));
        int other = IntStream.range(0, WIRES)
                .filter(wire -> b.stack.loop(wire(wire)) != b.stack.loop())
                .findFirst()
                .orElseThrow();
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        b.arrived.put(other, new CopyOnWriteArrayList<>() {
            @Override
            public boolean add(Long number) {
                busy.countDown();
                try {
                    return go.await(5, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        WireStack.await(a.stack.inOneStep(wire(other), _ -> a.ports.get(other).send(frame(100, 0), 0, 100)));
        soon().until(() -> busy.getCount() == 0);
        // While that thread is busy with a datagram, it is asked to stand still, and then its timer becomes due.
        CompletableFuture<End> successor = CompletableFuture.supplyAsync(() -> succeed(b, credentials));
        await().pollDelay(KEEPALIVE.multipliedBy(2)).until(() -> !successor.isDone());
        go.countDown();
        successor.join();
        await().during(KEEPALIVE.multipliedBy(2))
                .atMost(KEEPALIVE.multipliedBy(4))
                .untilAsserted(() -> {
                    assertThat(WireStack.await(a.stack.associations())
                                    .getFirst()
                                    .drops())
                            .doesNotContainKey(DropReason.REPLAYED);
                });
    }

    /** The frames arrive where the first of them did. */
    private End succeed(End old, Credentials credentials) {
        End[] heir = new End[1];
        boolean taken = old.stack.bequeath(bequest -> {
            List<UdpTransport.Held> copies = bequest.transports().stream()
                    .map(held -> new UdpTransport.Held(UnixSocket.duplicate(held.descriptor()), held.overflows()))
                    .toList();
            heir[0] = new End(credentials, new Bequest(bequest.image(), copies), old.arrived);
            return true;
        });
        assertThat(taken).isTrue();
        open.remove(old.stack);
        heir[0].plug();
        heir[0].stack.goOn();
        return heir[0];
    }

    /** One daemon with a port for each wire. */
    private final class End {
        final WireStack stack;
        final List<InProcessPort> ports = new ArrayList<>();
        final Map<Integer, List<Long>> arrived;

        End(Credentials credentials, int threads) {
            this.arrived = new HashMap<>();
            IntStream.range(0, WIRES).forEach(wire -> arrived.put(wire, new CopyOnWriteArrayList<>()));
            this.stack = WireStack.start(config(credentials).with(threads), event -> {});
            open.add(stack);
            plug();
        }

        End(Credentials credentials, Bequest bequest, Map<Integer, List<Long>> arrived) {
            this.arrived = arrived;
            this.stack = WireStack.takeUp(config(credentials), bequest, event -> {});
            open.add(stack);
        }

        private static StackConfig config(Credentials credentials) {
            return new StackConfig(
                    credentials, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AssociationLimits.DEFAULT);
        }

        void plug() {
            for (int i = 0; i < WIRES; i++) {
                int wire = i;
                InProcessPort port = new InProcessPort(new PortId("port" + wire), stack.loop(), 1500);
                ports.add(port);
                WireStack.await(stack.inOneStep(_ -> {
                    port.attachComponent(
                            (bytes, offset, length) -> arrived.get(wire).add(number(bytes, offset)));
                    return true;
                }));
                WireStack.await(stack.addPort("port" + wire, port, Activation.BY_COMMAND));
            }
        }

        void connect(int wire, Side side, long generation, String endpoint, End other, boolean plain) {
            PeerDescription peer = new PeerDescription(
                    other.stack.identity(), new Generation(1, ""), List.of("127.0.0.1:" + other.stack.port()), false);
            WireStack.await(stack.connect(new ConnectRequest(
                    wire(wire),
                    side,
                    new Generation(generation, ""),
                    endpoint,
                    peer,
                    new ConnectOptions(Role.ACTIVE, plain),
                    Optional.empty(),
                    Optional.empty())));
        }

        boolean agreed(int wire, Side side) {
            return WireStack.await(stack.side(wire(wire), side))
                    .filter(it -> it.agreed())
                    .isPresent();
        }

        @Override
        public String toString() {
            return WireStack.await(stack.sides()) + " " + WireStack.await(stack.associations()) + " "
                    + WireStack.await(stack.drops());
        }

        void sendAll(long from, long to, int length) {
            for (int i = 0; i < WIRES; i++) {
                int wire = i;
                WireStack.await(stack.inOneStep(wire(wire), _ -> {
                    LongStream.range(from, to)
                            .forEach(number -> ports.get(wire).send(frame(length, number), 0, length));
                    return true;
                }));
            }
        }
    }

    private static void join(End a, End b, boolean plain) {
        for (int wire = 0; wire < WIRES; wire++) {
            a.connect(wire, Side.A, 1, "port" + wire, b, plain);
            b.connect(wire, Side.B, 1, "port" + wire, a, plain);
        }
        for (int wire = 0; wire < WIRES; wire++) {
            int it = wire;
            soon().until(() -> a.agreed(it, Side.A) && b.agreed(it, Side.B));
        }
    }

    private static WireId wire(int number) {
        return WireId.named("wire-" + number);
    }

    private static byte[] frame(int length, long number) {
        byte[] frame = new byte[length];
        ByteBuffer.wrap(frame).putLong(VirtioNetHeader.LENGTH + 14, number);
        return frame;
    }

    private static long number(byte[] bytes, int offset) {
        return ByteBuffer.wrap(bytes).getLong(offset + VirtioNetHeader.LENGTH + 14);
    }

    private static List<Long> numbers(long from, long to) {
        return LongStream.range(from, to).boxed().toList();
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(15)).pollInterval(Duration.ofMillis(5));
    }
}
