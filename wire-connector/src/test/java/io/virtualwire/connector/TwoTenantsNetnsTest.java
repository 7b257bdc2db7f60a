package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.ConnectorLab.generation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.EndpointStatus;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ConnectOptions;
import io.virtualwire.control.ConnectRequest;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Identity;
import io.virtualwire.control.PeerDescription;
import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.control.WireId;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.linux.TapDevice;
import io.virtualwire.linux.TapRequest;
import io.virtualwire.stack.StackConfig;
import io.virtualwire.stack.WireStack;
import io.virtualwire.testkit.netns.NetnsTest;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two tenants with authorities of their own on the connectors of a third party, which grants both the same: neither sees,
 * touches, guesses nor exhausts the other.
 *
 * <pre>
 *   cloud/host-a ── underlay ── cloud/host-b      acme-web, rival-web … on a;  acme-db, rival-db … on b
 * </pre>
 */
@NetnsTest
final class TwoTenantsNetnsTest {
    private static final TenantAuthority CLOUD = TenantAuthority.create("cloud", InstantSource.system());
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TenantAuthority RIVAL = TenantAuthority.create("rival", InstantSource.system());
    private static final TenantAuthority STRANGER = TenantAuthority.create("stranger", InstantSource.system());
    private static final Credentials HOST_A = connector("host-a");
    private static final Credentials HOST_B = connector("host-b");
    private static final String GRANTS = """
            grants:
              - tenant: acme
                devices: ["acme-*", "shared*"]
                namespaces: ["-", "acme-*"]
                destinations: [192.0.2.1, 192.0.2.2]
              - tenant: rival
                devices: ["rival-*", "shared*"]
                namespaces: ["-", "rival-*"]
                destinations: [192.0.2.1, 192.0.2.2]
                requests-per-second: 60
                max-peers: 1
            """;

    private static final String VIRTIO = "00".repeat(12);
    /** From this address, about that one. */
    private static final String RARP = VIRTIO + "ffffffffffff5254000000%1$s" + "80350001080006040003"
            + "5254000000%2$s00000000" + "5254000000%2$s00000000" + "00".repeat(18);

    private static final String GRATUITOUS = VIRTIO + "ffffffffffff5254000000%1$s" + "08060001080006040001"
            + "5254000000%2$s0a010002" + "0000000000000a010002";

    /** Of the wires of the test that runs: those of former ones are fenced off. */
    private static long serial;

    private static ConnectorLab lab;
    private static Tenant acme;
    private static Tenant rival;

    /** One of the two, with its clients of both connectors. */
    private static final class Tenant {
        final String name;
        final Credentials person;
        final ConnectorClient a;
        final ConnectorClient b;

        Tenant(TenantAuthority authority) {
            person = authority.issue("me").trusting(CLOUD.certificate());
            name = person.identity().tenant();
            a = lab.client(lab.hostA(), ADDRESS_A, person);
            b = lab.client(lab.hostB(), ADDRESS_B, person);
        }

        void tidyUp() {
            for (ConnectorClient connector : List.of(a, b)) {
                connector
                        .endpoints()
                        .forEach(it -> connector.removeEndpoint(it.endpoint().name(), true));
            }
        }

        EndpointDescription device(String endpoint) {
            return named(endpoint, name + "-" + endpoint, false);
        }

        /** Side a of a wire on host a, side b on host b, each towards the other connector. */
        ConnectRequest side(WireId wire, Side side) {
            return side == Side.A
                    ? request(wire, side, "web", HOST_B.identity(), ADDRESS_B + ":7471")
                    : request(wire, side, "db", HOST_A.identity(), ADDRESS_A + ":7471");
        }
    }

    private static Credentials connector(String name) {
        return CLOUD.issue(name)
                .trusting(ACME.certificate())
                .trusting(RIVAL.certificate())
                .trusting(STRANGER.certificate());
    }

    @BeforeAll
    static void start() {
        lab = new ConnectorLab();
        lab.start(lab.hostA(), ADDRESS_A, HOST_A, GRANTS);
        lab.start(lab.hostB(), ADDRESS_B, HOST_B, GRANTS);
        acme = new Tenant(ACME);
        rival = new Tenant(RIVAL);
    }

    @BeforeEach
    void fence() {
        serial++;
    }

    @AfterEach
    void tidyUp() {
        acme.tidyUp();
        rival.tidyUp();
    }

    @AfterAll
    static void close() throws Exception {
        lab.close();
    }

    @Test
    void theSameNamesAreTwoThings() {
        for (Tenant tenant : List.of(acme, rival)) {
            tenant.a.putEndpoint(tenant.device("web"));
            tenant.b.putEndpoint(tenant.device("db"));
            tenant.a.connect(tenant.side(WIRE, Side.A));
            tenant.b.connect(tenant.side(WIRE, Side.B));
        }
        ConnectorLab.awaitAgreed(acme.a, acme.b, rival.a, rival.b);
        address("acme", 1);
        address("rival", 2);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
        lab.awaitPing(lab.hostA(), "10.2.0.2");
        long before = framesIn(acme.b);
        lab.awaitPing(lab.hostA(), "10.2.0.2");
        assertThat(lab.hostB().ip("-s link show acme-db").text()).isNotEmpty();
        assertThat(framesIn(acme.b) - before).as("rival's pings are not acme's").isLessThan(3);

        for (Tenant tenant : List.of(acme, rival)) {
            assertThat(tenant.a.endpoints())
                    .extracting(EndpointStatus::id)
                    .containsExactly(tenant.name + "/host-a/web");
            assertThat(tenant.a.wires()).hasSize(1);
            assertThat(tenant.a.wire(WIRE)).hasSize(1);
            assertThat(tenant.a.health().wires()).isOne();
            assertThat(tenant.a.associations()).singleElement().satisfies(association -> {
                assertThat(association.counters()).as("they count both tenants").isEmpty();
                assertThat(association.drops()).isEmpty();
            });
        }

        rival.a.disconnect(WIRE, Side.A, generation(serial));
        rival.a.removeEndpoint("web", true);
        assertThat(rival.a.wires()).isEmpty();
        lab.awaitPing(lab.hostA(), "10.1.0.2");
        assertThat(acme.a.wire(WIRE))
                .singleElement()
                .satisfies(side -> assertThat(side.isAgreed()).isTrue());
    }

    @Test
    void whatIsAnothersLooksLikeWhatIsNotThere() {
        WireId secret = WireId.named("acme's");
        acme.a.putEndpoint(acme.device("web"));
        acme.a.putEndpoint(named("own", "shared0", false));
        acme.a.connect(acme.side(secret, Side.A));
        lab.hostA().ip("link add shared1 type bridge");

        assertThat(rival.a.wire(secret)).isEmpty();
        alike(
                () -> rival.a.activate(secret, Side.A, generation(serial)),
                () -> rival.a.activate(WireId.named("nobody's"), Side.A, generation(serial)),
                ErrorCode.NOT_FOUND);
        alike(
                () -> rival.a.putEndpoint(named("x", "shared0", false)),
                () -> rival.a.putEndpoint(named("x", "shared1", false)),
                ErrorCode.ALREADY_EXISTS);
        alike(
                () -> rival.a.putEndpoint(named("x", "shared0", true)),
                () -> rival.a.putEndpoint(named("x", "shared2", true)),
                ErrorCode.NOT_FOUND);
        alike(
                () -> rival.a.putEndpoint(named("x", "acme-web", true)),
                () -> rival.a.putEndpoint(named("x", "acme-none", true)),
                ErrorCode.FORBIDDEN);
        String theirs = lab.namespace("acme").name();
        alike(() -> rival.a.putEndpoint(in(theirs)), () -> rival.a.putEndpoint(in("acme-none")), ErrorCode.FORBIDDEN);
        alike(
                () -> rival.a.connect(rival.side(secret, Side.A)),
                () -> rival.a.connect(rival.side(WireId.named("nobody's"), Side.A)),
                ErrorCode.NOT_FOUND);
        rival.a.disconnect(secret, Side.A, generation(serial));
        rival.a.removeEndpoint("own", true);
        assertThat(acme.a.wires()).hasSize(1);
        assertThat(acme.a.endpoints()).hasSize(2);

        refused(ErrorCode.FORBIDDEN, () -> rival.b.connect(aimedAt("192.0.2.3:7471")));
        refused(ErrorCode.FORBIDDEN, () -> rival.b.connect(aimedAt("localhost:7471")));
        refused(ErrorCode.FORBIDDEN, () -> rival.b.connect(aimedAt("[::1]:7471")));
        refused(ErrorCode.FORBIDDEN, () -> rival.a.reload(true));
    }

    /** It knows the wire's id, its generation and the connectors; it lacks acme's consent. */
    @Test
    void theFarEndOfAnothersWireCannotBeTaken() {
        acme.a.putEndpoint(acme.device("web"));
        acme.a.connect(acme.side(WIRE, Side.A));
        rival.b.putEndpoint(rival.device("db"));
        rival.b.connect(rival.side(WIRE, Side.B));
        Awaitility.await("the two connectors have met")
                .atMost(Duration.ofSeconds(20))
                .until(() -> acme.a.wire(WIRE).getFirst().peers().getFirst().pathUp()
                        && rival.b.wire(WIRE).getFirst().peers().getFirst().pathUp());
        address("acme", 1);
        lab.hostB().ip("address add 10.1.0.2/24 dev rival-db");
        Awaitility.await("they never agree")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(6))
                .until(() -> acme.a.wire(WIRE).stream().noneMatch(WireStatus::isAgreed)
                        && rival.b.wire(WIRE).stream().noneMatch(WireStatus::isAgreed)
                        && !ConnectorLab.ping(lab.hostA(), "10.1.0.2"));
        // The place is still free for who has consent.
        acme.b.putEndpoint(acme.device("db"));
        acme.b.connect(acme.side(WIRE, Side.B));
        ConnectorLab.awaitAgreed(acme.a, acme.b);
    }

    /** Whoever says whatever at whichever endpoint: a wire follows only what its own endpoint says of itself. */
    @Test
    void aForgedAnnouncementMovesNothing() {
        lab.hostB().ip("link set lo up");
        acme.a.putEndpoint(acme.device("web"));
        acme.a.connect(acme.side(WIRE, Side.A));
        acme.b.putEndpoint(held("db", "acme-db", "52:54:00:00:00:51"));
        acme.b.connect(standby(acme.side(WIRE, Side.B)));
        acme.b.putEndpoint(held("spare", "acme-spare", "52:54:00:00:00:51"));
        rival.a.putEndpoint(rival.device("web"));
        rival.a.connect(rival.side(WIRE, Side.A));
        rival.b.putEndpoint(held("db", "rival-db", "52:54:00:00:00:52"));
        rival.b.connect(rival.side(WIRE, Side.B));
        ConnectorLab.awaitAgreed(acme.a, acme.b, rival.a, rival.b);
        long active = received(rival.a);

        try (TapDevice web = guest("acme-db");
                TapDevice spare = guest("acme-spare");
                TapDevice evil = guest("rival-db")) {
            say(evil, RARP.formatted("51", "51"));
            say(evil, GRATUITOUS.formatted("51", "51"));
            say(spare, RARP.formatted("51", "51"));
            say(web, RARP.formatted("52", "52"));
            // An address of its own, which it sends for another, and a frame of another's.
            say(web, GRATUITOUS.formatted("51", "52"));
            say(web, GRATUITOUS.formatted("53", "53"));

            Awaitility.await("all of it was seen")
                    .atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> {
                        assertThat(received(rival.a))
                                .as("it passes, to its own wire")
                                .isEqualTo(active + 2);
                        assertThat(rival.b.wire(WIRE).getFirst().drops()).containsEntry("foreign_announcement", 2L);
                        assertThat(acme.b.wire(WIRE).getFirst().drops()).containsEntry("foreign_announcement", 3L);
                        assertThat(drops(acme.b, "spare")).containsEntry("unawaited_announcement", 1L);
                    });
            assertThat(acme.b.wire(WIRE).getFirst().state()).isEqualTo("standby");
            assertThat(acme.a.wire(WIRE).getFirst().peers())
                    .extracting(WireStatus.Peer::state)
                    .containsExactly("expected");

            say(web, RARP.formatted("51", "51"));
            Awaitility.await("the one to whom it belongs")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> acme.a
                            .wire(WIRE)
                            .getFirst()
                            .peers()
                            .getFirst()
                            .state()
                            .equals("active"));
        }
    }

    /** A process that holds the descriptor, as QEMU does. */
    private static TapDevice guest(String device) {
        return TapDevice.open(
                TapRequest.named(device).in(new NetworkNamespace(lab.hostB().name())));
    }

    private static void say(TapDevice guest, String frame) {
        byte[] bytes = HexFormat.of().parseHex(frame);
        assertThat(guest.write(bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }

    private static EndpointDescription held(String endpoint, String device, String mac) {
        return new EndpointDescription(endpoint, device, Optional.empty(), false, 1500, Optional.of(mac), true);
    }

    private static ConnectRequest standby(ConnectRequest side) {
        return new ConnectRequest(
                side.wire(),
                side.side(),
                side.generation(),
                side.endpoint(),
                side.peer(),
                new ConnectOptions(Role.STANDBY, false),
                Optional.empty(),
                Optional.empty());
    }

    private static long received(ConnectorClient connector) {
        return connector.wire(WIRE).getFirst().counters().get("framesIn");
    }

    private static Map<String, Long> drops(ConnectorClient connector, String endpoint) {
        return connector.endpoints().stream()
                .filter(it -> it.name().equals(endpoint))
                .findFirst()
                .orElseThrow()
                .drops();
    }

    @Test
    void whoHasNoGrantGetsNoAssociationAndWhoHasOneGetsAsManyAsItSays() {
        try (WireStack stranger = node(STRANGER, "node");
                WireStack first = node(RIVAL, "one");
                WireStack second = node(RIVAL, "two")) {
            dial(first);
            Awaitility.await("the first node is let in")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> isUp(first));
            dial(second);
            dial(stranger);
            Awaitility.await("the others are not")
                    .during(Duration.ofSeconds(2))
                    .atMost(Duration.ofSeconds(6))
                    .until(() -> !isUp(second) && !isUp(stranger));
            assertThat(isUp(first)).isTrue();
            // A wire here that names the other one lets it in.
            rival.a.putEndpoint(rival.device("web"));
            rival.a.connect(request(WIRE, Side.A, "web", second.identity(), ADDRESS_B + ":" + second.port()));
            Awaitility.await("it is asked for").atMost(Duration.ofSeconds(20)).until(() -> isUp(second));
        }
    }

    @Test
    void oneTenantsFloodOfRequestsDoesNotSlowTheOther() {
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger refusals = new AtomicInteger();
        // Some change what is there; more only look, which is little work, so that too much is asked however slow the
        // machine is.
        List<Thread> flood = IntStream.range(0, 16)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        try {
                            if (i < 4) {
                                rival.a.putEndpoint(rival.device("f" + i));
                                rival.a.endpoints();
                                rival.a.removeEndpoint("f" + i, true);
                            } else {
                                rival.a.wires();
                            }
                        } catch (WireException e) {
                            assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                            refusals.incrementAndGet();
                        }
                    }
                }))
                .toList();
        Duration each;
        try {
            Awaitility.await("the flood is refused")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> refusals.get() > 10);
            long began = System.nanoTime();
            for (int i = 0; i < 5; i++) {
                acme.a.putEndpoint(acme.device("web"));
                assertThat(acme.a.endpoints()).hasSize(1);
                acme.a.removeEndpoint("web", true);
            }
            each = Duration.ofNanos((System.nanoTime() - began) / 15);
        } finally {
            over.set(true);
            flood.forEach(TwoTenantsNetnsTest::join);
            // It has its share again before what it left is removed.
            Awaitility.await("the flood is over").atMost(Duration.ofSeconds(10)).untilAsserted(() -> rival.tidyUp());
        }
        assertThat(each).isLessThan(Duration.ofSeconds(1));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private WireStack node(TenantAuthority authority, String name) {
        Credentials credentials = authority.issue(name).trusting(CLOUD.certificate());
        return WireStack.start(
                new StackConfig(credentials, new InetSocketAddress(ADDRESS_B, 0), AssociationLimits.DEFAULT)
                        .in(new NetworkNamespace(lab.hostB().name())),
                event -> {});
    }

    private static void dial(WireStack node) {
        WireStack.await(node.connect(request(WIRE, Side.B, "port", HOST_A.identity(), ADDRESS_A + ":7471")));
    }

    private static boolean isUp(WireStack node) {
        return WireStack.await(node.associations()).stream().anyMatch(association -> association.up());
    }

    private static ConnectRequest aimedAt(String path) {
        return request(WIRE, Side.B, "db", HOST_A.identity(), path);
    }

    private static ConnectRequest request(WireId wire, Side side, String endpoint, Identity peer, String path) {
        return new ConnectRequest(
                wire,
                side,
                generation(serial),
                endpoint,
                new PeerDescription(peer, generation(serial), List.of(path), false),
                ConnectOptions.DEFAULT,
                Optional.empty(),
                Optional.empty());
    }

    private static EndpointDescription named(String endpoint, String device, boolean existing) {
        return new EndpointDescription(endpoint, device, Optional.empty(), existing, 1500, Optional.empty());
    }

    private static EndpointDescription in(String namespace) {
        return new EndpointDescription("x", "shared9", Optional.of(namespace), false, 1500, Optional.empty());
    }

    private void address(String tenant, int network) {
        lab.hostA().ip("address add 10." + network + ".0.1/24 dev " + tenant + "-web");
        if (lab.hostB().tryRun("ip", "link", "show", tenant + "-db").succeeded()) {
            lab.hostB().ip("address add 10." + network + ".0.2/24 dev " + tenant + "-db");
        }
    }

    private static long framesIn(ConnectorClient connector) {
        return connector.wire(WIRE).getFirst().counters().get("framesIn");
    }

    /** The same refusal, but for the names that the caller itself gave. */
    private static void alike(ThrowingCallable anothers, ThrowingCallable nobodys, ErrorCode code) {
        WireException one = catchThrowableOfType(WireException.class, anothers);
        WireException other = catchThrowableOfType(WireException.class, nobodys);
        assertThat(one.code()).isEqualTo(code);
        assertThat(other.code()).isEqualTo(code);
        assertThat(shape(one)).isEqualTo(shape(other));
    }

    private static String shape(WireException e) {
        return (e.getMessage() + " / " + e.hint())
                .replaceAll("[0-9a-f]{8}-[0-9a-f-]{27}", "WIRE")
                .replaceAll("shared[0-9]|acme-(web|none)", "DEVICE")
                .replaceAll("namespace (vwt-[0-9]+-[0-9]+-acme|DEVICE)", "namespace NAME");
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThat(catchThrowableOfType(WireException.class, call).code()).isEqualTo(code);
    }
}
