package io.virtualwire.component;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.NullNode;
import io.virtualwire.component.ComponentStatus.PortStatus;
import io.virtualwire.forwarding.BridgeSettings;
import io.virtualwire.forwarding.StaticEntry;
import io.virtualwire.frame.MacAddress;
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
                .configure(new BridgeSettings(List.of(new StaticEntry(new MacAddress(0x0200_0000_0002L), 0, "db"))));
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
}
