package io.virtualwire.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.virtualwire.association.AssociationLimits;
import io.virtualwire.association.Way;
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
 * A daemon at home, behind a box that masquerades, and one with a public address, which knows no address of the other.
 *
 * <pre>
 *   home 192.168.1.2 ── 192.168.1.1 box 203.0.113.1 ── 203.0.113.254 net 198.51.100.254 ── 198.51.100.7 cloud
 *                                                          203.0.114.254 ── 203.0.114.66 stranger
 * </pre>
 */
@NetnsTest
@Timeout(90)
class NatNetnsTest {
    private static final Logger LOG = LoggerFactory.getLogger(NatNetnsTest.class);
    private static final AssociationLimits BRISK = AssociationLimits.DEFAULT.silence(
            Duration.ofMillis(200), Duration.ofMillis(800), Duration.ofSeconds(10), Duration.ofSeconds(1));
    private static final String CLOUD = "198.51.100.7";
    private static final String BOX = "203.0.113.1";
    private static final String BOX_LATER = "203.0.113.99";
    private static final String STRANGER = "203.0.114.66";
    private static final int FRAME = 1_000;
    private static final long BACK = 1L << 32;

    private final TenantAuthority acme = TenantAuthority.create("acme", InstantSource.system());
    private Namespaces lab;
    private Namespace home;
    private Namespace box;
    private Namespace net;
    private Namespace cloud;
    private Namespace stranger;

    @BeforeEach
    void build() {
        lab = Namespaces.open();
        home = lab.namespace("home");
        box = lab.namespace("box").forwarding();
        net = lab.namespace("net").forwarding();
        cloud = lab.namespace("cloud");
        stranger = lab.namespace("stranger");
        lab.veth(home, "up0", "192.168.1.2/24", box, "in0", "192.168.1.1/24");
        lab.veth(box, "out0", BOX + "/24", net, "home0", "203.0.113.254/24");
        lab.veth(net, "cloud0", "198.51.100.254/24", cloud, "up0", CLOUD + "/24");
        lab.veth(net, "other0", "203.0.114.254/24", stranger, "up0", STRANGER + "/24");
        home.route("default", "192.168.1.1");
        box.route("default", "203.0.113.254");
        cloud.route("default", "198.51.100.254");
        stranger.route("default", "203.0.114.254");
        for (String each : new String[] {"all", "home0"}) {
            net.sysctl("net/ipv4/conf/" + each + "/rp_filter", "0");
        }
        masquerade("masquerade");
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWireNeedsNoPortForwardingWhicheverSideAsksFirst(boolean homeFirst) {
        masquerade("meta l4proto udp masquerade to :20000-20999");
        try (StackEnd a = end("home", home, BRISK);
                StackEnd b = end("cloud", cloud, BRISK)) {
            if (homeFirst) {
                a.connect(Side.A, b, CLOUD);
                soon().until(() -> a.association().up());
                b.connect(Side.B, a);
            } else {
                b.connect(Side.B, a);
                assertThat(b.association().up()).isFalse();
                a.connect(Side.A, b, CLOUD);
            }
            soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
            }
            soon().untilAsserted(() ->
                    assertThat(address(b)).as("where the box has put it").startsWith(BOX + ":20"));
            assertThat(b.association().way()).isEqualTo(Way.DIRECT);
            assertThat(b.association().sessions()).noneMatch(session -> session.dialled());
        }
    }

    @Test
    void keepAlivesHoldTheMapping() {
        for (String each : new String[] {"nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream"}) {
            box.sysctl("net/netfilter/" + each, "1");
        }
        try (StackEnd a = end("home", home, BRISK);
                StackEnd b = end("cloud", cloud, BRISK)) {
            join(a, b);
            soon().until(() -> address(b).startsWith(BOX));
            String mapped = address(b);
            await().during(Duration.ofMillis(2_500))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> address(b).equals(mapped) && !b.association().suspect());
            b.send(1, FRAME);
            soon().until(() -> a.arrived.containsKey(1L));
        }
    }

    @Test
    void anotherPortOfTheBoxIsFollowed() {
        masquerade("meta l4proto udp masquerade to :20000-20999");
        followed("the box gave it another port", BOX + ":30", () -> {
            masquerade("meta l4proto udp masquerade to :30000-30999");
            readdress(BOX, BOX);
        });
    }

    @Test
    void anotherAddressOfTheBoxIsFollowed() {
        followed("the box has another public address", BOX_LATER + ":", () -> readdress(BOX, BOX_LATER));
    }

    private void followed(String what, String later, Runnable change) {
        try (StackEnd a = end("home", home, AssociationLimits.DEFAULT);
                StackEnd b = end("cloud", cloud, AssociationLimits.DEFAULT)) {
            join(a, b);
            // Only towards home: nothing but keep-alives tells the other side where that is now.
            try (FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> back.flowsSince(BACK));
                long changed = System.nanoTime();
                change.run();
                soon().until(() -> address(b).startsWith(later));
                long moved = back.sent();
                soon().until(() -> back.flowsSince(moved));
                LOG.info(
                        "{}: frames to it paused {} ms",
                        what,
                        back.longestGap(BACK + 1).toMillis());
                assertThat(back.longestGap(BACK + 1)).isLessThan(Duration.ofSeconds(3));
                if (!later.startsWith(BOX)) {
                    soon().untilAsserted(() -> assertThat(b.association().sessions())
                            .as("what is said takes the new way, too")
                            .anyMatch(session ->
                                    session.current() && session.age().toNanos() < System.nanoTime() - changed));
                }
            }
            try (FrameStream there = new FrameStream(a, b, FRAME, 0)) {
                soon().until(() -> there.flowsSince(0));
            }
        }
    }

    /** What home sends seems to come from a stranger, who does not answer. */
    @Test
    void nothingButAQuestionGoesToAnAddressThatDoesNotAnswer() {
        try (StackEnd a = end("home", home, BRISK);
                StackEnd b = end("cloud", cloud, BRISK)) {
            join(a, b);
            soon().until(() -> address(b).startsWith(BOX));
            stranger.run("nft", "add table ip seen");
            stranger.run("nft", "add chain ip seen in { type filter hook input priority 0; }");
            stranger.run("nft", "add rule ip seen in udp length > 120 counter");
            stranger.run("nft", "add rule ip seen in meta l4proto udp counter");
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
                masquerade("meta l4proto udp snat to " + STRANGER);
                readdress(BOX, BOX);
                long since = there.sent();
                soon().until(() -> there.flowsSince(since));
                soon().untilAsserted(() -> assertThat(seen()).containsPattern("(?s)l4proto udp counter packets [1-9]"));
            }
            assertThat(seen()).contains("udp length > 120 counter packets 0 ");
            assertThat(address(b)).doesNotStartWith(STRANGER);
        }
    }

    @Test
    void whereUdpDoesNotPassTcpCarriesIt() {
        blockUdp();
        try (StackEnd a = end("home", home, BRISK);
                StackEnd b = end("cloud", cloud, BRISK)) {
            join(a, b);
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
                assertThat(a.association().way()).isEqualTo(Way.TCP);
                assertThat(b.association().way()).isEqualTo(Way.TCP);

                long before = System.nanoTime();
                net.run("nft", "delete table ip closed");
                soon().until(() ->
                        a.association().way() == Way.DIRECT && b.association().way() == Way.DIRECT);
                LOG.info("UDP passes again: taken after {} ms", (System.nanoTime() - before) / 1_000_000);
                long moved = there.sent();
                long movedBack = back.sent();
                soon().until(() -> there.flowsSince(moved) && back.flowsSince(movedBack));
            }
        }
    }

    @Test
    void trafficGoesOnOverTcpWhenUdpIsBlocked() {
        try (StackEnd a = end("home", home, AssociationLimits.DEFAULT);
                StackEnd b = end("cloud", cloud, AssociationLimits.DEFAULT)) {
            join(a, b);
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
                blockUdp();
                soon().until(() ->
                        a.association().way() == Way.TCP && b.association().way() == Way.TCP);
                long moved = there.sent();
                long movedBack = back.sent();
                soon().until(() -> there.flowsSince(moved) && back.flowsSince(movedBack));
                LOG.info(
                        "UDP was blocked: frames paused {} ms there, {} ms back",
                        there.longestGap(1).toMillis(),
                        back.longestGap(BACK + 1).toMillis());
                assertThat(there.longestGap(1)).isLessThan(Duration.ofSeconds(4));
                assertThat(back.longestGap(BACK + 1)).isLessThan(Duration.ofSeconds(4));
            }
        }
    }

    @Test
    void aDaemonIsDialledOnAnotherPortWhereOnlyThatIsOpen() {
        blockUdp();
        net.run("nft", "add rule ip closed through tcp dport != 443 tcp flags syn / syn,ack drop");
        try (StackEnd a = end("home", home, BRISK);
                StackEnd b = new StackEnd(acme.issue("cloud"), cloud, "0.0.0.0", BRISK, 443)) {
            b.connect(Side.B, a);
            a.connectAt(Side.A, b, CLOUD + ":443");
            soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
            try (FrameStream there = new FrameStream(a, b, FRAME, 0);
                    FrameStream back = new FrameStream(b, a, FRAME, BACK)) {
                soon().until(() -> there.flowsSince(0) && back.flowsSince(BACK));
            }
            assertThat(a.association().way()).isEqualTo(Way.TCP);
        }
    }

    private void blockUdp() {
        net.run("nft", "add table ip closed");
        net.run("nft", "add chain ip closed through { type filter hook forward priority 0; }");
        net.run("nft", "add rule ip closed through meta l4proto udp drop");
    }

    private String seen() {
        return stranger.run("nft", "list", "ruleset").text();
    }

    /** The box begins anew: what it had mapped is forgotten with the address. */
    private void readdress(String before, String after) {
        box.ip("address del " + before + "/24 dev out0");
        box.ip("address add " + after + "/24 dev out0");
        box.route("default", "203.0.113.254");
    }

    /** What the box does with what leaves it. */
    private void masquerade(String rule) {
        box.tryRun("nft", "delete table ip home");
        box.run("nft", "add table ip home");
        box.run("nft", "add chain ip home out { type nat hook postrouting priority 100; }");
        box.run("nft", "add rule ip home out oifname out0 " + rule);
        box.run("nft", "add rule ip home out oifname out0 masquerade");
    }

    private StackEnd end(String name, Namespace where, AssociationLimits limits) {
        return new StackEnd(acme.issue(name), where, "0.0.0.0", limits);
    }

    private void join(StackEnd a, StackEnd b) {
        b.connect(Side.B, a);
        a.connect(Side.A, b, CLOUD);
        soon().until(() -> a.isAgreed(Side.A) && b.isAgreed(Side.B));
    }

    private static String address(StackEnd end) {
        return end.association().address().orElse("");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }
}
