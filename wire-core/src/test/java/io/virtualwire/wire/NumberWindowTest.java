package io.virtualwire.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NumberWindowTest {
    private static final long PATIENCE = 20;
    private final NumberWindow window = new NumberWindow(PATIENCE);

    @Test
    void hasNothingAtFirstButTheNothingBeforeOne() {
        assertThat(window.hasAllUpTo(0, 0)).isTrue();
        assertThat(window.hasAllUpTo(1, 0)).isFalse();
    }

    @Test
    void missesAGapUntilItIsFilled() {
        window.add(1, 0);
        window.add(3, 0);
        assertThat(window.hasAllUpTo(3, 0)).isFalse();
        window.add(2, 0);
        assertThat(window.hasAllUpTo(3, 0)).isTrue();
        assertThat(window.hasAllUpTo(4, 0)).isFalse();
    }

    @Test
    void takesAGapForLostWhenHigherNumbersCameLongAgo() {
        window.add(1, 0);
        window.add(3, 0);
        window.add(4, PATIENCE);
        assertThat(window.hasAllUpTo(4, PATIENCE)).isFalse();
        assertThat(window.hasAllUpTo(4, 2 * PATIENCE)).isTrue();
    }

    @Test
    void doesNotExpectWhatCameLongBeforeItsFirstNumber() {
        window.add(1_000, 0);
        assertThat(window.hasAllUpTo(1_000, 0)).isFalse();
        for (long n = 1_000 - NumberWindow.FIRST_REORDERING; n < 1_000; n++) {
            window.add(n, 0);
        }
        assertThat(window.hasAllUpTo(1_000, 0)).isTrue();
    }

    @Test
    void doesNotExpectWhatWentAnotherWay() {
        window.startAfter(50);
        window.add(51, 0);
        assertThat(window.hasAllUpTo(51, 0)).isTrue();
    }

    @Test
    void beginsAnewAfterAReset() {
        window.add(70_000, 0);
        window.reset();
        window.add(1, 0);
        assertThat(window.hasAllUpTo(1, 0)).isTrue();
        assertThat(window.highest()).isEqualTo(1);
    }

    @Test
    void survivesJumpsLargerThanItself() {
        window.add(1, 0);
        window.add(1L << 40, 0);
        assertThat(window.highest()).isEqualTo(1L << 40);
        assertThat(window.hasAllUpTo(1L << 40, 0)).isFalse();
        assertThat(window.hasAllUpTo(1, 0)).as("too old to be waited for").isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void agreesWithASetOfNumbers(long seed) {
        Random random = new Random(seed);
        Set<Long> seen = new HashSet<>();
        long base = 1;
        for (int i = 0; i < 20_000; i++) {
            long number = base + random.nextInt(40);
            if (random.nextInt(3) == 0) {
                base++;
            }
            window.add(number, 0);
            seen.add(number);
        }
        long highest = window.highest();
        for (long last = highest - 200; last <= highest; last++) {
            boolean all = true;
            for (long n = Math.max(1, highest - NumberWindow.SIZE + 1); n <= last && all; n++) {
                all = seen.contains(n);
            }
            assertThat(window.hasAllUpTo(last, 0)).as("up to %d", last).isEqualTo(all);
        }
    }
}
