package io.virtualwire.testkit.wan;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.linux.NetworkNamespace;
import io.virtualwire.testkit.netns.Namespace;
import io.virtualwire.testkit.netns.Namespaces;
import io.virtualwire.testkit.netns.NetnsTest;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Pings over a relay that lets some be overtaken. */
@NetnsTest
class OvertakingNetnsTest {
    @Test
    void framesAreOvertakenWhenTheLineIsChangedToThat() {
        try (Namespaces lab = Namespaces.open()) {
            Namespace east = lab.namespace("east");
            Namespace west = lab.namespace("west");
            try (WanRelay relay = WanRelay.between(
                    new NetworkNamespace(east.name()),
                    "wan",
                    new NetworkNamespace(west.name()),
                    "wan",
                    WanProfile.of(Duration.ofMillis(1), 100_000_000, 0, 1))) {
                east.address("wan", "192.0.2.1/24");
                west.address("wan", "192.0.2.2/24");
                relay.change(0, 0.2);

                // The first finds the neighbour.
                assertThat(east.tryRun("ping", "-c", "1", "-w", "5", "192.0.2.2")
                                .text())
                        .contains("1 received");
                String said = east.tryRun("ping", "-c", "60", "-l", "60", "-w", "3", "192.0.2.2")
                        .text();

                List<Integer> order = Pattern.compile("icmp_seq=(\\d+)")
                        .matcher(said)
                        .results()
                        .map(found -> Integer.valueOf(found.group(1)))
                        .toList();
                assertThat(order).as(said).hasSize(60);
                assertThat(order).isNotEqualTo(order.stream().sorted().toList());
            }
        }
    }
}
