package io.virtualwire.forwarding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    @Test
    void aSecondsWorthMayComeAtOnce() {
        RateLimit limit = limit("10 frames/s");
        for (int i = 0; i < 10; i++) {
            assertThat(limit.admits(60, 7)).isTrue();
        }
        assertThat(limit.admits(60, 7)).isFalse();
        assertThat(limit.admits(60, 7 + SECOND / 10 - 1)).isFalse();
        assertThat(limit.admits(60, 7 + SECOND / 10)).isTrue();
        assertThat(limit.admits(60, 7 + SECOND / 10)).isFalse();
    }

    @Test
    void nothingPassesAtRateZero() {
        assertThat(limit("0 frames/s").admits(60, 0)).isFalse();
    }

    @Test
    void aSuperFrameOfMoreThanASecondsWorthPassesAlone() {
        RateLimit limit = limit("1000 bytes/s");
        assertThat(limit.admits(60_000, 0)).isTrue();
        assertThat(limit.admits(60, 59 * SECOND - 1)).isFalse();
        assertThat(limit.admits(60, 60 * SECOND)).isTrue();
    }

    /** In no stretch of time passes more than the rate and one second's worth, and what is below the rate always passes. */
    @ParameterizedTest
    @MethodSource("seeds")
    void keepsTheRateInEveryStretchOfTime(long seed) {
        Random random = new Random(seed);
        boolean inBytes = random.nextBoolean();
        long rate = inBytes ? 20_000 + random.nextInt(5_000_000) : 1 + random.nextInt(20_000);
        RateLimit limit = limit(rate + (inBytes ? " bytes/s" : " frames/s"));
        /* Times wrap round, as those of a monotonic clock may. */
        long now = Long.MAX_VALUE - SECOND;
        Deque<long[]> passed = new ArrayDeque<>();
        long inWindow = 0;
        for (int i = 0; i < 20_000; i++) {
            now += (long)
                    (random.nextDouble() * random.nextDouble() * 2 * SECOND / Math.max(1, rate / (inBytes ? 800 : 1)));
            int bytes = 60 + random.nextInt(1440);
            if (limit.admits(bytes, now)) {
                passed.add(new long[] {now, inBytes ? bytes : 1});
                inWindow += inBytes ? bytes : 1;
            }
            while (!passed.isEmpty() && now - passed.peek()[0] > 3 * SECOND) {
                inWindow -= passed.remove()[1];
            }
            assertThat(inWindow).as("seed %d frame %d", seed, i).isLessThanOrEqualTo(4 * rate + 1);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void lessThanTheRateAlwaysPasses(long seed) {
        Random random = new Random(seed);
        long rate = 1 + random.nextInt(10_000);
        RateLimit limit = limit(rate + " frames/s");
        long now = random.nextLong();
        for (int i = 0; i < 10_000; i++) {
            now += SECOND / rate + 1 + random.nextInt(1000);
            assertThat(limit.admits(60, now)).isTrue();
        }
    }

    private static RateLimit limit(String rate) {
        return Objects.requireNonNull(RateLimit.of(StormRate.parse(rate)));
    }
}
