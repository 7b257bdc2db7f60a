package io.virtualwire.connector;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.audit.AuditFile;
import io.virtualwire.audit.AuditTrail;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.HostAddress;
import io.virtualwire.connector.api.ApiServer;
import io.virtualwire.connector.api.ConnectorService;
import io.virtualwire.connector.succession.Estate;
import io.virtualwire.connector.succession.Predecessor;
import io.virtualwire.connector.succession.Succession;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Generation;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.identity.TlsContexts;
import io.virtualwire.port.InProcessPort;
import io.virtualwire.port.PortId;
import io.virtualwire.stack.Bequest;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.transport.UdpTransport;
import io.virtualwire.wire.Activation;
import io.virtualwire.wire.SideEvent;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over, once, from a connector of its own making, so that the code is warm when it counts: what is loaded, linked and
 * compiled here does not keep frames waiting then.
 *
 * <pre>
 *   here ══ sealed wire over loopback ══ there        here ── socket in a folder of its own ──▶ heir
 * </pre>
 */
final class Rehearsal {
    private static final Logger log = LoggerFactory.getLogger(Rehearsal.class);
    private static final WireId WIRE = WireId.named("rehearsal");
    private static final String ENDPOINT = "rehearsal";
    private static final int FRAMES = 200;
    private static final int FRAME_BYTES = 1526;
    private static final int PATIENCE_SECONDS = 10;

    private final TenantAuthority authority = TenantAuthority.create("rehearsal", InstantSource.system());
    private final Credentials self = authority.issue("here");

    /** Does it; that it does not work out is no reason not to do the real thing. */
    static void run() {
        try {
            Rehearsal rehearsal = new Rehearsal();
            rehearsal.play();
            rehearsal.answer();
        } catch (Exception e) {
            log.info("the rehearsal did not work out: {}", e.getMessage());
        }
    }

    private void play() throws Exception {
        Path folder = Files.createTempDirectory("wire-rehearsal");
        CountDownLatch agreed = new CountDownLatch(2);
        try (WireStack here = start(self, agreed);
                WireStack there = start(authority.issue("there"), agreed)) {
            connect(here, Side.A, there);
            connect(there, Side.B, here);
            if (agreed.await(PATIENCE_SECONDS, SECONDS)) {
                send(here);
                takeOver(folder, here);
            }
        } finally {
            Files.deleteIfExists(folder);
        }
    }

    /** Answers one question over the interface, which those who wait at its socket would else wait for longer. */
    private void answer() throws IOException {
        Path folder = Files.createTempDirectory("wire-rehearsal");
        Path audit = folder.resolve("audit");
        ConnectorService nobody = (ConnectorService) Proxy.newProxyInstance(
                Rehearsal.class.getClassLoader(),
                new Class<?>[] {ConnectorService.class},
                (proxy, method, arguments) -> {
                    throw new WireException(ErrorCode.UNAVAILABLE, "this is a rehearsal", "");
                });
        TlsContexts tls = new TlsContexts(self);
        String loopback = InetAddress.getLoopbackAddress().getHostAddress();
        try (AuditFile file = new AuditFile(audit);
                ApiServer api =
                        ApiServer.start(tls, loopback, 0, nobody, new AuditTrail(file, InstantSource.system()));
                ConnectorClient client =
                        new ConnectorClient(tls, new HostAddress(loopback, api.port()), Optional.empty())) {
            client.version();
        } catch (WireException refused) {
            log.debug("rehearsed: {}", refused.getMessage());
        } finally {
            Files.deleteIfExists(audit);
            Files.deleteIfExists(folder);
        }
    }

    private void takeOver(Path folder, WireStack here) throws IOException {
        CompletableFuture<Boolean> left = new CompletableFuture<>();
        Succession.Testator testator = new Succession.Testator() {
            @Override
            public boolean bequeath(Succession.Heir heir) {
                return here.bequeath(bequest -> heir.take(
                        new Estate(
                                self.identity(),
                                bequest.image(),
                                bequest.transports().getFirst().overflows(),
                                null,
                                List.of()),
                        List.of(bequest.transports().getFirst().descriptor())));
            }

            @Override
            public void left(long successor) {
                left.complete(true);
            }
        };
        try (Succession succession = Succession.open(folder, "rehearsal", testator, stage -> {});
                Predecessor predecessor = Predecessor.find(folder, "rehearsal").orElseThrow()) {
            Estate estate = predecessor.standStill();
            Bequest bequest = new Bequest(
                    estate.stack(),
                    List.of(new UdpTransport.Held(predecessor.descriptors().getFirst(), estate.overflows())));
            try (WireStack heir = WireStack.takeUp(config(self), bequest, event -> {})) {
                predecessor.take();
                plug(heir);
                heir.goOn();
                send(heir);
                left.orTimeout(PATIENCE_SECONDS, SECONDS).join();
            }
        } finally {
            Files.deleteIfExists(folder.resolve("succession.sock"));
        }
    }

    private static WireStack start(Credentials credentials, CountDownLatch agreed) {
        WireStack stack = WireStack.start(config(credentials), event -> {
            if (event instanceof SideEvent.Agreed) {
                agreed.countDown();
            }
        });
        plug(stack);
        return stack;
    }

    private static StackConfig config(Credentials credentials) {
        return new StackConfig(
                credentials, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), AssociationLimits.DEFAULT);
    }

    private static void plug(WireStack stack) {
        InProcessPort port = new InProcessPort(new PortId(ENDPOINT), stack.loop(), 1500);
        WireStack.await(stack.addPort(ENDPOINT, port, Activation.BY_COMMAND));
    }

    private static void connect(WireStack from, Side side, WireStack to) {
        PeerDescription peer =
                new PeerDescription(to.identity(), new Generation(1, ""), List.of("127.0.0.1:" + to.port()), false);
        WireStack.await(from.connect(new ConnectRequest(
                WIRE,
                side,
                new Generation(1, ""),
                ENDPOINT,
                peer,
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty())));
    }

    private static void send(WireStack from) {
        byte[] frame = new byte[FRAME_BYTES];
        InProcessPort port = new InProcessPort(new PortId(ENDPOINT), from.loop(), 1500);
        WireStack.await(from.addPort(ENDPOINT, port, Activation.BY_COMMAND));
        for (int i = 0; i < FRAMES; i++) {
            WireStack.await(from.inOneStep(engine -> port.send(frame, 0, frame.length)));
        }
    }
}
