package io.virtualwire.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bridge against a naive one that is obviously right, over random traffic, ageing, port changes and restores. */
class BridgeModelTest {
    private static final long AGEING = Duration.ofSeconds(300).toNanos();
    private static final int STEPS = 20_000;
    private static final int BOUND = 1 << 12;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void decidesAsTheNaiveBridge(long seed) {
        Random random = new Random(seed);
        Bridge bridge = new Bridge(new ForwardingDatabase(BOUND, Duration.ofNanos(AGEING)));
        Naive naive = new Naive();
        /* Times wrap round, as those of a monotonic clock may. */
        long now = Long.MAX_VALUE - AGEING;
        for (int step = 0; step < STEPS; step++) {
            now += (long) (random.nextDouble() * AGEING / 40);
            switch (random.nextInt(200)) {
                case 0 -> {
                    String name = "p" + random.nextInt(6);
                    naive.ports.put(bridge.addPort(name), name);
                }
                case 1 -> {
                    int port = random.nextInt(6);
                    bridge.removePort(port);
                    naive.remove(port);
                }
                case 2 -> bridge.age(now);
                case 3 -> bridge = moved(bridge, naive, now);
                default -> {
                    long source = address(random);
                    long destination = address(random);
                    int vlan = random.nextInt(3);
                    int ingress = random.nextInt(6);
                    assertThat(bridge.decide(destination, source, vlan, ingress, 60, now))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(naive.decide(destination, source, vlan, ingress, now));
                }
            }
        }
        bridge.age(now);
        assertThat(bridge.addresses()).isEqualTo(naive.live(now));
    }

    /** A new bridge with the same ports, which starts from the other's snapshot. */
    private static Bridge moved(Bridge bridge, Naive naive, long now) {
        Bridge target = new Bridge(new ForwardingDatabase(BOUND, Duration.ofNanos(AGEING)));
        for (int port = 0; port < 6; port++) {
            int number = target.addPort(naive.ports.getOrDefault(port, "gone" + port));
            assertThat(number).isEqualTo(port);
        }
        for (int port = 0; port < 6; port++) {
            if (!naive.ports.containsKey(port)) {
                target.removePort(port);
            }
        }
        target.restore(bridge.snapshot(now), now);
        naive.roundAges(now);
        return target;
    }

    private static long address(Random random) {
        return switch (random.nextInt(40)) {
            case 0 -> 0xffff_ffff_ffffL;
            case 1 -> 0x0180_c200_0000L + random.nextInt(18);
            case 2 -> 0;
            default -> 0x0200_0000_0000L + random.nextInt(60) * 0x1_0001L;
        };
    }

    private static final class Naive {
        private final Map<Integer, String> ports = new HashMap<>();
        private final Map<String, long[]> learned = new HashMap<>();

        ForwardingDecision decide(long destination, long source, int vlan, int ingress, long now) {
            if (!ports.containsKey(ingress)) {
                return new ForwardingDecision.Drop(FilterReason.UNKNOWN_PORT);
            }
            if (isGroup(source) || source == 0) {
                return new ForwardingDecision.Drop(FilterReason.BAD_SOURCE);
            }
            if (destination >= 0x0180_c200_0000L && destination <= 0x0180_c200_000fL) {
                return new ForwardingDecision.Drop(FilterReason.RESERVED_DESTINATION);
            }
            learned.put(vlan + "/" + source, new long[] {ingress, now});
            if (isGroup(destination)) {
                return new ForwardingDecision.Flood(FloodCause.GROUP_DESTINATION);
            }
            long[] entry = learned.get(vlan + "/" + destination);
            if (entry == null || now - entry[1] >= AGEING) {
                return new ForwardingDecision.Flood(FloodCause.UNKNOWN_DESTINATION);
            }
            return entry[0] == ingress
                    ? new ForwardingDecision.Drop(FilterReason.SAME_PORT)
                    : new ForwardingDecision.Forward((int) entry[0]);
        }

        void remove(int port) {
            ports.remove(port);
            learned.values().removeIf(entry -> entry[0] == port);
        }

        /** A snapshot keeps ages in whole milliseconds. */
        void roundAges(long now) {
            learned.values().forEach(entry -> entry[1] = now - (now - entry[1]) / 1_000_000 * 1_000_000);
        }

        long live(long now) {
            return learned.values().stream().filter(e -> now - e[1] < AGEING).count();
        }

        private static boolean isGroup(long mac) {
            return (mac >> 40 & 1) != 0;
        }
    }
}
