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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wire over an underlay whose links differ.
 *
 * <pre>
 *   east 10.1.0.1 ── 10.1.0.2 r1 10.2.0.1 ──┤the middle link├── 10.2.0.2 r2 10.3.0.2 ── 10.3.0.1 west
 * </pre>
 */
@NetnsTest
@Timeout(90)
class UnderlayMtuNetnsTest {
    private static final Logger LOG = LoggerFactory.getLogger(UnderlayMtuNetnsTest.class);
    private static final int LARGE = 9_000;
    private static final int SMALL = 200;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private Namespaces lab;
    private Namespace r1;
    private Namespace r2;
    private Namespace east;
    private Namespace west;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        east = lab.namespace("east");
        r1 = lab.namespace("r1").forwarding();
        r2 = lab.namespace("r2").forwarding();
        west = lab.namespace("west");
        lab.veth(east, "up0", "10.1.0.1/24", r1, "east0", "10.1.0.2/24");
        lab.veth(r1, "mid0", "10.2.0.1/24", r2, "mid0", "10.2.0.2/24");
        lab.veth(r2, "west0", "10.3.0.2/24", west, "up0", "10.3.0.1/24");
        east.route("default", "10.1.0.2");
        r1.route("10.3.0.0/24", "10.2.0.2");
        r2.route("10.1.0.0/24", "10.2.0.1");
        west.route("default", "10.3.0.2");
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHopThatBecomesSmallerBlackholesNothingForLong(boolean icmp) {
        if (!icmp) {
            silence(r1);
            silence(r2);
        }
        try (StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            join(a, b);
            soon().untilAsserted(() -> assertThat(a.association().pathMtu()).isEqualTo(1472));
            soon().untilAsserted(() -> assertThat(b.association().pathMtu()).isEqualTo(1472));

            try (FrameStream large = new FrameStream(a, b, LARGE, 0);
                    FrameStream small = new FrameStream(a, b, SMALL, 1L << 32)) {
                soon().until(() -> large.flowsSince(0) && small.flowsSince(1L << 32));
                middle(1300);
                long lowered = large.sent();
                soon().until(() -> large.flowsSince(lowered + 1));

                assertThat(a.association().pathMtu()).isLessThanOrEqualTo(1272);
                soon().untilAsserted(() -> assertThat(a.association().pathMtu()).isEqualTo(1272));
                soon().untilAsserted(() -> assertThat(b.association().pathMtu()).isEqualTo(1272));
                LOG.info(
                        "the hop's MTU became 1300, ICMP {}: large frames paused {} ms, small ones {} ms",
                        icmp ? "allowed" : "filtered",
                        large.longestGap(1).toMillis(),
                        small.longestGap((1L << 32) + 1).toMillis());
                assertThat(large.longestGap(1)).isLessThan(Duration.ofSeconds(4));
                assertThat(small.longestGap((1L << 32) + 1)).isLessThan(Duration.ofSeconds(2));

                if (!icmp) {
                    middle(1500);
                    soon().untilAsserted(
                                    () -> assertThat(a.association().pathMtu()).isEqualTo(1472));
                }
            }
        }
    }

    /** The control stream is TCP, whose full segments would otherwise be lost for ever where ICMP is filtered. */
    @Test
    void wiresComeUpOverASmallHopThatFiltersIcmp() {
        silence(r1);
        silence(r2);
        middle(1280);
        try (StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            a.connectSpares(30, Side.A, b, "10.3.0.1");
            b.connectSpares(30, Side.B, a);
            soon().until(() -> a.agreed() == 30 && b.agreed() == 30);
            soon().untilAsserted(() -> assertThat(a.association().pathMtu()).isEqualTo(1252));
        }
    }

    @Test
    void evenAnUnderlayBelowIpv6sMinimumCarriesAWire() {
        silence(r1);
        silence(r2);
        try (StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            join(a, b);
            try (FrameStream large = new FrameStream(a, b, LARGE, 0)) {
                soon().until(() -> large.flowsSince(0));
                middle(1000);
                long lowered = large.sent();
                soon().until(() -> large.flowsSince(lowered + 1));
                assertThat(a.association().pathMtu()).isLessThanOrEqualTo(972);
            }
        }
    }

    private StackEnd end(String name, Namespace where) {
        return new StackEnd(acme.issue(name), where, "0.0.0.0", AssociationLimits.DEFAULT);
    }

    private void join(StackEnd a, StackEnd b) {
        a.connect(Side.A, b, "10.3.0.1");
        b.connect(Side.B, a);
        soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
    }

    private void middle(int mtu) {
        r1.ip("link set mid0 mtu " + mtu);
        r2.ip("link set mid0 mtu " + mtu);
    }

    /** It says nothing about what it drops: its own ICMP finds no way. */
    private static void silence(Namespace router) {
        router.ip("rule add ipproto icmp prio 1 blackhole");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }
}
