package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.forwarding.VlanRange;
import io.virtualwire.frame.EthernetFrame;
import io.virtualwire.frame.FinishOffloads;
import io.virtualwire.frame.MacAddress;
import io.virtualwire.frame.TagEditor;
import io.virtualwire.frame.VirtioFault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Access ports, trunks and open ports of one switch, with super-frames across them. */
class SwitchVlanTest {
    private static final MacAddress BROADCAST = new MacAddress(MacAddress.BROADCAST);
    private static final MacAddress WEB = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress DB = new MacAddress(0x0200_0000_0002L);

    private final SwitchBench bench = new SwitchBench("web", "db", "up", "app", "open");
    private final TagEditor editor = new TagEditor();

    private void setUp() {
        Map<String, PortSettings> ports = new HashMap<>();
        ports.put("web", port(new PortVlans.Access(10)));
        ports.put("db", port(new PortVlans.Access(10)));
        ports.put("app", port(new PortVlans.Access(20)));
        ports.put("up", port(new PortVlans.Trunk(List.of(new VlanRange(10, 19)), 1)));
        bench.component().configure(new BridgeSettings(ports, List.of()));
    }

    @Test
    void carriesAVlanWithoutTagsToItsStationsAndWithTagsOverATrunk() {
        setUp();
        byte[] frame = superFrame(new Random(1), WEB, BROADCAST, 0);
        bench.send("web", frame);
        assertThat(bench.received("db")).containsExactly(frame);
        assertThat(bench.received("up")).containsExactly(tagged(frame, 10));
        assertThat(bench.received("open")).containsExactly(tagged(frame, 10));
        assertThat(bench.received("app")).as("is in another VLAN").isEmpty();
        assertThat(bench.received("web")).isEmpty();
    }

    @Test
    void takesTheTagAwayTowardsAStation() {
        setUp();
        byte[] frame = superFrame(new Random(2), WEB, BROADCAST, 0);
        bench.send("up", tagged(frame, 10));
        assertThat(bench.received("web")).containsExactly(frame);
        assertThat(bench.received("db")).containsExactly(frame);
        assertThat(bench.received("open")).containsExactly(tagged(frame, 10));
    }

    @Test
    void learnsPerVlan() {
        setUp();
        bench.send("db", superFrame(new Random(3), DB, BROADCAST, 0));
        bench.send("up", tagged(superFrame(new Random(3), WEB, DB, 0), 10));
        assertThat(bench.received("db")).hasSize(1);
        assertThat(bench.received("web")).as("only the broadcast").hasSize(1);
        assertThat(bench.component().status().addresses())
                .extracting(
                        ComponentStatus.LearnedAddress::mac,
                        ComponentStatus.LearnedAddress::vlan,
                        ComponentStatus.LearnedAddress::port)
                .containsExactly(tuple(WEB.toString(), 10, "up"), tuple(DB.toString(), 10, "db"));
    }

    @Test
    void theNativeVlanHasNoTagOnTheTrunk() {
        setUp();
        byte[] frame = superFrame(new Random(4), WEB, BROADCAST, 0);
        bench.send("up", frame);
        assertThat(bench.received("open")).containsExactly(tagged(frame, 1));
        bench.send("open", tagged(frame, 1));
        assertThat(bench.received("up")).containsExactly(frame);
    }

    @Test
    void filtersWhatMayNotPassAndSaysWhy() {
        setUp();
        byte[] frame = superFrame(new Random(5), WEB, BROADCAST, 0);
        bench.send("web", tagged(frame, 10));
        bench.send("up", tagged(frame, 20));
        bench.send("up", tagged(frame, 4095));
        bench.component()
                .configure(new BridgeSettings(
                        Map.of("up", port(new PortVlans.Trunk(List.of(new VlanRange(10, 10)), 0))), List.of()));
        bench.send("up", frame);
        assertThat(bench.port("web").filtered()).isEqualTo(Map.of("tagged_refused", 1L));
        assertThat(bench.port("up").filtered()).isEqualTo(Map.of("vlan_refused", 2L, "untagged_refused", 1L));
        assertThat(bench.received("open")).isEmpty();
    }

    @Test
    void aPriorityTagNamesNoVlan() {
        setUp();
        byte[] frame = superFrame(new Random(6), WEB, BROADCAST, 0);
        byte[] priority = tagged(frame, 0);
        priority[12 + 14] = (byte) 0xa0;
        bench.send("web", priority);
        assertThat(bench.received("db")).containsExactly(frame);
        byte[] expected = tagged(frame, 10);
        expected[12 + 14] = (byte) 0xa0;
        assertThat(bench.received("up")).as("keeps the priority").containsExactly(expected);
    }

    @Test
    void aSwitchThatIsNotSetUpPassesEverythingAsItComes() {
        for (int tags = 0; tags < 3; tags++) {
            byte[] frame = superFrame(new Random(tags), WEB, BROADCAST, tags);
            bench.send("web", frame);
            assertThat(bench.received("db")).last().isEqualTo(frame);
        }
        byte[] priority = tagged(superFrame(new Random(9), WEB, BROADCAST, 0), 0);
        bench.send("web", priority);
        assertThat(bench.received("db")).last().isEqualTo(priority);
    }

    @Test
    void countsWhatCannotHaveItsTag() {
        setUp();
        bench.send("web", superFrame(new Random(7), WEB, BROADCAST, 2));
        assertThat(bench.port("web").filtered()).as("it has tags").containsEntry("tagged_refused", 1L);
        byte[] longest = new byte[65_562];
        System.arraycopy(superFrame(new Random(7), WEB, BROADCAST, 0), 12, longest, 12, 14);
        bench.send("web", longest);
        assertThat(bench.received("db")).containsExactly(longest);
        assertThat(bench.received("up")).isEmpty();
        assertThat(bench.port("web").filtered()).as("for 'up' and for 'open'").containsEntry("tag_impossible", 2L);
    }

    static LongStream seeds() {
        return LongStream.range(0, 30);
    }

    /** Random ports, random frames: who gets what, in which form, against the rules written down naively. */
    @ParameterizedTest
    @MethodSource("seeds")
    void everyPortGetsWhatTheRulesSay(long seed) {
        Random random = new Random(seed);
        List<String> names = List.of("web", "db", "up", "app", "open");
        Map<String, PortSettings> settings = new HashMap<>();
        names.forEach(name -> settings.put(name, port(someVlans(random))));
        bench.component().configure(new BridgeSettings(settings, List.of()));
        for (int i = 0; i < 60; i++) {
            int tag = random.nextInt(3) == 0 ? -1 : random.nextInt(6);
            byte[] plain = superFrame(random, WEB, BROADCAST, 0);
            byte[] frame = tag < 0 ? plain : tagged(plain, tag);
            String from = names.get(random.nextInt(names.size()));
            int vlan = vlanOf(settings.get(from).vlans(), tag);
            Map<String, Integer> before = new HashMap<>();
            names.forEach(name -> before.put(name, bench.received(name).size()));
            bench.send(from, frame);
            for (String to : names) {
                byte[] expected = to.equals(from) || vlan < 0
                        ? null
                        : expected(settings.get(to).vlans(), vlan, tag, plain, frame);
                List<byte[]> got = bench.received(to);
                List<byte[]> news = got.subList(before.get(to), got.size());
                if (expected == null) {
                    assertThat(news).as("seed %d frame %d to %s", seed, i, to).isEmpty();
                } else {
                    assertThat(news).as("seed %d frame %d to %s", seed, i, to).containsExactly(expected);
                    assertThat(payloads(expected)).isEqualTo(payloads(frame));
                }
            }
        }
    }

    private static PortVlans someVlans(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> new PortVlans.Open();
            case 1 -> new PortVlans.Access(1 + random.nextInt(5));
            case 2 -> new PortVlans.Trunk(List.of(new VlanRange(1, 2), new VlanRange(5, 5)), random.nextInt(6));
            default -> new PortVlans.Trunk(List.of(), 1 + random.nextInt(5));
        };
    }

    /** -1: filtered. */
    private static int vlanOf(PortVlans vlans, int tag) {
        return switch (vlans) {
            case PortVlans.Open _ -> Math.max(tag, 0);
            case PortVlans.Access access -> tag <= 0 ? access.vlan() : -1;
            case PortVlans.Trunk trunk -> {
                if (tag <= 0) {
                    yield trunk.untagged() == 0 ? -1 : trunk.untagged();
                }
                yield isIn(trunk, tag) ? tag : -1;
            }
        };
    }

    private static boolean isIn(PortVlans.Trunk trunk, int vlan) {
        return vlan != 0 && vlan == trunk.untagged()
                || trunk.allowed().stream().anyMatch(range -> vlan >= range.first() && vlan <= range.last());
    }

    private byte @Nullable [] expected(PortVlans vlans, int vlan, int tag, byte[] plain, byte[] frame) {
        byte[] named = tag == vlan || tag < 0 && vlan == 0 ? frame : tagged(plain, vlan);
        return switch (vlans) {
            case PortVlans.Open _ -> vlan == 0 ? frame : named;
            case PortVlans.Access access -> access.vlan() == vlan ? plain : null;
            case PortVlans.Trunk trunk -> {
                if (vlan == 0 || !isIn(trunk, vlan)) {
                    yield null;
                }
                yield trunk.untagged() == vlan ? plain : named;
            }
        };
    }

    private static PortSettings port(PortVlans vlans) {
        return new PortSettings(vlans, StormSettings.NONE);
    }

    private static byte[] superFrame(Random random, MacAddress from, MacAddress to, int tags) {
        byte[] payload = new byte[3000 + random.nextInt(3000)];
        random.nextBytes(payload);
        return SuperFrame.build(from, to, tags, payload);
    }

    private byte[] tagged(byte[] frame, int vlan) {
        return Arrays.copyOf(editor.bytes(), editor.push(frame, 0, frame.length, vlan));
    }

    /** What the segments of the frame hold behind Ethernet header and tags, all checksums filled in. */
    private static List<String> payloads(byte[] frame) {
        List<String> payloads = new ArrayList<>();
        VirtioFault fault = new FinishOffloads().finish(frame, 0, frame.length, (bytes, offset, length) -> {
            EthernetFrame segment = new EthernetFrame();
            segment.wrap(bytes, offset, length);
            int from = offset + 12 + segment.payloadOffset();
            payloads.add(Arrays.toString(Arrays.copyOfRange(bytes, from, offset + length)));
        });
        assertThat(fault).isEqualTo(VirtioFault.NONE);
        return payloads;
    }
}
