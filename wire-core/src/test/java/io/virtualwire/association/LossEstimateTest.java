package io.virtualwire.association;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.ManualTicker;
import io.virtualwire.wire.WirePath;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LossEstimateTest {
    private static final Duration REPORT = Duration.ofMillis(100);
    private static final int PER_REPORT = 1_000;

    private final ManualTicker ticker = new ManualTicker();
    private final LossEstimate estimate = new LossEstimate();
    private final Random random = new Random(5);
    private int seen = Integer.MAX_VALUE - 20_000;
    private int received = -7_000;
    private int gaps;
    private long twice;

    @Test
    void withoutLossAFrameMayBeOfAnyLength() {
        run(Duration.ofSeconds(3), 0);

        assertThat(estimate.datagramsPerFrame()).isEqualTo(WirePath.ANY_DATAGRAMS);
    }

    @Test
    void theMoreIsLostTheShorterFramesBecomeWithinTwoTenthsOfASecond() {
        run(Duration.ofSeconds(1), 0);
        run(Duration.ofMillis(200), 0.05);
        assertThat(estimate.datagramsPerFrame()).isEqualTo(1);
        run(Duration.ofSeconds(8), 0.001);
        assertThat(estimate.datagramsPerFrame()).isBetween(3, 8);
    }

    /** What was seen lately would not do: of ten datagrams none is lost, most of the time. */
    @Test
    void aFlowThatPausesHasNotLearntAnythingElse() {
        run(Duration.ofSeconds(2), 0.01);
        for (int i = 0; i < 20; i++) {
            report(10, 0, 0);
        }

        assertThat(estimate.datagramsPerFrame()).isEqualTo(1);
    }

    @Test
    void whenNothingIsLostAnyMoreTheyGrowAgain() {
        run(Duration.ofSeconds(2), 0.01);
        assertThat(estimate.datagramsPerFrame()).isEqualTo(1);

        run(Duration.ofSeconds(10), 0);
        assertThat(estimate.datagramsPerFrame()).isEqualTo(WirePath.ANY_DATAGRAMS);
    }

    @Test
    void whatIsOvertakenIsNotLost() {
        for (int i = 0; i < 50; i++) {
            // Thirty came late in each; two are still under way.
            report(PER_REPORT, i == 0 ? 2 : 0, 30);
        }

        assertThat(estimate.datagramsPerFrame()).isEqualTo(WirePath.ANY_DATAGRAMS);
    }

    @Test
    void manyInARowCountAsOne() {
        for (int i = 0; i < 50; i++) {
            report(PER_REPORT, i % 10 == 0 ? 46 : 0, i % 10 == 0 ? 1 : 0);
        }

        assertThat(estimate.datagramsPerFrame()).isGreaterThan(46);
    }

    /** Of every other one there is a copy, so that none of those was lost: four in a thousand of the others were. */
    @Test
    void whatIsSentTwiceDoesNotMakeTheOthersSafer() {
        for (int i = 0; i < 20; i++) {
            twice += PER_REPORT / 2;
            report(PER_REPORT, 2, 2);
        }

        assertThat(estimate.datagramsPerFrame()).isEqualTo(1);
    }

    @Test
    void anotherSessionBeginsAnew() {
        twice = 3_000;
        run(Duration.ofSeconds(1), 0);
        seen = 5;
        received = 5;
        twice = 0;
        report(0, 0, 0);
        run(Duration.ofSeconds(1), 0);

        assertThat(estimate.datagramsPerFrame()).isEqualTo(WirePath.ANY_DATAGRAMS);
    }

    private void run(Duration duration, double loss) {
        for (long t = 0; t < duration.toMillis(); t += REPORT.toMillis()) {
            int lost = 0;
            for (int i = 0; i < PER_REPORT; i++) {
                lost += random.nextDouble() < loss ? 1 : 0;
            }
            report(PER_REPORT, lost, lost);
        }
    }

    private void report(int used, int lost, int apart) {
        ticker.advance(REPORT);
        seen += used;
        received += used - lost;
        gaps += apart;
        estimate.said(seen, received, gaps, twice, ticker.nanoTime());
    }
}
