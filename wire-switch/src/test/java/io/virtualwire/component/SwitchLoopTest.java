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
            net.run(Duration.ofMillis(20));
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
                    net.run(Duration.ofMillis(20));
                    assertThat(net.times(to, said))
                            .as("seed %d, from %s to %s in\n%s", seed, from, to, net)
                            .isOne();
                }
            }
        }
    }
}
