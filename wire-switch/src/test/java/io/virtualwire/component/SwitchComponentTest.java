package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.component.ComponentStatus.PortStatus;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.PortSettings;
import io.virtualwire.forwarding.PortVlans;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.forwarding.StormRate;
import io.virtualwire.forwarding.StormSettings;
import io.virtualwire.frame.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SwitchComponentTest {
    private static final long BROADCAST = MacAddress.BROADCAST;

    private final SwitchBench bench = new SwitchBench("web", "db", "app");

    @Test
    void countsFramesAndBytesOfEachPort() {
        bench.send("web", BROADCAST, 1, 100);
        bench.send("db", 1, 2, 60);
        assertThat(bench.received("web")).hasSize(1);
        assertThat(bench.received("db")).hasSize(1);
        assertThat(bench.received("app")).hasSize(1);
        PortStatus web = bench.port("web");
        assertThat(web.toComponent()).isEqualTo(1);
        assertThat(web.bytesToComponent()).isEqualTo(100);
        assertThat(web.fromComponent()).isEqualTo(1);
        assertThat(web.bytesFromComponent()).isEqualTo(60);
        assertThat(bench.port("app").bytesFromComponent()).isEqualTo(100);
    }

    @Test
    void countsWhyFramesOfAPortWentNowhere() {
        bench.send("web", 1, 0x0100_0000_0001L, 60);
        bench.send("web", 0x0180_c200_0000L, 1, 60);
        bench.send("web", 0x0180_c200_0003L, 1, 60);
        assertThat(bench.port("web").filtered()).isEqualTo(Map.of("bad_source", 1L, "reserved_destination", 2L));
        assertThat(bench.port("db").filtered()).isEmpty();
    }

    @Test
    void aPortThatReplacesAnotherBeginsToCountAnew() {
        bench.send("app", 1, 0x0100_0000_0001L, 60);
        bench.component().removePort("app");
        bench.plug("new");
        assertThat(bench.port("new").filtered()).isEmpty();
    }

    @Test
    void showsStaticEntriesAndWhoPretendsToBeThem() {
        bench.component()
                .configure(new BridgeSettings(
                        Map.of(), List.of(new StaticEntry(new MacAddress(0x0200_0000_0002L), 0, "db"))));
        bench.send("web", BROADCAST, 0x0200_0000_0002L, 60);
        assertThat(bench.received("db")).as("it is passed on").hasSize(1);
        assertThat(bench.port("web").misplacedSources()).isOne();
        assertThat(bench.component().status().addresses())
                .containsExactly(new ComponentStatus.LearnedAddress("02:00:00:00:00:02", 0, "db", 0, 0, true));
    }

    @Test
    void countsAllFramesWhileItDoesNotDecide() {
        bench.component().stopDeciding();
        bench.send("web", BROADCAST, 1, 60);
        assertThat(bench.component().status().counters()).containsEntry("dropped_not_deciding", 1L);
        bench.component().startDeciding(NullNode.getInstance());
        bench.run();
        bench.send("web", BROADCAST, 1, 60);
        assertThat(bench.received("db")).hasSize(1);
    }

    @Test
    void holdsStormsBackAtThePortThatTheyComeFrom() {
        StormRate two = new StormRate(2, StormRate.Unit.FRAMES);
        StormSettings storm = new StormSettings(two, two, two);
        bench.component()
                .configure(new BridgeSettings(Map.of("web", new PortSettings(new PortVlans.Open(), storm)), List.of()));
        for (int i = 0; i < 5; i++) {
            bench.send("web", BROADCAST, 1, 60);
            bench.send("web", 0x0100_5e00_0001L, 1, 60);
            bench.send("web", 77, 1, 60);
            bench.send("app", BROADCAST, 2, 60);
        }
        assertThat(bench.port("web").filtered())
                .isEqualTo(Map.of("broadcast_storm", 3L, "multicast_storm", 3L, "unknown_storm", 3L));
        assertThat(bench.received("db")).hasSize(3 * 2 + 5);
        bench.run(Duration.ofMillis(500));
        bench.send("web", BROADCAST, 1, 60);
        assertThat(bench.received("db")).hasSize(3 * 2 + 5 + 1);
        bench.send("db", BROADCAST, 77, 60);
        bench.send("web", 77, 1, 60);
        bench.send("web", 77, 1, 60);
        bench.send("web", 77, 1, 60);
        assertThat(bench.received("db")).as("a known station is no storm").hasSize(3 * 2 + 5 + 1 + 3);
    }

    @Test
    void setUpAnewWhileItRuns() {
        bench.send("db", BROADCAST, 2, 60);
        bench.component()
                .configure(new BridgeSettings(
                        Map.of("db", new PortSettings(new PortVlans.Access(7), StormSettings.NONE)), List.of()));
        bench.send("web", 2, 1, 60);
        assertThat(bench.received("db")).as("is in VLAN 7 now").isEmpty();
        assertThat(bench.received("app")).as("broadcast, and now unknown").hasSize(2);
        bench.component().configure(BridgeSettings.DEFAULT);
        bench.send("web", 2, 1, 60);
        assertThat(bench.received("db")).hasSize(1);
    }
}
