package io.virtualwire.connector;

import static io.virtualwire.connector.ConnectorLab.ADDRESS6_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS6_B;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_A;
import static io.virtualwire.connector.ConnectorLab.ADDRESS_B;
import static io.virtualwire.connector.ConnectorLab.WIRE;
import static io.virtualwire.connector.ConnectorLab.awaitAgreed;
import static io.virtualwire.connector.ConnectorLab.generation;
import static io.virtualwire.connector.ConnectorLab.ping;
import static io.virtualwire.connector.ConnectorLab.pings;
import static io.virtualwire.connector.ConnectorLab.plain;
import static io.virtualwire.connector.ConnectorLab.sideA;
import static io.virtualwire.connector.ConnectorLab.sideB;
import static io.virtualwire.connector.ConnectorLab.towards;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.virtualwire.client.ConnectorClient;
import io.virtualwire.client.EndpointDescription;
import io.virtualwire.client.WireStatus;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireException;
import io.virtualwire.identity.Credentials;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Real connectors, real TAPs, a real underlay. */
@NetnsTest
final class ConnectorNetnsTest {
    private static final TenantAuthority ACME = TenantAuthority.create("acme", InstantSource.system());
    private static final TenantAuthority RIVAL = TenantAuthority.create("rival", InstantSource.system());
    private static final Credentials ME = ACME.issue("me");
    private static final Credentials A = ACME.issue("host-a");
    private static final Credentials B = ACME.issue("host-b");

    private final ConnectorLab lab = new ConnectorLab();

    @AfterEach
    void close() throws Exception {
        lab.close();
    }

    @Test
    void framesPassAndAKilledConnectorBringsItsWiresBack() {
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        RunningCommand connectorB = lab.start(lab.hostB(), ADDRESS_B, B, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS_B, ME);
        plugAndConnect(a, b);
        assertThat(pings(lab.hostA(), "10.1.0.2", 50).orFail().text()).contains(" 0% packet loss");

        WireStatus side = a.wire(WIRE).getFirst();
        assertThat(side.peers().getFirst().plain()).isFalse();
        assertThat(side.counters().get("framesOut")).isGreaterThanOrEqualTo(50);
        assertThat(a.associations()).singleElement().satisfies(association -> {
            assertThat(association.peer()).isEqualTo(B.identity());
            assertThat(association.up()).isTrue();
        });

        // Repeating changes nothing; what is wrong is refused, and changes nothing either.
        a.connect(sideA(B, 1, 1));
        refused(ErrorCode.GENERATION_CONFLICT, () -> a.connect(plain(sideA(B, 1, 1))));
        refused(ErrorCode.NOT_FOUND, () -> b.connect(sideA(B, 2, 1)));
        a.connect(sideA(B, 2, 1));
        b.connect(sideB(A, 1, 2));
        refused(ErrorCode.STALE_GENERATION, () -> a.connect(sideA(B, 1, 1)));
        lab.awaitPing(lab.hostA(), "10.1.0.2");

        lab.knowEachOther();
        connectorB.kill();
        assertThat(lab.hostB().ip("-br address show db").text()).contains("10.1.0.2/24");
        try (RunningCommand pings = lab.hostA().start("ping", "-n", "-i", "0.02", "10.1.0.2")) {
            lab.start(lab.hostB(), ADDRESS_B, B, "");
            pings.awaitLine("bytes from 10.1.0.2", Duration.ofSeconds(1));
        }
        assertThat(pings(lab.hostA(), "10.1.0.2", 50).orFail().text()).contains(" 0% packet loss");
        ConnectorClient again = lab.client(lab.hostB(), ADDRESS_B, ME);
        assertThat(again.wire(WIRE)).hasSize(1);
        refused(ErrorCode.IN_USE, () -> again.removeEndpoint("db", false));

        again.disconnect(WIRE, Side.B, generation(1));
        Awaitility.await("a wire that is unplugged carries nothing")
                .atMost(Duration.ofSeconds(5))
                .until(() -> !ping(lab.hostA(), "10.1.0.2"));
        again.removeEndpoint("db", false);
        assertThat(lab.hostB().tryRun("ip", "link", "show", "db").succeeded()).isFalse();
    }

    @Test
    void anUnderlayWithoutIpv4CarriesAWire() {
        lab.useIpv6();
        lab.start(lab.hostA(), ADDRESS6_A, A, "");
        lab.start(lab.hostB(), "0.0.0.0", B, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS6_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS6_B, ME);
        assertThat(a.health().addresses()).containsExactly("2001:db8:0:0:0:0:0:1");
        assertThat(b.health().addresses()).containsExactly("2001:db8:0:0:0:0:0:2");
        plug(a, b);
        a.connect(towards(sideA(B, 1, 1), "[2001:db8::2]:7471"));
        b.connect(towards(sideB(A, 1, 1), "[2001:db8::1]:7471"));
        awaitAgreed(a, b);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
    }

    @Test
    void aConnectorOfAnotherAuthorityWithTheSameNamesIsNotBelieved() {
        TenantAuthority impostor = TenantAuthority.create("acme", InstantSource.system());
        Credentials falseB = impostor.issue("host-b");
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        lab.start(lab.hostB(), ADDRESS_B, falseB, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS_B, impostor.issue("me"));
        refused(
                ErrorCode.UNAUTHENTICATED,
                () -> lab.client(lab.hostB(), ADDRESS_B, ME).health());
        plug(a, b);
        a.connect(sideA(B, 1, 1));
        b.connect(sideB(A, 1, 1));
        Awaitility.await("they never agree")
                .during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(6))
                .until(() -> a.wire(WIRE).stream().noneMatch(WireStatus::isAgreed)
                        && b.wire(WIRE).stream().noneMatch(WireStatus::isAgreed)
                        && !ping(lab.hostA(), "10.1.0.2"));
    }

    @Test
    void twoTenantsShareAWireWhenEachNamedTheOther() {
        Credentials ours = A.trusting(RIVAL.certificate());
        Credentials theirs = RIVAL.issue("host-b").trusting(ACME.certificate());
        lab.start(lab.hostA(), ADDRESS_A, ours, "");
        lab.start(lab.hostB(), ADDRESS_B, theirs, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS_B, RIVAL.issue("me").trusting(ACME.certificate()));
        plug(a, b);
        a.connect(sideA(theirs, 1, 1));
        // They reach each other, but one of them has not been told yet.
        Awaitility.await("no consent, no frames")
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(5))
                .until(() -> !ping(lab.hostA(), "10.1.0.2"));
        b.connect(sideB(ours, 1, 1));
        awaitAgreed(a, b);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
        refused(
                ErrorCode.FORBIDDEN,
                () -> lab.client(lab.hostB(), ADDRESS_B, ACME.issue("nosy").trusting(RIVAL.certificate()))
                        .endpoints());
    }

    @Test
    void plainIsPlainOnlyIfBothSay() {
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        lab.start(lab.hostB(), ADDRESS_B, B, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        ConnectorClient b = lab.client(lab.hostB(), ADDRESS_B, ME);
        plug(a, b);
        a.connect(plain(sideA(B, 1, 1)));
        b.connect(sideB(A, 1, 1));
        awaitAgreed(a, b);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
        assertThat(a.wire(WIRE).getFirst().peers().getFirst().plain()).isFalse();
        b.connect(plain(sideB(A, 2, 1)));
        a.connect(plain(sideA(B, 1, 2)));
        Awaitility.await("both plain")
                .atMost(Duration.ofSeconds(10))
                .until(() -> a.wire(WIRE).getFirst().peers().getLast().plain()
                        && b.wire(WIRE).getFirst().peers().getLast().plain());
        lab.awaitPing(lab.hostA(), "10.1.0.2");
    }

    @Test
    void aGuestsNamespaceMayGoAndComeBack() {
        Namespace guest = lab.namespace("guest");
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        EndpointDescription inside = new EndpointDescription(
                "web", "eth0", Optional.of(guest.name()), false, 9000, Optional.of("02:00:00:00:00:01"));
        assertThat(a.putEndpoint(inside).up()).isTrue();
        assertThat(guest.ip("link show eth0").text()).contains("mtu 9000", "02:00:00:00:00:01");
        guest.ip("link delete eth0");
        Awaitility.await("the device is made again")
                .atMost(Duration.ofSeconds(20))
                .until(() -> guest.tryRun("ip", "link", "show", "eth0").succeeded());
        Awaitility.await("and is up")
                .atMost(Duration.ofSeconds(5))
                .until(() -> a.endpoints().getFirst().up());
        assertThat(guest.ip("link show eth0").text()).contains("02:00:00:00:00:01");
    }

    @Test
    void aDeviceOfSomebodyElseIsOnlyTakenWhenAskedFor() {
        lab.start(lab.hostA(), ADDRESS_A, A, "");
        ConnectorClient a = lab.client(lab.hostA(), ADDRESS_A, ME);
        lab.hostA().ip("tuntap add tap7 mode tap vnet_hdr");
        refused(ErrorCode.ALREADY_EXISTS, () -> a.putEndpoint(tap7(false)));
        assertThat(a.putEndpoint(tap7(true)).up()).isTrue();
        a.removeEndpoint("tap7", false);
        assertThat(lab.hostA().tryRun("ip", "link", "show", "tap7").succeeded()).isTrue();
        refused(
                ErrorCode.NOT_FOUND,
                () -> a.putEndpoint(
                        new EndpointDescription("gone", "gone", Optional.empty(), true, 1500, Optional.empty())));
    }

    private static EndpointDescription tap7(boolean existing) {
        return new EndpointDescription("tap7", "tap7", Optional.empty(), existing, 1500, Optional.empty());
    }

    private void plug(ConnectorClient a, ConnectorClient b) {
        a.putEndpoint(EndpointDescription.named("web"));
        b.putEndpoint(EndpointDescription.named("db"));
        a.putEndpoint(EndpointDescription.named("web"));
        lab.hostA().address("web", "10.1.0.1/24");
        lab.hostB().address("db", "10.1.0.2/24");
    }

    private void plugAndConnect(ConnectorClient a, ConnectorClient b) {
        plug(a, b);
        a.connect(sideA(B, 1, 1));
        b.connect(sideB(A, 1, 1));
        awaitAgreed(a, b);
        lab.awaitPing(lab.hostA(), "10.1.0.2");
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        WireException.class,
                        e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
    }
}
