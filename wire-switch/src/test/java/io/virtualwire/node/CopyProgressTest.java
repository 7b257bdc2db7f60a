package io.virtualwire.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.cloud.spi.MachineMigration.Progress;
import io.virtualwire.testkit.ManualTicker;
import io.virtualwire.topology.VmMove;
import io.virtualwire.topology.VmMovePhase;
import io.virtualwire.topology.VmMoveWay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CopyProgressTest {
    private static final long MEBI = 1 << 20;

    private final ManualTicker ticker = new ManualTicker();
    private final List<Rates> told = new ArrayList<>();
    private final CopyProgress progress = new CopyProgress(
            (move, now, copied, dirtied) ->
                    told.add(new Rates(now.remainingBytes() / MEBI, copied / MEBI, dirtied / MEBI)),
            ticker);

    private record Rates(long remaining, long copied, long dirtied) {}

    @Test
    void ratesAreThoseBetweenTwoLooks() {
        look(1, 100, 0);
        // 20 copied, and only 12 fewer are left: the guest wrote 8 anew.
        after(500).look(1, 88, 20);
        after(1_000).look(1, 88, 50);
        after(1_000).look(1, 58, 80);
        assertThat(told)
                .containsExactly(
                        new Rates(100, 0, 0), new Rates(88, 40, 16), new Rates(88, 30, 30), new Rates(58, 30, 0));
    }

    @Test
    void nothingIsToldTooOftenOrBeforeThereIsAnything() {
        look(1, 100, 0);
        after(100).look(1, 90, 10);
        after(99).look(1, 80, 20);
        after(1).look(1, 70, 30);
        progress.progress(move(2), new Progress(0, 0, 0, 0));
        assertThat(told).containsExactly(new Rates(100, 0, 0), new Rates(70, 150, 0));
    }

    @Test
    void anotherMoveBeginsAnew() {
        look(1, 10, 90);
        look(2, 100, 0);
        assertThat(told).containsExactly(new Rates(10, 0, 0), new Rates(100, 0, 0));
    }

    private CopyProgressTest after(long millis) {
        ticker.advance(Duration.ofMillis(millis));
        return this;
    }

    private void look(long generation, long remaining, long copied) {
        progress.progress(move(generation), new Progress(0, 100 * MEBI, remaining * MEBI, copied * MEBI));
    }

    private static VmMove move(long generation) {
        return new VmMove(
                "web1",
                generation,
                "e1",
                "w1",
                VmMoveWay.DEFAULT,
                VmMovePhase.MOVE,
                "n1",
                "instance",
                false,
                "",
                Optional.empty());
    }
}
