package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.forwarding.VlanRange;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wires that make loops: found, blocked, shown, and taking over. */
class SwitchLoopTest {
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration TAKEOVER = Duration.ofSeconds(1);
    private static final Duration SAID = Duration.ofMillis(20);

    static LongStream seeds() {
        return LongStream.range(0, Boolean.getBoolean("wire.long") ? 2000 : 60);
    }

    @Test
    void blocksTheYoungerOfTwoWiresToOnePlaceAndShowsIt() {
        LoopyNetwork net = new LoopyNetwork(1);
        net.addSwitch("a");
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "z-first");
        net.run(SETTLE);
        outside.plug("a", "a-second");
        net.run(Duration.ofMillis(250));
        assertThat(net.blocked()).containsExactly("a.a-second");
        assertThat(net.at("a").status().ports())
                .filteredOn(port -> port.name().equals("a-second"))
                .extracting(ComponentStatus.PortStatus::blockedFor)
                .containsExactly("z-first");
    }

    @Test
    void aBroadcastInANewLoopIsStoppedWithinMilliseconds() {
        LoopyNetwork net = new LoopyNetwork(2);
        net.addSwitch("a");
        net.addSwitch("b");
        net.addSegment(false).plug("a", "one");
        net.segments().get(0).plug("b", "one");
        net.run(SETTLE);
        net.addSegment(false).plug("a", "two");
        net.segments().get(1).plug("b", "two");
        long before = net.delivered();
        net.broadcast("a");
        net.run(SETTLE);
        assertThat(net.blocked()).hasSize(1);
        assertThat(net.delivered() - before).as("frames, probes included").isLessThan(1000);
        assertExactlyOnce(net, 2);
    }

    @Test
    void takesOverWithinASecondWhenTheOtherWireFails() {
        LoopyNetwork net = new LoopyNetwork(3);
        net.addSwitch("a");
        net.addSwitch("b");
        for (int i = 0; i < 2; i++) {
            LoopyNetwork.Segment segment = net.addSegment(false);
            segment.plug("a", "w" + i);
            segment.plug("b", "w" + i);
        }
        net.run(SETTLE);
        assertExactlyOnce(net, 3);
        String blocked = net.blocked().getFirst();
        assertThat(blocked).endsWith("w1");
        net.segments().get(0).up(false);
        net.run(TAKEOVER);
        long unicast = net.send("a", "b");
        net.run(Duration.ofMillis(20));
        assertThat(net.times("b", unicast)).isOne();
        assertThat(net.blocked()).isEmpty();
        net.segments().get(0).up(true);
        net.run(SETTLE);
        assertThat(net.blocked()).containsExactly(blocked);
        assertExactlyOnce(net, 3);
    }

    @Test
    void takesOverAtOnceWhenTheOtherWireIsRemoved() {
        LoopyNetwork net = new LoopyNetwork(4);
        net.addSwitch("a");
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "one");
        outside.plug("a", "two");
        net.run(SETTLE);
        assertThat(net.blocked()).containsExactly("a.two");
        outside.unplug("a", "one");
        assertThat(net.blocked()).isEmpty();
    }

    @Test
    void bridgesOutsideLearnTheNewWay() {
        LoopyNetwork net = new LoopyNetwork(5);
        net.addSwitch("a");
        net.addSwitch("far");
        LoopyNetwork.Segment outside = net.addSegment(true);
        outside.plug("a", "one");
        outside.plug("a", "two");
        outside.plug("far", "up");
        net.run(SETTLE);
        net.broadcast("a");
        net.broadcast("far");
        net.run(SETTLE);
        assertThat(net.blocked()).containsExactly("a.two");
        net.at("a")
                .configure(new BridgeSettings(
                        Map.of("one", new PortSettings(new PortVlans.Access(9), StormSettings.NONE)), List.of()));
        net.run(TAKEOVER);
        long unicast = net.send("far", "a");
        net.run(Duration.ofMillis(20));
        assertThat(net.times("a", unicast))
                .as("the bridge outside knew the guest behind port one")
                .isOne();
    }

    /**
     * The hub comes up while probes are on their way, so that b has heard none from it yet. One port of a is blocked while the
     * other still tells b, and by b all, where a's guest is.
     *
     * <pre>
     *   guest ── a ── bridge ── c ── b
     *            └┴──── hub ─────────┘
     * </pre>
     */
    @Test
    void aSilentGuestIsFoundAfterTwoPortsOfItsSwitchMeetOnOneHub() {
        LoopyNetwork net = new LoopyNetwork(44);
        net.addSwitch("a");
        net.addSwitch("b");
        net.addSwitch("c");
        LoopyNetwork.Segment bridge = net.addSegment(true);
        bridge.plug("a", "first");
        bridge.plug("c", "left");
        LoopyNetwork.Segment between = net.addSegment(false);
        between.plug("c", "right");
        between.plug("b", "left");
        LoopyNetwork.Segment hub = net.addSegment(false);
        hub.up(false);
        hub.plug("b", "right");
        hub.plug("a", "second");
        hub.plug("a", "third");
        net.run(SETTLE);
        assertExactlyOnce(net, 44);
        net.run(SETTLE.minus(SAID.multipliedBy(3)));
        hub.up(true);
        net.run(Duration.ofMillis(2));
        assertThat(net.blocked()).containsExactly("a.second", "a.third");
        net.run(SETTLE);
        long said = net.send("b", "a");
        net.run(SAID);
        assertThat(net.times("a", said)).as("in\n%s", net).isOne();
    }

    @Test
    void aNoticeDoesNotCircleInALoopThatIsNotBlockedYet() {
        LoopyNetwork net = new LoopyNetwork(11);
        net.addSwitch("a");
        net.addSwitch("b");
        for (int i = 0; i < 2; i++) {
            LoopyNetwork.Segment segment = net.addSegment(false);
            segment.up(i == 0);
            segment.plug("a", "w" + i);
            segment.plug("b", "w" + i);
        }
        net.run(SETTLE.plusMillis(5));
        net.segments().get(1).up(true);
        long before = net.delivered();
        byte[] notice = LoopProbe.notice(7, 0x0200_0000_0009L, 0, 1);
        net.at("a").addPort("guest").deliver(notice, 0, notice.length);
        net.run(Duration.ofMillis(10));
        assertThat(net.blocked()).as("no probe is due yet").isEmpty();
        assertThat(net.delivered() - before)
                .as("from a by both wires, from b by none or by the other")
                .isBetween(2L, 4L);
    }

    /** The first failure has a say that ways have changed; the second has its successor say so at the same point of its life. */
    @Test
    void changesAreHeardFromASwitchThatMoved() {
        LoopyNetwork net = new LoopyNetwork(12);
        for (String name : List.of("a", "b", "c", "d")) {
            net.addSwitch(name);
        }
        for (String wire : List.of("ab", "bc", "ad")) {
            LoopyNetwork.Segment segment = net.addSegment(false);
            segment.plug(wire.substring(0, 1), wire);
            segment.plug(wire.substring(1), wire);
        }
        net.run(SETTLE);
        net.segments().get(2).up(false);
        net.run(TAKEOVER);
        net.segments().get(2).up(true);
        net.run(SETTLE);
        net.broadcast("c");
        net.move("a", net.at("a").stopDeciding());
        net.run(SETTLE);
        assertThat(ageMillis(net, "b", "bc")).isGreaterThan(TAKEOVER.toMillis());
        net.segments().get(2).up(false);
        net.run(TAKEOVER);
        assertThat(ageMillis(net, "b", "bc"))
                .as("b forgot c's guest when a said that ways have changed, and c named it again")
                .isLessThan(TAKEOVER.toMillis());
    }

    /** How long ago the switch learned the one station behind its port. */
    private static long ageMillis(LoopyNetwork net, String component, String port) {
        return net.at(component).status().addresses().stream()
                .filter(address -> address.port().equals(port))
                .findAny()
                .orElseThrow()
                .ageMillis();
    }

    @Test
    void vlansThatMeetOutsideAreNoLoop() {
        LoopyNetwork net = new LoopyNetwork(6);
        net.addSwitch("a")
                .configure(new BridgeSettings(
                        Map.of(
                                "ten", new PortSettings(new PortVlans.Access(10), StormSettings.NONE),
                                "twenty", new PortSettings(new PortVlans.Access(20), StormSettings.NONE)),
                        List.of()));
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "ten");
        outside.plug("a", "twenty");
        net.run(SETTLE);
        assertThat(net.blocked()).isEmpty();
    }

    @Test
    void trunksThatShareAVlanAreALoop() {
        LoopyNetwork net = new LoopyNetwork(7);
        net.addSwitch("a")
                .configure(new BridgeSettings(
                        Map.of(
                                "low", trunk(1, 20),
                                "high", trunk(20, 40)),
                        List.of()));
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "low");
        outside.plug("a", "high");
        net.run(SETTLE);
        assertThat(net.blocked()).containsExactly("a.high");
    }

    private static PortSettings trunk(int first, int last) {
        return new PortSettings(new PortVlans.Trunk(List.of(new VlanRange(first, last)), 0), StormSettings.NONE);
    }

    @Test
    void aMoveTakesBlockedPortsWithIt() {
        LoopyNetwork net = new LoopyNetwork(8);
        net.addSwitch("a");
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "one");
        outside.plug("a", "two");
        net.run(SETTLE);
        net.move("a", net.at("a").stopDeciding());
        assertThat(net.blocked()).containsExactly("a.two");
        long before = net.delivered();
        net.broadcast("a");
        net.run(Duration.ofMillis(50));
        assertThat(net.delivered() - before).as("no storm").isLessThan(20);
        net.run(SETTLE);
        assertThat(net.blocked()).containsExactly("a.two");
    }

    @Test
    void aStateOfTheFirstVersionRestores() {
        LoopyNetwork net = new LoopyNetwork(9);
        net.addSwitch("a");
        LoopyNetwork.Segment outside = net.addSegment(false);
        outside.plug("a", "one");
        outside.plug("a", "two");
        net.run(SETTLE);
        net.broadcast("a");
        net.run(SETTLE);
        ObjectNode now = (ObjectNode) net.at("a").stopDeciding();
        assertThat(now.path("version").asInt()).isEqualTo(2);
        ObjectNode old = JsonNodeFactory.instance.objectNode().put("version", 1);
        old.set("fdb", now.get("fdb"));
        net.move("a", old);
        net.run(Duration.ofMillis(10));
        assertThat(net.blocked()).as("found again at once").containsExactly("a.two");
        assertThat(net.at("a").status().addresses())
                .extracting(ComponentStatus.LearnedAddress::port)
                .containsExactly("guest");
    }

    @Test
    void aGuestCannotGetAnotherPortBlocked() {
        SwitchBench bench = new SwitchBench("web", "db", "app");
        bench.run(SETTLE);
        for (byte[] probe : List.copyOf(bench.probes("app"))) {
            bench.send("app", probe);
            byte[] forged = probe.clone();
            forged[26 + 19] ^= 1;
            bench.send("app", forged);
            bench.send("app", Arrays.copyOf(probe, 40));
        }
        bench.run(Duration.ofMillis(10));
        assertThat(bench.component().status().ports())
                .allSatisfy(port -> assertThat(port.blockedFor()).isEmpty());
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void anythingMayComeInPlaceOfAProbe(long seed) {
        Random random = new Random(seed);
        SwitchBench bench = new SwitchBench("web", "db", "app");
        bench.run(SETTLE);
        byte[] probe = bench.probes("app").getFirst();
        for (int i = 0; i < 500; i++) {
            byte[] frame = Arrays.copyOf(probe, 26 + random.nextInt(60));
            for (int k = random.nextInt(4); k > 0; k--) {
                frame[12 + random.nextInt(frame.length - 12)] = (byte) random.nextInt();
            }
            bench.send("app", frame);
        }
        bench.run(Duration.ofMillis(200));
        assertThat(bench.component().status().ports())
                .allSatisfy(port -> assertThat(port.blockedFor()).isEmpty());
    }

    /** Random networks: no frame twice, nobody left out, before and after a segment fails. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everybodyGetsABroadcastOnceWhateverFails(long seed) {
        LoopyNetwork net = new LoopyNetwork(seed);
        int count = 1 + net.random.nextInt(5);
        for (int i = 0; i < count; i++) {
            net.addSwitch("s" + i);
        }
        int segments = 1 + net.random.nextInt(2 * count + 1);
        for (int i = 0; i < segments; i++) {
            LoopyNetwork.Segment segment = net.addSegment(net.random.nextBoolean());
            int members = 1 + net.random.nextInt(3);
            for (int k = 0; k < members; k++) {
                segment.plug("s" + net.random.nextInt(count), "p" + i + k);
            }
        }
        net.run(SETTLE);
        assertExactlyOnce(net, seed);
        LoopyNetwork.Segment failing = net.segments().get(net.random.nextInt(segments));
        failing.up(false);
        net.run(TAKEOVER);
        assertReachedDirectly(net, seed);
        assertExactlyOnce(net, seed);
        failing.up(true);
        net.run(SETTLE);
        assertReachedDirectly(net, seed);
        assertExactlyOnce(net, seed);
    }

    private static void assertExactlyOnce(LoopyNetwork net, long seed) {
        for (String from : net.names()) {
            long said = net.broadcast(from);
            net.run(SAID);
            List<String> there = net.reachable(from);
            for (String to : net.names()) {
                assertThat(net.times(to, said))
                        .as("seed %d, from %s to %s, blocked %s", seed, from, to, net.blocked())
                        .isEqualTo(to.equals(from) || !there.contains(to) ? 0 : 1);
            }
        }
    }

    private static void assertReachedDirectly(LoopyNetwork net, long seed) {
        for (String from : net.names()) {
            for (String to : net.reachable(from)) {
                if (!to.equals(from)) {
                    long said = net.send(from, to);
                    net.run(SAID);
                    assertThat(net.times(to, said))
                            .as("seed %d, from %s to %s in\n%s", seed, from, to, net)
                            .isOne();
                }
            }
        }
    }
}
