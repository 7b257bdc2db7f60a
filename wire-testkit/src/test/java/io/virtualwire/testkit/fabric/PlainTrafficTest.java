package io.virtualwire.testkit.fabric;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.control.Role;
import io.virtualwire.control.Side;
import io.virtualwire.control.WireId;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainTrafficTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void carriesEveryFrameOnceAndInOrder(long seed) {
        VirtualFabric fabric = new VirtualFabric(seed, Weather.FINE);
        WireId wire = connected(fabric);

        fabric.startTraffic(Duration.ofMillis(1));
        fabric.run(Duration.ofMillis(300));
        Tally tally = fabric.verify();

        assertThat(tally.sent()).isGreaterThan(400);
        assertThat(tally.delivered()).isEqualTo(tally.sent());
        fabric.verifyPasses(wire);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void losesOnlyWhatTheUnderlayLost(long seed) {
        VirtualFabric fabric = new VirtualFabric(seed, Weather.STORM);
        WireId wire = connected(fabric);

        fabric.startTraffic(Duration.ofMillis(1));
        fabric.run(Duration.ofMillis(300));
        fabric.calm();
        fabric.verify();
        fabric.verifyPasses(wire);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void goesOnWhenTheFarEndComesBackFromItsJournal(long seed) {
        VirtualFabric fabric = new VirtualFabric(seed, Weather.GUSTY);
        WireId wire = connected(fabric);
        fabric.startTraffic(Duration.ofMillis(1));
        fabric.run(Duration.ofMillis(100));

        fabric.daemon("west").crash();
        fabric.run(Duration.ofMillis(100));
        fabric.daemon("west").restart(true);
        fabric.run(Duration.ofMillis(500));

        fabric.verify();
        fabric.verifyPasses(wire);
    }

    private static WireId connected(VirtualFabric fabric) {
        VirtualDaemon east = fabric.daemon("east");
        VirtualDaemon west = fabric.daemon("west");
        WireId wire = fabric.wire();
        fabric.place(wire, Side.A, east);
        fabric.place(wire, Side.B, west);
        east.connect(fabric.request(wire, Side.A, 1, Role.ACTIVE, west, 1, false));
        west.connect(fabric.request(wire, Side.B, 1, Role.ACTIVE, east, 1, false));
        boolean agreed = fabric.runUntil(
                () -> east.side(wire, Side.A).orElseThrow().agreed()
                        && west.side(wire, Side.B).orElseThrow().agreed(),
                Duration.ofSeconds(2));
        if (!agreed) {
            throw fabric.failure("the two sides did not agree");
        }
        return wire;
    }
}
