package io.virtualwire.connector.succession;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.linux.UnixSocket;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.Bequest;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A hand-over of many wires: how long frames wait, and how much is said. */
final class SuccessionScaleTest {
    private static final Logger log = LoggerFactory.getLogger(SuccessionScaleTest.class);
    private static final boolean LONG = Boolean.getBoolean("wire.long");
    private static final int WIRES = Integer.getInteger("wire.wires", LONG ? 2_000 : 200);
    /** The old connector takes itself back after 5 s. How long it is beside other tests says nothing. */
    private static final Duration STANDING_STILL = Duration.ofSeconds(4);

    private static final int BYTES_A_WIRE = 4096;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Generation ONE = new Generation(1, "");

    @TempDir
    private Path folder;

    private final TenantAuthority authority = TenantAuthority.create("acme", InstantSource.system());
    private final Credentials self = authority.issue("here");
    private final AtomicInteger received = new AtomicInteger();

    @Test
    void manyWiresGoOnWithinTheTimeThatQueuesBear() throws Exception {
        CountDownLatch agreed = new CountDownLatch(2 * WIRES);
        try (WireStack here = start(self, agreed);
                WireStack there = start(authority.issue("there"), agreed)) {
            plug(here);
            plug(there);
            long began = System.nanoTime();
            for (int i = 0; i < WIRES; i++) {
                connect(there, here, i, Side.B);
                connect(here, there, i, Side.A);
            }
            assertThat(agreed.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            log.info("{} wires agreed after {} ms", WIRES, millisSince(began));
            handOver(here);
        }
    }

    private void handOver(WireStack here) throws Exception {
        AtomicLong stood = new AtomicLong();
        AtomicInteger bytes = new AtomicInteger();
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Succession.Testator testator = new Succession.Testator() {
            @Override
            public void rehearse(Consumer<Estate> reader) {
                here.bequeath(bequest -> {
                    reader.accept(estate(bequest));
                    return false;
                });
            }

            @Override
            public boolean bequeath(Succession.Heir heir) {
                return here.bequeath(bequest -> {
                    stood.set(System.nanoTime());
                    return heir.take(
                            estate(bequest),
                            List.of(bequest.transports().getFirst().descriptor()));
                });
            }

            @Override
            public void left(long successor) {
                left.complete(true);
            }
        };
        try (Succession succession = Succession.open(folder, "old", testator, stage -> {});
                Predecessor predecessor = Predecessor.find(folder, "new").orElseThrow()) {
            Estate estate = predecessor.standStill();
            Bequest bequest = new Bequest(
                    estate.stack(),
                    List.of(new UdpTransport.Held(predecessor.descriptors().getFirst(), estate.overflows())));
            try (WireStack heir = WireStack.takeUp(config(self), bequest, event -> {})) {
                predecessor.take();
                List<InProcessPort> ports = plug(heir);
                heir.goOn();
                long still = millisSince(stood.get());
                bytes.set(new Parcels(UnixSocket.pair().getFirst()).encode(estate).length);
                log.info("{} wires: stood still for {} ms, {} bytes said", WIRES, still, bytes.get());
                assertThat(left.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(heir.sides().toCompletableFuture().join()).hasSize(WIRES);
                byte[] frame = new byte[128];
                WireStack.await(heir.inOneStep(engine -> {
                    ports.forEach(port -> port.send(frame, 0, frame.length));
                    return true;
                }));
                await().atMost(LIMIT).until(() -> received.get() == WIRES);
                if (LONG) {
                    assertThat(still).isLessThan(STANDING_STILL.toMillis());
                }
                assertThat(bytes.get()).isLessThan(WIRES * BYTES_A_WIRE);
            }
        }
    }

    private Estate estate(Bequest bequest) {
        return new Estate(
                self.identity(),
                bequest.image(),
                bequest.transports().getFirst().overflows(),
                null,
                List.of());
    }

    private static WireStack start(Credentials credentials, CountDownLatch agreed) {
        return WireStack.start(config(credentials), event -> {
            if (event instanceof SideEvent.Agreed) {
                agreed.countDown();
            }
        });
    }

    private static StackConfig config(Credentials credentials) {
        return new StackConfig(
                credentials, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AssociationLimits.DEFAULT);
    }

    private List<InProcessPort> plug(WireStack stack) {
        List<InProcessPort> ports = new ArrayList<>();
        for (int i = 0; i < WIRES; i++) {
            InProcessPort port = new InProcessPort(new PortId("endpoint-" + i), stack.loop(), 1500);
            ports.add(port);
        }
        WireStack.await(stack.inOneStep(engine -> {
            for (InProcessPort port : ports) {
                port.attachComponent((bytes, offset, length) -> received.incrementAndGet());
                engine.addPort(port.id().name(), port, Activation.BY_COMMAND);
            }
            return ports.size();
        }));
        return ports;
    }

    private static void connect(WireStack from, WireStack to, int number, Side side) {
        PeerDescription peer = new PeerDescription(to.identity(), ONE, List.of("127.0.0.1:" + to.port()), false);
        WireStack.await(from.connect(new ConnectRequest(
                WireId.named("wire-" + number),
                side,
                ONE,
                "endpoint-" + number,
                peer,
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty())));
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
