package io.virtualwire.testkit.wan;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pings over a relay, which a busy machine may make later, but never earlier or faster than it is told to be. */
@NetnsTest
class WanRelayNetnsTest {
    private static final Pattern SUMMARY = Pattern.compile("rtt min/avg/max/mdev = ([\\d.]+)/([\\d.]+)/([\\d.]+)/");
    private static final Pattern COUNTS = Pattern.compile("(\\d+) packets transmitted, (\\d+) received");

    @Test
    void theDelayIsPaidBothWays() {
        try (Namespaces lab = Namespaces.open();
                WanRelay relay = between(lab, WanProfile.of(Duration.ofMillis(20), 100_000_000, 0, 1))) {
            String said = ping("-c", "20", "-i", "0.02");
            assertThat(number(SUMMARY, said, 1)).isBetween(40.0, 50.0);
            assertThat(number(COUNTS, said, 2)).isEqualTo(20);
            assertThat(relay.traffic())
                    .allSatisfy(way -> assertThat(way.forwarded()).isGreaterThanOrEqualTo(20));
        }
    }

    @Test
    void whatComesAtOnceLeavesAtTheRate() {
        try (Namespaces lab = Namespaces.open();
                WanRelay relay = between(lab, WanProfile.of(Duration.ofMillis(1), 10_000_000, 0, 1))) {
            // 40 frames of 1,442 bytes are 46 ms of 10 Mb/s.
            String said = ping("-c", "40", "-l", "40", "-s", "1400");
            assertThat(number(COUNTS, said, 2)).isEqualTo(40);
            assertThat(number(SUMMARY, said, 3)).isGreaterThan(44.0);
            assertThat(number(SUMMARY, said, 1)).isLessThan(20.0);
        }
    }

    @Test
    void framesAreLostAndSomeDroppedBeforeALongQueue() {
        WanProfile lossy = new WanProfile(Duration.ofMillis(1), 10_000_000, 0.2, Duration.ofMillis(20), 1);
        try (Namespaces lab = Namespaces.open();
                WanRelay relay = between(lab, lossy)) {
            ping("-c", "60", "-l", "60", "-s", "1400", "-W", "1");
            WanRelay.Traffic there = relay.traffic().getFirst();
            assertThat(there.lost()).isPositive();
            assertThat(there.dropped()).isPositive();
            assertThat(there.forwarded()).isPositive();
        }
    }

    private Namespace east;

    private WanRelay between(Namespaces lab, WanProfile profile) {
        east = lab.namespace("east");
        Namespace west = lab.namespace("west");
        WanRelay relay = WanRelay.between(
                new NetworkNamespace(east.name()), "wan", new NetworkNamespace(west.name()), "wan", profile);
        east.address("wan", "192.0.2.1/24");
        west.address("wan", "192.0.2.2/24");
        // The first question for an address is not among what is counted.
        east.ip("neigh replace 192.0.2.2 lladdr " + west.mac("wan") + " dev wan");
        west.ip("neigh replace 192.0.2.1 lladdr " + east.mac("wan") + " dev wan");
        return relay;
    }

    private String ping(String... options) {
        String[] all = new String[options.length + 3];
        all[0] = "ping";
        all[1] = "-q";
        System.arraycopy(options, 0, all, 2, options.length);
        all[all.length - 1] = "192.0.2.2";
        return east.tryRun(all).text();
    }

    private static double number(Pattern pattern, String text, int group) {
        Matcher found = pattern.matcher(text);
        assertThat(found.find()).as(text).isTrue();
        return Double.parseDouble(found.group(group));
    }
}
