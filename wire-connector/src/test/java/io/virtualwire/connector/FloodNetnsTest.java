package io.virtualwire.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.client.AssociationStatus;
import io.virtualwire.testkit.netns.NetnsTest;
import io.virtualwire.testkit.netns.RunningCommand;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A connector's data port under attack: what is established goes on, and memory stays as it is. */
@NetnsTest
final class FloodNetnsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int MOST_HEAP_MEGABYTES = 128;
    private static final int MOST_GROWTH_MEGABYTES = 96;
    private static final double KEPT = 0.8;
    private static final int ATTEMPTS = 6;

    // The connectors are compiled as in earnest: their ciphers are what is tested. One thread has the wire and the
    // flood.
    private static final List<String> COMPILED =
            List.of("-XX:TieredStopAtLevel=4", "-Xmx" + MOST_HEAP_MEGABYTES + "m", "-Dwire.threads=1");

    @Test
    void aWireGoesOnUnderAttack() throws Exception {
        try (FloodLab lab = new FloodLab(COMPILED)) {
            lab.replay();
            Awaitility.await("replays are counted")
                    .atMost(PATIENCE)
                    .until(() -> drops(lab, "replayed") >= 20 && drops(lab, "not_authentic") >= 20);
            assertThat(lab.pings()).isTrue();

            int before = lab.residentMegabytes();
            FloodLab.Turns turns = lab.flooded(3);
            // Where other work has the cores, few comparisons say little: then more are added, and none is left out.
            for (int attempt = 1; turns.kept() < KEPT && attempt < ATTEMPTS; attempt++) {
                System.out.println("flood, with more turns: " + turns);
                turns = turns.and(lab.flooded(4));
            }
            System.out.println("flood: " + turns);
            assertThat(turns.packets()).isGreaterThan(2_000);
            assertThat(turns.kept()).as(turns.toString()).isGreaterThanOrEqualTo(KEPT);

            try (RunningCommand connections = lab.attack("connections", 60);
                    RunningCommand halfOpen = lab.attack("syn", 60)) {
                assertThat(lab.rate(1)).as("Mb/s amid handshakes").isGreaterThan(10);
                assertThat(connections.alive() && halfOpen.alive()).isTrue();
                assertThat(lab.pings()).isTrue();
            }
            assertThat(lab.residentMegabytes() - before).as("growth in MiB").isLessThan(MOST_GROWTH_MEGABYTES);
            assertThat(lab.clientB.associations())
                    .singleElement()
                    .satisfies(association -> assertThat(association.up()).isTrue());
            assertThat(lab.pings()).isTrue();
        }
    }

    private static long drops(FloodLab lab, String reason) {
        List<AssociationStatus> associations = lab.clientB.associations();
        return associations.stream()
                .mapToLong(association -> association.drops().getOrDefault(reason, 0L))
                .sum();
    }
}
