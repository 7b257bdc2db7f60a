package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.association.RelayStatus;
import io.virtualwire.association.Way;
import io.virtualwire.control.Side;
import io.virtualwire.control.TenantQuotas;
import io.virtualwire.identity.TenantAuthority;
import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.net.InetSocketAddress;
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
 * Two daemons, each behind a box that masquerades and takes nothing from outside, and a third with a public address that may lead
 * them to each other.
 *
 * <pre>
 *   east 192.168.1.2 ── 192.168.1.1 box1 203.0.113.1 ── 203.0.113.254 ┐
 *                                                                    net 198.51.100.254 ── 198.51.100.7 third
 *   west 192.168.2.2 ── 192.168.2.1 box2 203.0.114.1 ── 203.0.114.254 ┘
 * </pre>
 */
@NetnsTest
@Timeout(90)
class RelayNetnsTest {
    private static final Logger LOG = LoggerFactory.getLogger(RelayNetnsTest.class);
    private static final AssociationLimits BRISK = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(10), Duration.ofSeconds(1));
    private static final String THIRD = "198.51.100.7";
    private static final int FRAME = 1_000;
    private static final long BACK = 1L << 32;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private Namespaces lab;
    private Namespace east;
    private Namespace west;
    private Namespace box1;
    private Namespace box2;
    private Namespace net;
    private Namespace third;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        east = lab.namespace("east");
        west = lab.namespace("west");
        box1 = lab.namespace("box1").forwarding();
        box2 = lab.namespace("box2").forwarding();
        net = lab.namespace("net").forwarding();
        third = lab.namespace("third");
        lab.veth(east, "up0", "192.168.1.2/24", box1, "in0", "192.168.1.1/24");
        lab.veth(west, "up0", "192.168.2.2/24", box2, "in0", "192.168.2.1/24");
        lab.veth(box1, "out0", "203.0.113.1/24", net, "east0", "203.0.113.254/24");
        lab.veth(box2, "out0", "203.0.114.1/24", net, "west0", "203.0.114.254/24");
        lab.veth(net, "third0", "198.51.100.254/24", third, "up0", THIRD + "/24");
        east.route("default", "192.168.1.1");
        west.route("default", "192.168.2.1");
        box1.route("default", "203.0.113.254");
        box2.route("default", "203.0.114.254");
        third.route("default", "198.51.100.254");
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void translatorsThatKeepThePortLetThemFindADirectWay() {
        box(box1, "masquerade persistent");
        box(box2, "masquerade persistent");
        try (StackEnd r = third(true);
                StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            join(a, b, r);
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                long began = System.nanoTime();
                soon().until(() ->
                        a.association(b).way() == Way.DIRECT && b.association(a).way() == Way.DIRECT);
                LOG.info("direct {} ms after both had agreed", (System.nanoTime() - began) / 1_000_000);
                assertThat(a.association(b).address())
                        .hasValueSatisfying(it -> assertThat(it).startsWith("203.0.114.1:"));
                assertThat(b.association(a).address())
                        .hasValueSatisfying(it -> assertThat(it).startsWith("203.0.113.1:"));
                long direct = there.sent();
                long directBack = back.sent();
                soon().until(() -> there.flowsSince(direct) && back.flowsSince(directBack));

                net.run("nft", "add table ip closed");
                net.run("nft", "add chain ip closed through { type filter hook forward priority 0; }");
                net.run("nft", "add rule ip closed through ip daddr 203.0.114.1 ip saddr 203.0.113.1 drop");
                net.run("nft", "add rule ip closed through ip daddr 203.0.113.1 ip saddr 203.0.114.1 drop");
                soon().until(() ->
                        a.association(b).way() == Way.RELAY && b.association(a).way() == Way.RELAY);
                long again = there.sent();
                long againBack = back.sent();
                soon().until(() -> there.flowsSince(again) && back.flowsSince(againBack));
                LOG.info(
                        "the direct way died: frames paused {} ms there, {} ms back",
                        there.longestGap(direct).toMillis(),
                        back.longestGap(directBack).toMillis());
            }
        }
    }

    @Test
    void translatorsThatChooseAnyPortLeaveThemRelayed() {
        box(box1, "masquerade fully-random");
        box(box2, "masquerade fully-random");
        try (StackEnd r = third(true);
                StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            join(a, b, r);
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
                await().during(Duration.ofSeconds(4))
                        .atMost(Duration.ofSeconds(15))
                        .until(() -> a.association(b).way() == Way.RELAY
                                && b.association(a).way() == Way.RELAY);
                long later = there.sent();
                long laterBack = back.sent();
                soon().until(() -> there.flowsSince(later) && back.flowsSince(laterBack));
                assertThat(there.longestGap(1)).isLessThan(Duration.ofSeconds(2));
            }
            assertThat(WireStack.await(r.stack.relayed())).singleElement().satisfies(relayed -> {
                assertThat(relayed.tenant()).isEqualTo("acme");
                assertThat(relayed.streams()).isPositive();
                assertThat(relayed.bytes()).isGreaterThan(100_000);
            });
        }
    }

    @Test
    void nobodyIsRelayedWhoWasNotGrantedThat() {
        box(box1, "masquerade");
        box(box2, "masquerade");
        try (StackEnd r = third(false);
                StackEnd a = end("a", east);
                StackEnd b = end("b", west)) {
            connect(a, b, r);
            soon().until(() -> a.association(r).up() && b.association(r).up());
            await().during(Duration.ofSeconds(1)).until(() -> !a.association(b).up());
            assertThat(WireStack.await(r.stack.relayed()).stream().mapToLong(RelayStatus::bytes))
                    .isEmpty();
        }
    }

    private StackEnd third(boolean relays) {
        return new StackEnd(new StackConfig(acme.issue("r"), new InetSocketAddress("0.0.0.0", 0), BRISK)
                .in(new NetworkNamespace(third.name()))
                .within(new TenantQuotas() {
                    @Override
                    public int peers(String tenant) {
                        return Integer.MAX_VALUE;
                    }

                    @Override
                    public long bufferBytes(String tenant) {
                        return Long.MAX_VALUE;
                    }

                    @Override
                    public int relays(String tenant) {
                        return relays ? 8 : 0;
                    }
                }));
    }

    private StackEnd end(String name, Namespace where) {
        return new StackEnd(acme.issue(name), where, "0.0.0.0", BRISK);
    }

    private static void connect(StackEnd a, StackEnd b, StackEnd r) {
        String path = r.stack.identity() + "@" + THIRD + ":" + r.stack.port();
        a.connectAt(Side.A, b, path);
        b.connectAt(Side.B, a, path);
    }

    private static void join(StackEnd a, StackEnd b, StackEnd r) {
        connect(a, b, r);
        soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
    }

    /** As those of homes: what nobody inside asked for is dropped. */
    private static void box(Namespace box, String masquerade) {
        box.run("nft", "add table ip home");
        box.run("nft", "add chain ip home out { type nat hook postrouting priority 100; }");
        box.run("nft", "add rule ip home out oifname out0 " + masquerade);
        box.run("nft", "add chain ip home in { type filter hook input priority 0; }");
        box.run("nft", "add rule ip home in iifname out0 ct state new drop");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }
}
