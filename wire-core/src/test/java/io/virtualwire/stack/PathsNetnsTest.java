package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.control.Side;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Two daemons with two ways between them, of which the first is preferred.
 *
 * <pre>
 *        10.1.0.1 ── 10.1.0.2 r 10.2.0.2 ── 10.2.0.1
 *   east                                             west
 *        10.9.0.1 ───────────────────────── 10.9.0.2
 *        2001:db8::1                     2001:db8::2
 * </pre>
 */
@NetnsTest
@Timeout(90)
class PathsNetnsTest {
    private static final Logger LOG = LoggerFactory.getLogger(PathsNetnsTest.class);
    private static final AssociationLimits BRISK = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(10), Duration.ofSeconds(1));
    private static final String FIRST = "10.2.0.1";
    private static final String SECOND = "10.9.0.2";
    private static final int FRAME = 1_400;
    private static final long BACK = 1L << 32;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private Namespaces lab;
    private Namespace router;
    private Namespace east;
    private Namespace west;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        east = lab.namespace("east");
        router = lab.namespace("r").forwarding();
        west = lab.namespace("west");
        lab.veth(east, "up0", "10.1.0.1/24", router, "east0", "10.1.0.2/24");
        lab.veth(router, "west0", "10.2.0.2/24", west, "up0", "10.2.0.1/24");
        lab.veth(east, "up1", "10.9.0.1/24", west, "up1", "10.9.0.2/24");
        east.route("10.2.0.0/24", "10.1.0.2");
        west.route("10.1.0.0/24", "10.2.0.2");
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void aWayThatFallsSilentIsLeftAndTakenAgain() {
        try (StackEnd a = end("a", east, BRISK);
                StackEnd b = end("b", west, BRISK)) {
            join(a, b);
            router.sysctl("net/ipv4/ip_forward", "0");
            soon().untilAsserted(() -> assertThat(address(a)).startsWith(SECOND));
            soon().untilAsserted(() -> assertThat(address(b)).startsWith("10.9.0.1"));

            router.sysctl("net/ipv4/ip_forward", "1");
            soon().untilAsserted(() -> assertThat(address(a)).startsWith(FIRST));
            soon().untilAsserted(() -> assertThat(address(b)).startsWith("10.1.0.1"));
        }
    }

    @Test
    void trafficGoesOnOverTheOtherWayWhenOneFallsSilent() {
        Duration gap = gapWhen("the first way fell silent", () -> router.sysctl("net/ipv4/ip_forward", "0"));
        assertThat(gap).isLessThan(Duration.ofSeconds(4));
    }

    @Test
    void trafficGoesOnOverTheOtherWayWhenALinkGoesDown() {
        Duration gap = gapWhen("the link of the first way went down", () -> east.ip("link set up0 down"));
        assertThat(gap).isLessThan(Duration.ofSeconds(3));
    }

    private Duration gapWhen(String what, Runnable trouble) {
        try (StackEnd a = end("a", east, AssociationLimits.DEFAULT);
                StackEnd b = end("b", west, AssociationLimits.DEFAULT)) {
            join(a, b);
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
                trouble.run();
                soon().untilAsserted(() -> assertThat(address(a)).startsWith(SECOND));
                soon().untilAsserted(() -> assertThat(address(b)).startsWith("10.9.0.1"));
                long moved = there.sent();
                long movedBack = back.sent();
                soon().until(() -> there.flowsSince(moved) && back.flowsSince(movedBack));
                soon().untilAsserted(() -> assertThat(a.association().sessions())
                        .as("what is said goes the other way, too")
                        .anyMatch(session -> session.current() && session.controlStream()));
                Duration gap = longer(there.longestGap(1), back.longestGap(BACK + 1));
                LOG.info(
                        "{}: frames paused {} ms there, {} ms back",
                        what,
                        there.longestGap(1).toMillis(),
                        back.longestGap(BACK + 1).toMillis());
                return gap;
            }
        }
    }

    @Test
    void aWireNeedsNoIpv4() {
        for (Namespace each : new Namespace[] {east, west}) {
            each.ip("-4 address flush dev up0");
            each.ip("-4 address flush dev up1");
        }
        east.ip("address add 2001:db8::1/64 dev up1 nodad");
        west.ip("address add 2001:db8::2/64 dev up1 nodad");
        try (StackEnd a = end("a", east, AssociationLimits.DEFAULT);
                StackEnd b = end("b", west, AssociationLimits.DEFAULT)) {
            a.connect(Side.A, b, "[2001:db8::2]");
            b.connect(Side.B, a);
            soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
            try (FrameStream there = new FrameStream(a, b, 9_000, 0);
                    FrameStream back = new FrameStream(b, a, 9_000, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
            }
            assertThat(address(a)).isEqualTo("[2001:db8:0:0:0:0:0:2]:" + b.stack.port());
            soon().untilAsserted(() -> assertThat(a.association().pathMtu()).isEqualTo(1452));
        }
    }

    private StackEnd end(String name, Namespace where, AssociationLimits limits) {
        return new StackEnd(acme.issue(name), where, "0.0.0.0", limits);
    }

    private void join(StackEnd a, StackEnd b) {
        a.connect(Side.A, b, FIRST, SECOND);
        b.connect(Side.B, a);
        soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
        assertThat(address(a)).startsWith(FIRST);
    }

    private static String address(StackEnd end) {
        return end.association().address().orElse("");
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }
}
