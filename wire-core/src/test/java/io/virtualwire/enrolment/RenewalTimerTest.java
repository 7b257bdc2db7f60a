package io.virtualwire.enrolment;

import static org.assertj.core.api.Assertions.assertThat;

import io.virtualwire.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RenewalTimerTest {
    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTicker ticker = new ManualTicker();

    @Test
    void aboutAThirdBeforeTheEndAndNotAllAtOnce() {
        List<Long> minutes = new ArrayList<>();
        for (int seed = 0; seed < 50; seed++) {
            RenewalTimer timer = timer(seed);
            timer.obtained(DAY, DAY);
            minutes.add(untilDue(timer, Duration.ofMinutes(1)).toMinutes());
        }
        assertThat(minutes).allSatisfy(it -> assertThat(it).isBetween(14 * 60L, 17 * 60L));
        assertThat(minutes.stream().distinct().count()).isGreaterThan(30);
    }

    @Test
    void whatWasObtainedLongAgoIsDueSoonerOrAtOnce() {
        RenewalTimer timer = timer(1);
        timer.obtained(DAY, Duration.ofHours(12));
        assertThat(untilDue(timer, Duration.ofMinutes(1))).isBetween(Duration.ofHours(2), Duration.ofHours(5));
        timer.obtained(DAY, Duration.ofHours(1));
        assertThat(timer.isDue()).isTrue();
        timer.obtained(DAY, Duration.ZERO);
        assertThat(timer.isDue()).isTrue();
    }

    @Test
    void failuresComeEverLessOftenUpToTenMinutesAndNeverEnd() {
        RenewalTimer timer = timer(1);
        timer.obtained(DAY, Duration.ZERO);
        Duration last = Duration.ZERO;
        for (int attempt = 0; attempt < 20; attempt++) {
            timer.failed();
            last = untilDue(timer, SECOND);
            assertThat(last).isLessThanOrEqualTo(Duration.ofMinutes(10).plus(SECOND));
            if (attempt == 0) {
                assertThat(last).isLessThan(Duration.ofSeconds(12));
            }
        }
        assertThat(last).isGreaterThanOrEqualTo(Duration.ofMinutes(5));
        timer.obtained(DAY, DAY);
        timer.failed();
        assertThat(untilDue(timer, SECOND)).as("a success ends the patience").isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void shortLivesAreTriedAgainWithinTheThirdThatIsLeft() {
        RenewalTimer timer = timer(1);
        timer.obtained(Duration.ofSeconds(6), Duration.ofSeconds(2));
        int tries = 0;
        for (Duration spent = Duration.ZERO; spent.compareTo(Duration.ofSeconds(2)) < 0; tries++) {
            timer.failed();
            spent = spent.plus(untilDue(timer, Duration.ofMillis(10)));
        }
        assertThat(tries).isGreaterThan(5);
    }

    private RenewalTimer timer(int seed) {
        return new RenewalTimer(ticker, new SplittableRandom(seed));
    }

    private Duration untilDue(RenewalTimer timer, Duration step) {
        Duration waited = Duration.ZERO;
        while (!timer.isDue()) {
            ticker.advance(step);
            waited = waited.plus(step);
        }
        return waited;
    }
}
